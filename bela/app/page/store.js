// What the page knows of the pedal, which owns it all. See PROTOCOL.md, "Connecting" and "change".
//
// Events: "snapshot" (everything is new), "change" (detail: {from, state}: what is new).

export class Store extends EventTarget {
  #session = null;
  #revision = -1;

  app = {};
  bank = { name: "", models: [], cabs: [] };
  parameters = [];
  state = null;

  // Takes a message; false if something was missed and a snapshot must be asked for.
  take(message) {
    if (message.event === "snapshot") return this.#replace(message);
    if (message.event !== "change" || this.state === null) return true;
    if (message.session === this.#session && message.revision <= this.#revision) return true;
    if (message.session !== this.#session || message.revision !== this.#revision + 1) return false;
    this.#revision = message.revision;
    const { values, ...rest } = message.state;
    Object.assign(this.state, rest);
    Object.assign(this.state.values, values);
    this.dispatchEvent(new CustomEvent("change", { detail: { from: message.from, state: message.state } }));
    return true;
  }

  // What is heard next: the model on its way in, or else the one that plays.
  get shown() {
    return this.state.pending >= 0 ? this.state.pending : this.state.model;
  }

  #replace({ session, revision, app, bank, parameters, state }) {
    this.#session = session;
    this.#revision = revision;
    Object.assign(this, { app, bank, parameters, state });
    this.dispatchEvent(new CustomEvent("snapshot"));
    return true;
  }
}
