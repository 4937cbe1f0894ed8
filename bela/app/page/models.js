// The bank: what plays, large enough for the floor of a stage, and every model to choose from.

import { find, make } from "./dom.js";

const GAIN_CLASSES = { clean: "Clean", crunch: "Crunch", high: "High gain", fuzz: "Fuzz" };
const BLOCKS = [1, 16];

export class Models {
  #commands;
  #buttons = [];

  constructor(commands) {
    this.#commands = commands;
    find("previous").onclick = () => commands.send("previous");
    find("next").onclick = () => commands.send("next");
  }

  build(store) {
    find("bank-name").textContent = store.bank.name || "tonezoo";
    this.#buttons = store.bank.models.map((model, index) => this.#button(model, index));
    const empty = make("p", { textContent: "The bank is empty: the pedal plays clean. Fill it with `zoo bela pack`." });
    find("models").replaceChildren(...(this.#buttons.length ? this.#buttons : [empty]));
    for (const id of ["previous", "next"]) find(id).disabled = this.#buttons.length < 2;
    this.#buildBlocks(store);
    this.update(store);
  }

  update(store) {
    const { model, pending, clean, bypass, modelBlock } = store.state;
    const shown = store.bank.models[store.shown];
    document.body.dataset.gain = shown && !clean && !bypass ? shown.gainClass : "";
    document.body.dataset.pending = pending >= 0;
    find("model-name").textContent = bypass ? "Bypassed" : clean || !shown ? "Clean" : shown.name;
    find("gain-class").textContent = clean || bypass || !shown ? "" : (GAIN_CLASSES[shown.gainClass] ?? "");
    find("model-facts").textContent = shown ? (clean || bypass ? `${shown.name} waits` : facts(shown)) : "";
    this.#buttons.forEach((button, index) => {
      button.setAttribute("aria-pressed", index === store.shown && !clean);
      button.classList.toggle("leaving", pending >= 0 && index === model);
    });
    for (const button of find("block").children) button.setAttribute("aria-pressed", button.value === String(modelBlock));
  }

  #button(model, index) {
    const cost = make("i", { className: "cost", title: "Estimated share of the board's budget" });
    cost.style.setProperty("--part", Math.min(1, model.cost));
    const button = make("button", { type: "button", className: "model", onclick: () => this.#commands.send("model", { index }) }, [
      make("strong", { textContent: model.name }),
      make("small", { textContent: facts(model) }),
      cost,
    ]);
    button.dataset.gain = model.gainClass;
    return button;
  }

  #buildBlocks(store) {
    const blocks = BLOCKS.filter((block) => store.bank.models.some((model) => model.modelBlock === block));
    const buttons = blocks.map((value) =>
      make("button", { type: "button", value, textContent: `block ${value}`, onclick: () => this.#commands.send("block", { value }) }),
    );
    find("block").replaceChildren(...(blocks.length > 1 ? buttons : []));
  }
}

function facts({ device, architecture, hiddenSize, modelBlock, heavy }) {
  const network = `${architecture} ${hiddenSize}${modelBlock > 1 ? `, ${modelBlock} at a time` : ""}`;
  return [device, network, heavy ? "heavy" : ""].filter(Boolean).join(" · ");
}
