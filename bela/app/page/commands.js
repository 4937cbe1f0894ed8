// What the page asks of the pedal. A dragged control sends at most 30 values a second, and always its last one.

const SET_INTERVAL_MS = 1000 / 30;
const SYNC_INTERVAL_MS = 1000;
const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

export class Commands {
  #connection;
  #last = new Map();
  #due = new Map();
  #synced = -SYNC_INTERVAL_MS;

  // Who asked, as the pedal says it back.
  from = Array.from({ length: 8 }, () => LETTERS[Math.floor(Math.random() * LETTERS.length)]).join("");

  constructor(connection) {
    this.#connection = connection;
  }

  send(command, members = {}) {
    return this.#connection.send({ command, ...members, from: this.from });
  }

  set(id, value) {
    clearTimeout(this.#due.get(id));
    const wait = (this.#last.get(id) ?? -Infinity) + SET_INTERVAL_MS - performance.now();
    const go = () => {
      this.#last.set(id, performance.now());
      this.send("set", { id, value });
    };
    if (wait <= 0) go();
    else this.#due.set(id, setTimeout(go, wait));
  }

  sync() {
    const now = performance.now();
    if (now - this.#synced < SYNC_INTERVAL_MS) return;
    this.#synced = now;
    this.send("sync");
    setTimeout(() => this.stillMissing?.(), SYNC_INTERVAL_MS);
  }
}
