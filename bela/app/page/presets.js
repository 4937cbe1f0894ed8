// Sixteen presets: a tap plays one, the dots beside it save, rename, erase it or make it the first to play.

import { find, make } from "./dom.js";

export class Presets {
  #commands;
  #slot = 0;

  constructor(commands) {
    this.#commands = commands;
    const dialog = find("slot");
    dialog.addEventListener("close", () => this.#done(dialog.returnValue));
    // Enter in the name must not press the first button by itself: it renames what is there, else saves.
    find("slot-name").addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      dialog.close(dialog.dataset.taken === "true" ? "rename" : "save");
    });
  }

  update({ state }) {
    find("modified").hidden = !(state.modified && state.preset >= 0);
    find("presets").replaceChildren(...state.presets.map((name, slot) => this.#button(state, name, slot)));
  }

  #button({ preset, bootPreset }, name, slot) {
    const play = make("button", {
      type: "button",
      className: name ? "play" : "play empty",
      onclick: () => (name ? this.#commands.send("load", { slot }) : this.#edit(name, slot, bootPreset)),
    }, [make("b", { textContent: slot + 1 }), make("span", { textContent: name || "empty" })]);
    play.setAttribute("aria-pressed", slot === preset);
    const more = make("button", { type: "button", className: "more", ariaLabel: `Change preset ${slot + 1}`, textContent: "⋯", onclick: () => this.#edit(name, slot, bootPreset) });
    const lamp = slot === bootPreset ? [make("i", { className: "boot", textContent: "power-on" })] : [];
    return make("div", { className: "slot" }, [play, ...lamp, more]);
  }

  #edit(name, slot, bootPreset) {
    this.#slot = slot;
    const dialog = find("slot");
    dialog.dataset.taken = Boolean(name);
    dialog.dataset.boot = slot === bootPreset;
    dialog.returnValue = "";
    find("slot-title").textContent = `Preset ${slot + 1}`;
    find("slot-name").value = name;
    dialog.querySelector("[value=boot]").textContent = slot === bootPreset ? "Power on with what played last" : "Play at power-on";
    dialog.showModal();
  }

  #done(what) {
    const slot = this.#slot;
    const name = find("slot-name").value.trim();
    if (what === "save") this.#commands.send("save", name ? { slot, name } : { slot });
    else if (what === "rename" && name) this.#commands.send("rename", { slot, name });
    else if (what === "erase") this.#commands.send("erase", { slot });
    else if (what === "boot") this.#commands.send("boot", { slot: find("slot").dataset.boot === "true" ? -1 : slot });
  }
}
