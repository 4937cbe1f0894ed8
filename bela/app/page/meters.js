// Levels, load and tuner, about fifteen times a second. See PROTOCOL.md, "Meters, on data".

import { find } from "./dom.js";

const FLOOR_DB = -60;
const HOLD_MS = 1500;
const FALL_DB = 2.5; // a message
const NOTES = ["C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"];
const IN_TUNE_CENTS = 3;

const decibels = (peak) => (peak > 0 ? Math.max(FLOOR_DB, 20 * Math.log10(peak)) : FLOOR_DB);

class Level {
  #bars;
  #words;
  #shown = [FLOOR_DB, FLOOR_DB];
  #top = FLOOR_DB;
  #topAt = 0;

  constructor(element) {
    this.#bars = element.querySelectorAll("b");
    this.#words = element.querySelector("output");
  }

  show(peaks) {
    const now = performance.now();
    peaks.forEach((peak, side) => {
      const level = Math.max(decibels(peak), this.#shown[side] - FALL_DB);
      this.#shown[side] = level;
      this.#bars[side].style.setProperty("--part", 1 - level / FLOOR_DB);
      this.#bars[side].classList.toggle("over", level > -0.5);
      if (level >= this.#top || now - this.#topAt > HOLD_MS) [this.#top, this.#topAt] = [level, now];
    });
    this.#words.textContent = this.#top <= FLOOR_DB ? "–" : `${this.#top.toFixed(0)} dB`;
  }
}

export class Meters {
  #in = new Level(document.querySelector("[data-level=in]"));
  #out = new Level(document.querySelector("[data-level=out]"));

  show([inLeft, inRight, outLeft, outRight, cpu, underruns, gate, limit, tuner, note, cents, frequency]) {
    this.#in.show([inLeft, inRight]);
    this.#out.show([outLeft, outRight]);
    find("cpu").value = cpu;
    find("cpu").title = `${Math.round(100 * cpu)} % of the time that there is`;
    find("underruns").textContent = underruns;
    find("underruns").classList.toggle("bad", underruns > 0);
    find("gate-lamp").classList.toggle("lit", gate < 0.5);
    find("limit-lamp").classList.toggle("lit", limit > 0.5);
    if (!find("tuner-face").hidden) this.#tune(tuner >= 0.5 && note >= 0, note, cents, frequency);
  }

  #tune(hears, note, cents, frequency) {
    const face = find("tuner-face");
    face.dataset.hears = hears;
    face.dataset.inTune = hears && Math.abs(cents) <= IN_TUNE_CENTS;
    find("tuner-note").textContent = hears ? `${NOTES[note % 12]}${Math.floor(note / 12) - 1}` : "–";
    find("tuner-scale").style.setProperty("--cents", hears ? Math.min(50, Math.max(-50, cents)) : 0);
    const side = Math.abs(cents) <= IN_TUNE_CENTS ? "in tune" : cents < 0 ? `${(-cents).toFixed(0)} cents flat` : `${cents.toFixed(0)} cents sharp`;
    find("tuner-words").textContent = hears ? `${side} · ${frequency.toFixed(1)} Hz` : "Play a string";
  }
}
