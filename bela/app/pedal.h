// The pedal's mind: takes commands from pages, feet, MIDI and the knob, tells the audio thread what to do and
// the pages what is. Threads: start() in setup(). hear() and hear_program() by any thread but render().
// tick() and meters() by the control thread; caretaker.work() by the background task. render() meets nothing
// but `audio`.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "allowance.h"
#include "audio.h"
#include "caretaker.h"
#include "controls.h"
#include "message.h"
#include "reporter.h"
#include "speech.h"
#include "tuner.h"

namespace tonezoo {

constexpr std::size_t kNumMeters = 12;

class Pedal {
 public:
  Audio audio;
  Caretaker caretaker;

  // Loads presets and bank and has the audio thread play what they say. False only if memory is short;
  // `trouble` is what the player should know: the pedal plays all the same, clean if need be.
  bool start(const Surroundings& app, const std::string& bank, const std::string& memory, unsigned session,
             std::string& trouble) {
    reporter_.start(app, session);
    caretaker.start(bank, memory, app.sample_rate, app.block_size);
    tuner_.start(0.5f * static_cast<float>(app.sample_rate));
    if (const char* why = caretaker.file().load(controls_.memory)) trouble = why;
    std::shared_ptr<Rack> rack = std::make_shared<Rack>();
    if (const char* why = rack->load(bank.c_str(), app.sample_rate, app.block_size)) {
      trouble = why;
    } else {
      controls_.rack = rack;
      if (!rack->trouble().empty()) trouble = rack->trouble();
    }
    controls_.restore();
    if (!audio.start(static_cast<float>(app.sample_rate), 1.0f)) return false;
    controls_.remember();
    kept_ = memory_text(controls_.memory);
    wish();
    return true;
  }

  const Rack& rack() const { return *controls_.rack; }

  void hear(const Message& message) {
    const std::lock_guard<std::mutex> lock(door_);
    if (inbox_.size() < kMostWaiting) inbox_.push_back(message);
  }
  // A program change: channel 0..15, program 0..127. Of each channel only the last one counts.
  void hear_program(int channel, int program) {
    if (channel >= 0 && channel < 16 && program >= 0 && program < 128) programs_[channel].store(program + 1);
  }

  // Every few milliseconds; `now` in seconds, never less than before. What all pages are to get is appended.
  void tick(double now, std::vector<std::string>& out) {
    now_ = now;
    if (std::shared_ptr<Rack> rack = caretaker.take_rack()) change_rack(rack);
    std::vector<Message> messages;
    {
      const std::lock_guard<std::mutex> lock(door_);
      messages.swap(inbox_);
    }
    for (const Message& message : messages) take(message);
    take_presses();
    take_programs();
    take_knob();
    wish();
    listen();
    std::string command;
    const std::string trouble = caretaker.take_trouble(command);
    if (!trouble.empty()) reporter_.refuse(now, command, "", trouble);
    if (now - told_at_ >= 0.03) {
      told_at_ = now;
      reporter_.tell(now, shown(), *controls_.rack, out);
      remember();
    }
    let_go();
  }

  // True about 15 times a second; then `values` are those of PROTOCOL.md.
  bool meters(double now, float (&values)[kNumMeters]) {
    if (now - metered_ < 1.0 / 15.0) return false;
    metered_ = now;
    const Pitch pitch = controls_.state.tuner ? tuner_.pitch() : Pitch();
    const float gate = controls_.state.values[kGate] > 0.0f ? audio.gate_gain.load() : 1.0f;
    values[0] = audio.peak_in[0].take();
    values[1] = audio.peak_in[1].take();
    values[2] = audio.peak_out[0].take();
    values[3] = audio.peak_out[1].take();
    values[4] = audio.load.take();
    values[5] = static_cast<float>(audio.underruns.load());
    values[6] = gate;
    values[7] = audio.reduction.take();
    values[8] = pitch.note >= 0 ? 1.0f : 0.0f;
    values[9] = static_cast<float>(pitch.note);
    values[10] = pitch.cents;
    values[11] = pitch.frequency;
    return true;
  }

  // When the pedal stops: what plays now is what plays next time.
  void stop() {
    controls_.remember();
    if (memory_text(controls_.memory) != kept_ || controls_.to_save) caretaker.keep(controls_.memory);
    caretaker.write();
  }

 private:
  void take(const Message& m) {
    const std::string from = m.from.is(Field::kText) && harmless(m.from.text) ? m.from.text : std::string();
    if (m.event.is(Field::kText) && m.event.text == "connection-reply") return reporter_.want_snapshot();
    if (m.command.is(Field::kAbsent)) return;
    if (!commands_.take(now_)) {
      if (floods_.take(now_))
        reporter_.refuse(now_, "", from, "too many commands at once; some were dropped");
      return;
    }
    if (m.command.is(Field::kText) && m.command.text == "sync") return reporter_.want_snapshot();
    const std::string command = m.command.is(Field::kText) ? m.command.text.substr(0, 24) : std::string();
    const Refusal why = m.command.is(Field::kText) ? controls_.command(m) : "a command is a word";
    if (why.empty()) {
      reporter_.taken(from);
    } else {
      reporter_.refuse(now_, command, from, why);
    }
  }
  static bool harmless(const std::string& from) {
    for (const char c : from) {
      if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))) return false;
    }
    return from.size() <= 8;
  }

  void take_presses() {
    FootPress pressed;
    while (audio.presses.take(pressed)) {
      reporter_.taken("");
      if (pressed.footswitch < 2) {
        controls_.step(pressed.footswitch == 0 ? 1 : -1);
      } else if (pressed.press == Press::kLong) {
        controls_.state.tuner = !controls_.state.tuner;
      } else if (controls_.state.tuner) {
        controls_.state.tuner = false;  // the way out of silence is the same foot
      } else {
        controls_.state.bypass = !controls_.state.bypass;
      }
    }
  }

  void take_programs() {
    for (int channel = 0; channel < 16; ++channel) {
      const int program = programs_[channel].exchange(0) - 1;
      const int filter = static_cast<int>(controls_.state.values[kMidiChannel]);
      if (program < 0 || filter == kMidiOff || (filter != 0 && filter != channel + 1)) continue;
      reporter_.taken("");
      // A program that is not there is for another device in the chain: no reason to complain.
      if (controls_.state.values[kMidiProgram] == 0.0f) {
        controls_.select(program);
      } else if (program < kNumPresets) {
        controls_.load_slot(program);
      }
    }
  }

  // The knob's way is divided among the models. It must go well into another's part, and be moved at all:
  // where it stands at power-on says nothing.
  void take_knob() {
    const float at = audio.pot.load();
    const int count = controls_.rack->size();
    if (controls_.state.values[kPot] == 0.0f || at < 0.0f || count == 0) {
      knob_ = -1;
      return;
    }
    const float place = at * static_cast<float>(count);
    const int part = place >= static_cast<float>(count) ? count - 1 : static_cast<int>(place);
    if (knob_ < 0 || knob_ >= count) knob_ = part;
    const float beyond = place - static_cast<float>(knob_);
    if (beyond > -kKnobDeadBand && beyond < 1.0f + kKnobDeadBand) return;
    knob_ = part;
    reporter_.taken("");
    controls_.select(part);
  }

  void listen() {
    if (!controls_.state.tuner) tuner_.forget();
    float x;
    // At most one window at a time: the page must not wait for the tuner.
    while (audio.tuner_sound.take(x)) {
      if (controls_.state.tuner && tuner_.hear(x)) break;
    }
  }

  void wish() {
    const State& s = controls_.state;
    Rack& rack = *controls_.rack;
    Wish next;
    next.voice = s.clean || s.model < 0 ? nullptr : &rack.model(s.model).voice;
    const int cab = static_cast<int>(s.values[kCab]);
    next.cab = s.clean || cab == 0 ? nullptr : &rack.cab(cab - 1);
    next.input_gain = gain_of_db(s.values[kInputGain]);
    next.output_gain = s.values[kOutputGain] <= -60.0f ? 0.0f : gain_of_db(s.values[kOutputGain]);
    next.gate_threshold = s.values[kGate] > 0.0f ? gain_of_db(s.values[kGateThreshold]) : 0.0f;
    next.bass = s.values[kBass];
    next.mid = s.values[kMid];
    next.treble = s.values[kTreble];
    next.inputs = static_cast<Inputs>(static_cast<int>(s.values[kInputs]));
    next.bypass = s.bypass;
    next.tuner = s.tuner;
    next.matched = s.values[kLevelMatch] > 0.0f;
    if (!wish_due_ && same(next, wished_)) return;
    wish_due_ = false;
    next.number = wished_.number + 1;
    wished_ = next;
    audio.wishes.post(next);
  }
  static bool same(const Wish& a, const Wish& b) {
    return a.voice == b.voice && a.cab == b.cab && a.input_gain == b.input_gain &&
           a.output_gain == b.output_gain && a.gate_threshold == b.gate_threshold && a.bass == b.bass &&
           a.mid == b.mid && a.treble == b.treble && a.inputs == b.inputs && a.bypass == b.bypass &&
           a.tuner == b.tuner && a.matched == b.matched;
  }

  // The old bank stays until the audio thread refers to nothing of it.
  void change_rack(const std::shared_ptr<Rack>& rack) {
    retired_.push_back({controls_.rack, wished_.number + 1});
    controls_.change_rack(rack);
    wish_due_ = true;  // also if all stays as it was: only a wish that is fulfilled frees the old bank
    heard_ = -1;
    reporter_.want_snapshot();
  }
  void let_go() {
    while (!retired_.empty() && audio.settled.load(std::memory_order_acquire) >= retired_.front().until) {
      retired_.erase(retired_.begin());
    }
  }

  Shown shown() {
    Shown now;
    now.state = controls_.state;
    const State& s = controls_.state;
    const int heard = controls_.rack->index_of(audio.heard.load(std::memory_order_relaxed));
    if (heard >= 0) heard_ = heard;
    if (s.clean || heard_ >= controls_.rack->size()) heard_ = s.model;
    now.heard = heard_ >= 0 ? heard_ : s.model;
    now.pending = s.model != now.heard ? s.model : -1;
    now.model_block = s.model >= 0 ? static_cast<int>(controls_.rack->model(s.model).record->frame) : 1;
    for (int slot = 0; slot < kNumPresets; ++slot) now.names[slot] = controls_.memory.presets[slot].name;
    return now;
  }

  // A preset is written at once; what merely plays when it has stayed the same for two seconds.
  void remember() {
    controls_.remember();
    const std::string text = memory_text(controls_.memory);
    if (text != latest_) {
      latest_ = text;
      changed_at_ = now_;
    }
    if (controls_.to_save || (text != kept_ && now_ - changed_at_ > 2.0)) {
      controls_.to_save = false;
      kept_ = text;
      caretaker.keep(controls_.memory);
    }
  }

  struct Retired {
    std::shared_ptr<Rack> rack;
    std::uint32_t until;
  };

  static constexpr std::size_t kMostWaiting = 256;
  static constexpr float kKnobDeadBand = 0.25f;
  Controls controls_;
  Reporter reporter_;
  Tuner tuner_;
  Wish wished_;
  Allowance commands_{100.0, 50.0}, floods_{1.0, 1.0};
  std::mutex door_;
  std::vector<Message> inbox_;
  std::atomic<int> programs_[16] = {};
  std::vector<Retired> retired_;
  bool wish_due_ = true;
  int heard_ = -1, knob_ = -1;
  double now_ = 0.0, metered_ = -1.0, told_at_ = -1.0, changed_at_ = 0.0;
  std::string kept_, latest_;
};

}  // namespace tonezoo
