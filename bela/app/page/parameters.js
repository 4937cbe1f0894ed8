// The chain's controls, built from the pedal's own list: a slider with two buttons, a switch, or a choice.

import { make } from "./dom.js";

export class Parameters {
  #commands;
  #controls = new Map();

  constructor(commands) {
    this.#commands = commands;
  }

  build(store, places) {
    this.#controls.clear();
    for (const place of Object.values(places)) place.replaceChildren();
    for (const parameter of store.parameters) {
      const place = places[parameter.scope];
      const control = BUILDERS[parameter.kind]?.(parameter, (value) => this.#commands.set(parameter.id, value));
      if (!place || !control) continue;
      place.append(control.element);
      this.#controls.set(parameter.id, control);
      control.show(store.state.values[parameter.id] ?? parameter.default);
    }
  }

  update(values, from) {
    for (const [id, value] of Object.entries(values ?? {})) {
      const control = this.#controls.get(id);
      if (control && !(control.held?.() && from === this.#commands.from)) control.show(value);
    }
  }
}

const BUILDERS = { range, switch: toggle, choice };

function range({ id, name, unit, min, max, step, default: rest }, send) {
  const slider = make("input", { type: "range", id: `p-${id}`, min, max, step: "any" });
  const value = make("output", { htmlFor: `p-${id}` });
  let held = false;
  const show = (number) => {
    slider.value = number;
    slider.style.setProperty("--part", (number - min) / (max - min));
    const digits = step < 1 ? 1 : 0;
    value.textContent = `${min < 0 && max > 0 && number > 0 ? "+" : ""}${number.toFixed(digits)} ${unit}`;
    slider.setAttribute("aria-valuetext", value.textContent);
  };
  const moveTo = (number) => {
    const rounded = Math.min(max, Math.max(min, Math.round(number / step) * step));
    show(rounded);
    send(rounded);
  };
  slider.addEventListener("input", () => moveTo(slider.valueAsNumber));
  slider.addEventListener("pointerdown", () => (held = true));
  for (const end of ["pointerup", "pointercancel", "change"]) slider.addEventListener(end, () => (held = false));
  slider.addEventListener("dblclick", () => moveTo(rest));
  slider.addEventListener("keydown", (event) => {
    const turn = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageUp: 6, PageDown: -6 }[event.key];
    if (turn === undefined) return;
    event.preventDefault();
    moveTo(slider.valueAsNumber + turn * step);
  });
  const button = (sign, word) =>
    make("button", { type: "button", textContent: sign < 0 ? "−" : "+", ariaLabel: `${name} ${word}`, onclick: () => moveTo(slider.valueAsNumber + sign * step) });
  const element = make("div", { className: "parameter range" }, [
    make("label", { htmlFor: `p-${id}`, textContent: name }),
    value,
    make("div", { className: "turn" }, [button(-1, "down"), slider, button(1, "up")]),
  ]);
  return { element, show, held: () => held };
}

function toggle({ id, name }, send) {
  const box = make("input", { type: "checkbox", id: `p-${id}`, role: "switch", onchange: () => send(box.checked ? 1 : 0) });
  const element = make("div", { className: "parameter switch" }, [make("label", { htmlFor: `p-${id}`, textContent: name }), box]);
  return { element, show: (value) => (box.checked = value >= 0.5) };
}

function choice({ id, name, choices }, send) {
  const options = choices.map((words, index) => make("option", { value: index, textContent: words }));
  const select = make("select", { id: `p-${id}`, onchange: () => send(select.selectedIndex) }, options);
  const element = make("div", { className: "parameter choice" }, [make("label", { htmlFor: `p-${id}`, textContent: name }), select]);
  return { element, show: (value) => (select.selectedIndex = value) };
}
