// The two sockets to the pedal: opened, watched, opened again. See PROTOCOL.md, "Connecting".
//
// Events: "link" (detail: "connecting", "up" or "lost"), "message" (detail: an object), "meters" (detail: Float32Array of 12).

const BOARD_PORT = 5555;
const METERS = 12;
const SILENT_MS = 3000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 4000;

export class Connection extends EventTarget {
  #control = null;
  #data = null;
  #wait = FIRST_WAIT_MS;
  #heard = 0;
  #replied = false;
  #expectsMeters = false;
  #again = 0;

  constructor(place = window.location) {
    super();
    this.address = `${place.protocol === "https:" ? "wss" : "ws"}://${place.hostname}:${place.port || BOARD_PORT}`;
    setInterval(() => this.#watch(), 500);
  }

  open() {
    this.#say("connecting");
    this.#replied = false;
    this.#heard = performance.now();
    this.#control = this.#socket("gui_control", (event) => this.#fromControl(event.data));
    this.#data = this.#socket("gui_data", (event) => this.#fromData(event.data));
  }

  // True if the message went out. The board's reader knows ASCII alone.
  send(message) {
    if (this.#control?.readyState !== WebSocket.OPEN) return false;
    const text = JSON.stringify(message).replace(/[\u007f-\uffff]/g, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
    this.#control.send(text);
    return true;
  }

  #socket(path, hear) {
    const socket = new WebSocket(`${this.address}/${path}`);
    socket.binaryType = "arraybuffer";
    socket.onmessage = hear;
    socket.onclose = () => this.#lose();
    return socket;
  }

  #fromControl(text) {
    let message;
    try {
      message = JSON.parse(text);
    } catch {
      return;
    }
    if (message === null || typeof message !== "object") return;
    if (message.event !== "connection") {
      this.dispatchEvent(new CustomEvent("message", { detail: message }));
    } else if (!this.#replied) {
      this.#replied = this.send({ event: "connection-reply" });
      this.#wait = FIRST_WAIT_MS;
      this.#say("up");
    }
  }

  #fromData(data) {
    this.#heard = performance.now();
    const isMeters = this.#expectsMeters && data instanceof ArrayBuffer && data.byteLength === 4 * METERS;
    if (isMeters) this.dispatchEvent(new CustomEvent("meters", { detail: new Float32Array(data) }));
    this.#expectsMeters = !isMeters && asText(data) === "0/f";
  }

  #watch() {
    if (this.#control && performance.now() - this.#heard > SILENT_MS) this.#lose();
  }

  #lose() {
    if (!this.#control) return;
    for (const socket of [this.#control, this.#data]) {
      socket.onclose = socket.onmessage = null;
      socket.close();
    }
    this.#control = this.#data = null;
    this.#say("lost");
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.open(), this.#wait);
    this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT_MS);
  }

  #say(link) {
    this.dispatchEvent(new CustomEvent("link", { detail: link }));
  }
}

function asText(data) {
  return typeof data === "string" ? data : data.byteLength < 16 ? String.fromCharCode(...new Uint8Array(data)) : "";
}
