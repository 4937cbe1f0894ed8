// The pedal's page: messages go into the store, the store's news go to the parts of the page.

import { Commands } from "./commands.js";
import { Connection } from "./connection.js";
import { find } from "./dom.js";
import { Meters } from "./meters.js";
import { Models } from "./models.js";
import { Parameters } from "./parameters.js";
import { Presets } from "./presets.js";
import { Store } from "./store.js";
import { Switches } from "./switches.js";

const TOAST_MS = 4000;
const LINK_WORDS = { connecting: "Looking for the pedal …", up: "Connected", lost: "Connection lost; trying again …" };

const connection = new Connection();
const commands = new Commands(connection);
const store = new Store();
const [models, parameters, presets, switches, meters] = [new Models(commands), new Parameters(commands), new Presets(commands), new Switches(commands), new Meters()];
const main = document.querySelector("main");
let behind = false;

connection.addEventListener("link", ({ detail: link }) => {
  document.body.dataset.link = link;
  find("link").textContent = LINK_WORDS[link];
  main.inert = true; // until the snapshot says what is true now
});

connection.addEventListener("message", ({ detail: message }) => {
  if (message.event === "refused" && message.from === commands.from) toast(message.reason);
  const missed = !store.take(message);
  behind = message.event === "snapshot" ? false : behind || missed;
  if (missed) commands.sync();
});
commands.stillMissing = () => behind && commands.sync();

connection.addEventListener("meters", ({ detail }) => meters.show(detail));

store.addEventListener("snapshot", () => {
  models.build(store);
  parameters.build(store, { preset: find("sound"), global: find("pedal") });
  presets.update(store);
  switches.update(store);
  const { version, board, sampleRate, blockSize, inputs, outputs } = store.app;
  find("about").textContent = `tonezoo ${version} on ${board === "pc" ? "a PC" : "Bela"}: ${sampleRate / 1000} kHz, ${blockSize} samples a block, ${inputs} in, ${outputs} out`;
  main.inert = false;
});

store.addEventListener("change", ({ detail: { from, state } }) => {
  models.update(store);
  parameters.update(state.values, from);
  if (["presets", "preset", "modified", "bootPreset"].some((member) => member in state)) presets.update(store);
  switches.update(store);
});

function toast(words) {
  const place = find("toast");
  place.textContent = words;
  place.hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => (place.hidden = true), TOAST_MS);
}

connection.open();
