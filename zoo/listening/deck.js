// Plays all signals of a trial at once and lets one through. They are channels of one buffer behind one source,
// so that they cannot drift by a sample; a switch is a crossfade between two of them at the same place.
const SWITCH_SECONDS = 0.012; // long enough that nothing clicks, short enough to be instant
const EDGE_SECONDS = 0.008;   // fade around a jump: loop points, start, stop
const LEAD_SECONDS = 0.005;   // nothing is scheduled for a moment that is being rendered already
const AHEAD_SECONDS = 3;      // how far fades at loop points are planned, for tabs whose timers are slow

class Deck {
  // context: an AudioContext, or an OfflineAudioContext to look at what comes out.
  // signals: Float32Array of equal length, one for each channel.
  constructor(context, signals, rate) {
    this.context = context;
    this.length = signals[0].length / rate;
    this.buffer = context.createBuffer(signals.length, signals[0].length, rate);
    signals.forEach((signal, channel) => this.buffer.copyToChannel(signal, channel));
    this.splitter = context.createChannelSplitter(signals.length);
    this.edge = context.createGain();   // fades around jumps
    this.volume = context.createGain();
    this.edge.gain.value = 0;
    this.gates = signals.map((_, channel) => {
      const gate = context.createGain();
      gate.gain.value = 0;
      this.splitter.connect(gate, channel).connect(this.edge);
      return gate;
    });
    this.edge.connect(this.volume).connect(context.destination);
    this.from = 0;
    this.to = this.length;
    this.at = 0;            // where it stands while it is silent
    this.source = null;
    this.shown = 0;
    this.select(0, 0);
  }

  get playing() { return this.source !== null; }

  // Seconds into the excerpt.
  get position() {
    if (!this.source) return this.at;
    const gone = this.context.currentTime - this.began, round = this.to - this.from;
    if (gone < 0) return this.at;
    const until = this.to - this.at;
    return gone < until ? this.at + gone : this.from + ((gone - until) % round);
  }

  get soon() { return this.context.currentTime + LEAD_SECONDS; }

  select(channel, when = this.soon) {
    this.shown = channel;
    this.gates.forEach((gate, i) => {
      const wanted = i === channel ? 1 : 0;
      const now = gate.heard ?? 0, ramp = gate.ramp;
      // A second switch may come while the first still fades: go on from where that is.
      const fading = ramp && when > ramp.begin && when < ramp.end;
      const value = fading ? ramp.from + (now - ramp.from) * (when - ramp.begin) / SWITCH_SECONDS : now;
      gate.gain.cancelScheduledValues(when);
      if (fading) gate.gain.linearRampToValueAtTime(value, when); // its end was cancelled, its way so far stays
      else gate.gain.setValueAtTime(value, when);
      gate.gain.linearRampToValueAtTime(wanted, when + SWITCH_SECONDS);
      gate.ramp = { from: value, begin: when, end: when + SWITCH_SECONDS };
      gate.heard = wanted;
    });
  }

  play(at = this.at, when = this.soon) {
    this.stop(when);
    const start = this.source === null && this.stopped > when ? this.stopped : when;
    this.at = at >= this.from && at < this.to - 0.02 ? at : this.from;
    this.source = this.context.createBufferSource();
    this.source.buffer = this.buffer;
    this.source.loop = true;
    this.source.loopStart = this.from;
    this.source.loopEnd = this.to;
    this.source.connect(this.splitter);
    this.source.start(start, this.at);
    this.began = start;
    this.edge.gain.setValueAtTime(0, start);
    this.edge.gain.linearRampToValueAtTime(1, start + EDGE_SECONDS);
    this.planned = start + (this.to - this.at); // the next loop point that has no fade yet
    this.plan();
  }

  // Fades around the loop points of the next seconds; call it now and then.
  plan() {
    if (!this.source) return;
    while (this.planned < this.context.currentTime + AHEAD_SECONDS) {
      const gain = this.edge.gain, at = this.planned;
      if (at - EDGE_SECONDS > this.began + EDGE_SECONDS) {
        gain.setValueAtTime(1, at - EDGE_SECONDS);
        gain.linearRampToValueAtTime(0, at);
        gain.linearRampToValueAtTime(1, at + EDGE_SECONDS);
      }
      this.planned += this.to - this.from;
    }
  }

  stop(when = this.soon) {
    if (!this.source) return;
    this.at = this.position;
    if (this.edge.gain.cancelAndHoldAtTime) this.edge.gain.cancelAndHoldAtTime(when);
    else this.edge.gain.cancelScheduledValues(when);
    this.edge.gain.setTargetAtTime(0, when, EDGE_SECONDS / 4);
    this.stopped = when + 2 * EDGE_SECONDS;
    this.edge.gain.setValueAtTime(0, this.stopped);
    this.source.stop(this.stopped);
    this.source = null;
  }

  // Loop a part; what plays goes on within it.
  loop(from, to) {
    const playing = this.playing, at = this.position;
    this.stop();
    this.from = Math.max(0, Math.min(from, this.length - 0.1));
    this.to = Math.min(this.length, Math.max(to, this.from + 0.1));
    this.at = at >= this.from && at < this.to ? at : this.from;
    if (playing) this.play(this.at);
  }

  close() {
    this.stop();
    this.volume.disconnect();
  }
}
