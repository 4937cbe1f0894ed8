// The three footswitches, and their keys on a keyboard.

import { find } from "./dom.js";

export class Switches {
  #commands;
  #state = null;

  constructor(commands) {
    this.#commands = commands;
    for (const what of ["bypass", "clean", "tuner"]) find(what).onclick = () => this.#turn(what);
    find("tuner-face").querySelector("button").onclick = () => commands.send("tuner", { on: false });
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  update({ state }) {
    this.#state = state;
    find("bypass").setAttribute("aria-pressed", !state.bypass);
    find("bypass").querySelector("span").textContent = state.bypass ? "Bypassed" : "Effect on";
    find("clean").setAttribute("aria-pressed", state.clean);
    find("tuner").setAttribute("aria-pressed", state.tuner);
    const face = find("tuner-face");
    if (face.hidden === state.tuner) {
      face.hidden = !state.tuner;
      (state.tuner ? face.querySelector("button") : find("tuner")).focus({ preventScroll: true });
    }
  }

  #turn(what) {
    if (this.#state) this.#commands.send(what, { on: !this.#state[what] });
  }

  #key(event) {
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, dialog") || (event.key === " " && event.target.closest("button, summary"))) return;
    const { key } = event;
    if (key === "ArrowRight") this.#commands.send("next");
    else if (key === "ArrowLeft") this.#commands.send("previous");
    else if (key === " ") this.#turn("bypass");
    else if (key === "c") this.#turn("clean");
    else if (key === "t") this.#turn("tuner");
    else if (/^[1-9]$/.test(key)) this.#commands.send("model", { index: Number(key) - 1 });
    else return;
    event.preventDefault();
  }
}
