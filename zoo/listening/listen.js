// The pages of a test: welcome, the trials, the end. The server knows what is what; here are only letters.
const $ = (id) => document.getElementById(id);
const secret = location.hash.slice(1);
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
let context = null, deck = null, session = null, trial = null, bars = [];

const say = (sentence) => { $("oops").textContent = sentence; $("oops").hidden = !sentence; };
const ask = async (path, body) => {
  const headers = { "X-Tonezoo-Secret": secret };
  if (session) headers["X-Tonezoo-Session"] = session;
  let answer;
  try {
    answer = await fetch(path, { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body) });
  } catch {
    throw new Error("no answer; is `zoo listen` still running?");
  }
  if (answer.headers.get("Content-Type") !== "application/json") return answer.arrayBuffer();
  const said = await answer.json();
  if (said.error) throw new Error(said.error);
  return said;
};

const only = (id) => {
  for (const one of ["welcome", "trial", "end"]) $(one).hidden = one !== id;
  document.body.dataset.page = id;
};

$("listener").value = sessionStorage.getItem("listener") || "";
$("begin").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    session = null;
    const where = await ask("/session", { listener: $("listener").value });
    session = where.session;
    sessionStorage.setItem("listener", $("listener").value);
    await open(where);
  } catch (error) { say(error.message); }
});

const open = async (where) => {
  say("");
  if (deck) deck.close();
  if (!context || context.sampleRate !== where.sampleRate) {
    if (context) context.close();
    context = new AudioContext({ sampleRate: where.sampleRate, latencyHint: "interactive" });
  }
  context.resume();
  const all = new Float32Array(await ask("/sounds"));
  const size = all.length / (1 + where.conditions);
  const signals = Array.from({ length: 1 + where.conditions }, (_, i) => all.subarray(i * size, (i + 1) * size));
  deck = new Deck(context, signals, where.sampleRate);
  trial = { number: where.trial, begun: performance.now(), plays: {}, ratings: {} };
  $("number").textContent = `${where.done + 1} of ${where.done + where.left}`;
  $("progress").max = where.done + where.left;
  $("progress").value = where.done;
  setVolume();
  rows(where.conditions);
  only("trial");
  bars = peaks(signals[0]);
  choose(0, false);
  $("wave").focus({ preventScroll: true });
  scrollTo(0, 0);
};

const rows = (count) => {
  $("conditions").replaceChildren(...[...LETTERS.slice(0, count)].map((letter, i) => {
    const row = document.createElement("div");
    row.className = "condition unrated";
    row.dataset.letter = letter;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = letter;
    button.setAttribute("aria-label", `listen to ${letter}`);
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => choose(i + 1));
    const slider = document.createElement("input");
    Object.assign(slider, { type: "range", min: 0, max: 100, step: 1, value: 50 });
    slider.setAttribute("aria-label", `rating of ${letter}`);
    slider.addEventListener("focus", () => { if (deck.shown !== i + 1) choose(i + 1); });
    slider.addEventListener("input", () => rate(letter, slider.value));
    slider.addEventListener("click", () => rate(letter, slider.value)); // 50, left where it is, counts too
    const value = document.createElement("output");
    value.textContent = "\u2013";
    row.append(button, slider, value);
    return row;
  }));
};

const rowOf = (letter) => document.querySelector(`.condition[data-letter="${letter}"]`);
const rate = (letter, value) => {
  const row = rowOf(letter), whole = Math.max(0, Math.min(100, Math.round(Number(value))));
  trial.ratings[letter] = whole;
  row.classList.remove("unrated");
  row.querySelector("input").value = whole;
  row.querySelector("output").textContent = whole;
  todo();
};

const choose = (channel, sound = true) => {
  deck.select(channel);
  if (sound && !deck.playing) deck.play();
  if (sound && channel) trial.plays[LETTERS[channel - 1]] = (trial.plays[LETTERS[channel - 1]] || 0) + 1;
  $("reference").setAttribute("aria-pressed", channel === 0);
  for (const row of document.querySelectorAll(".condition")) {
    const on = row.dataset.letter === LETTERS[channel - 1];
    row.classList.toggle("on", on);
    row.querySelector("button").setAttribute("aria-pressed", on);
  }
  todo();
  draw();
};

const todo = () => {
  const letters = [...document.querySelectorAll(".condition")].map((row) => row.dataset.letter);
  const unheard = letters.filter((letter) => !trial.plays[letter]);
  const unrated = letters.filter((letter) => trial.ratings[letter] === undefined);
  const said = [];
  if (unheard.length) said.push(`not heard yet: ${unheard.join(", ")}`);
  if (unrated.length) said.push(`not rated yet: ${unrated.join(", ")}`);
  $("todo").textContent = said.join("; ");
  $("next").disabled = said.length > 0;
};

const next = async () => {
  if ($("next").disabled) return;
  $("next").disabled = true;
  try {
    const seconds = (performance.now() - trial.begun) / 1000;
    const { number, ratings, plays } = trial;
    const where = await ask("/ratings", { trial: number, ratings, plays, seconds });
    if (where.left) await open(where); else finish(where);
  } catch (error) {
    $("next").disabled = false;
    say(error.message);
  }
};

const finish = (where) => {
  deck.close();
  deck = null;
  $("file").textContent = where.file;
  $("reveal").replaceChildren(...where.reveal.map((one) => {
    const row = document.createElement("div"), name = document.createElement("span");
    const bar = document.createElement("meter"), mean = document.createElement("output");
    name.textContent = one.condition;
    Object.assign(bar, { min: 0, max: 100, value: one.mean });
    mean.textContent = one.mean.toFixed(0);
    row.append(name, bar, mean);
    return row;
  }));
  only("end");
};

const toggle = () => { if (deck.playing) deck.stop(); else deck.play(); draw(); };
const setVolume = () => {
  const share = Number($("volume").value) / 100;
  if (deck) deck.volume.gain.setTargetAtTime(share * share, context.currentTime, 0.01);
};
const loop = (from, to) => {
  deck.loop(from, to);
  $("loop-all").disabled = deck.from === 0 && deck.to === deck.length;
  draw();
};

$("play").addEventListener("click", toggle);
$("reference").addEventListener("click", () => choose(0));
$("loop-all").addEventListener("click", () => loop(0, deck.length));
$("next").addEventListener("click", next);
$("volume").addEventListener("input", setVolume);

const nudge = (by) => {
  const letter = LETTERS[deck.shown - 1];
  if (letter) rate(letter, Number(rowOf(letter).querySelector("input").value) + by);
};
const KEYS = {
  " ": toggle, "0": () => choose(0), r: () => choose(0), Enter: next,
  ArrowUp: () => nudge(1), ArrowDown: () => nudge(-1), PageUp: () => nudge(10), PageDown: () => nudge(-10),
  "[": () => loop(deck.position, deck.to), "]": () => loop(deck.from, deck.position),
  "\\": () => loop(0, deck.length),
};
addEventListener("keydown", (event) => {
  if (!deck || $("trial").hidden || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.tagName === "SUMMARY" && (event.key === " " || event.key === "Enter")) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const count = document.querySelectorAll(".condition").length;
  const number = key.length !== 1 ? 0 : /[1-9]/.test(key) ? Number(key) : LETTERS.toLowerCase().indexOf(key) + 1;
  if (KEYS[key]) KEYS[key]();
  else if (number >= 1 && number <= count) choose(number);
  else return;
  event.preventDefault();
});
addEventListener("keyup", (event) => {
  if (event.key === " " && event.target.tagName === "BUTTON" && !$("trial").hidden) event.preventDefault();
});

// The waveform of the reference: drag to loop a part, click to go there.
const peaks = (signal) => Array.from({ length: 400 }, (_, i) => {
  const from = Math.floor(i * signal.length / 400), to = Math.floor((i + 1) * signal.length / 400);
  let most = 0;
  for (let n = from; n < to; n++) most = Math.max(most, Math.abs(signal[n]));
  return most;
});
const draw = () => {
  if (!deck) return;
  const canvas = $("wave"), size = canvas.getBoundingClientRect(), fine = devicePixelRatio || 1;
  canvas.width = Math.max(1, size.width * fine);
  canvas.height = Math.max(1, size.height * fine);
  const paint = canvas.getContext("2d"), look = getComputedStyle(document.documentElement);
  const { width, height } = canvas, across = (seconds) => seconds / deck.length * width;
  const whole = deck.from === 0 && deck.to === deck.length, top = Math.max(...bars, 1e-9);
  bars.forEach((peak, i) => {
    const at = (i + 0.5) / bars.length * deck.length, inside = at >= deck.from && at < deck.to;
    paint.fillStyle = look.getPropertyValue(inside && !whole ? "--accent" : "--soft");
    paint.globalAlpha = inside ? 0.8 : 0.3;
    const tall = Math.max(fine, peak / top * height * 0.92);
    paint.fillRect(i / bars.length * width, (height - tall) / 2, Math.max(1, 0.6 * width / bars.length), tall);
  });
  paint.globalAlpha = 1;
  paint.fillStyle = look.getPropertyValue("--ink");
  paint.fillRect(across(deck.position) - fine, 0, 2 * fine, height);
  const label = deck.playing ? "Pause" : "Play";
  if ($("play").textContent !== label) $("play").textContent = label;
  $("clock").textContent = `${deck.position.toFixed(1)} s`;
};
let drag = null;
const secondsAt = (event) => {
  const box = $("wave").getBoundingClientRect();
  return Math.max(0, Math.min(1, (event.clientX - box.left) / box.width)) * deck.length;
};
$("wave").addEventListener("pointerdown", (event) => {
  $("wave").setPointerCapture(event.pointerId);
  drag = { x: event.clientX, at: secondsAt(event) };
});
$("wave").addEventListener("pointerup", (event) => {
  if (!drag) return;
  const { x, at } = drag, to = secondsAt(event);
  drag = null;
  if (Math.abs(event.clientX - x) > 6) loop(Math.min(at, to), Math.max(at, to));
  else deck.play(at);
  draw();
});
$("wave").addEventListener("pointercancel", () => { drag = null; });
const tick = () => { if (deck) { deck.plan(); if (deck.playing) draw(); } };
setInterval(tick, 60);
addEventListener("resize", draw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
if (!secret) say("Open the whole address that `zoo listen` printed: it ends in # and some letters.");
