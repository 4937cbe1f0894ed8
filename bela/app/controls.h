// What every command does to the state, or why it does nothing.
// Threads: the control thread.
#pragma once

#include <cmath>
#include <memory>
#include <string>

#include "message.h"
#include "rack.h"
#include "state.h"
#include "unicode.h"

namespace tonezoo {

// An empty reason: it was done.
using Refusal = std::string;

class Controls {
 public:
  State state;
  Memory memory;
  // Where the cab and the models come from; the owner changes it between two calls.
  std::shared_ptr<Rack> rack = std::make_shared<Rack>();
  bool to_save = false;  // memory has changed: write it

  Refusal command(const Message& m) {
    const std::string& name = m.command.text;
    if (name == "set") return set(m);
    if (name == "model") return model(m);
    if (name == "next") return step(1);
    if (name == "previous") return step(-1);
    if (name == "block") return block(m);
    if (name == "bypass") return turn(m, state.bypass);
    if (name == "clean") return turn(m, state.clean);
    if (name == "tuner") return turn(m, state.tuner);
    if (name == "load") return load(m);
    if (name == "save") return save(m);
    if (name == "rename") return rename(m);
    if (name == "erase") return erase(m);
    if (name == "boot") return boot(m);
    return "this pedal does not know the command " + shortened(name);
  }

  // Also for footswitches, MIDI and the knob.
  Refusal select(int index) {
    if (index < 0 || index >= rack->size()) {
      return "there is no model " + std::to_string(index) + "; this bank has " + std::to_string(rack->size());
    }
    if (state.model != index || state.clean) state.modified = true;
    state.model = index;
    state.clean = false;
    return Refusal();
  }
  Refusal step(int by) {
    const int count = rack->size();
    if (count == 0) return "this bank has no models";
    return select(state.model < 0 ? 0 : (state.model + by + count) % count);
  }
  Refusal load_slot(int slot) {
    if (memory.presets[slot].name.empty()) return "preset " + std::to_string(slot + 1) + " is empty";
    apply(memory.presets[slot].sound);
    state.preset = slot;
    state.modified = false;
    return Refusal();
  }

  // As it was when the pedal was switched off, or its boot preset.
  void restore() {
    for (int p = 0; p < kNumParameters; ++p) {
      if (!kParameters[p].preset) state.values[p] = memory.globals[p];
    }
    state.boot_preset = memory.boot_preset;
    state.bypass = memory.bypass;
    apply(memory.last);
    state.preset = memory.last_preset;
    state.modified = false;
    if (memory.boot_preset >= 0 && load_slot(memory.boot_preset).empty()) state.bypass = false;
  }
  // Another bank: the same model and cab if it has them, else its first and none.
  void change_rack(const std::shared_ptr<Rack>& to) {
    const Sound before = sound();
    rack = to;
    find(before);
  }
  // Brings `memory` up to date with what plays.
  void remember() {
    memory.last = sound();
    memory.last_preset = state.preset;
    memory.boot_preset = state.boot_preset;
    memory.bypass = state.bypass;
    for (int p = 0; p < kNumParameters; ++p) {
      if (!kParameters[p].preset) memory.globals[p] = state.values[p];
    }
  }

 private:
  static std::string shortened(const std::string& text) { return "\"" + text.substr(0, 24) + "\""; }

  Refusal set(const Message& m) {
    const int p = m.id.is(Field::kText) ? parameter_named(m.id.text.c_str()) : -1;
    if (p < 0) return "this pedal has no parameter " + shortened(m.id.text);
    const Parameter& parameter = kParameters[p];
    if (!m.value.is_number()) return std::string(parameter.name) + " needs a number";
    float value;
    if (parameter.kind == Parameter::kRange) {
      const double v = m.value.number;
      value = v < parameter.least  ? parameter.least
              : v > parameter.most ? parameter.most
                                   : static_cast<float>(v);
    } else {
      int whole;
      const int most = p == kCab ? rack->cabs() : static_cast<int>(parameter.most);
      if (!m.value.whole(0, most, whole)) {
        return std::string(parameter.name) + " has no choice of that number; it has 0 to " +
               std::to_string(most);
      }
      value = static_cast<float>(whole);
    }
    if (parameter.preset && state.values[p] != value) state.modified = true;
    state.values[p] = value;
    return Refusal();
  }

  Refusal model(const Message& m) {
    int index;
    if (!m.index.whole(-1000000, 1000000, index)) return "a model is selected by its number";
    return select(index);
  }

  Refusal block(const Message& m) {
    int samples;
    if (!m.value.whole(1, 16, samples) || (samples != 1 && samples != 16))
      return "a model block is 1 or 16 samples";
    if (state.model < 0) return "this bank has no models";
    const BankModel& now = *rack->model(state.model).record;
    if (now.frame == static_cast<std::uint32_t>(samples)) return select(state.model);
    for (int i = 0; i < rack->size(); ++i) {
      const BankModel& other = *rack->model(i).record;
      if (other.frame == static_cast<std::uint32_t>(samples) && std::strcmp(other.device, now.device) == 0) {
        return select(i);
      }
    }
    return "this bank has no model of this device that takes " + std::to_string(samples) +
           " samples at a time";
  }

  Refusal turn(const Message& m, bool& what) {
    if (!m.on.is(Field::kBoolean)) return m.command.text + " needs on: true or false";
    if (&what == &state.clean && what != m.on.on) state.modified = true;
    what = m.on.on;
    return Refusal();
  }

  Refusal load(const Message& m) {
    int slot;
    return m.slot.whole(0, kNumPresets - 1, slot) ? load_slot(slot) : no_slot();
  }
  Refusal save(const Message& m) {
    int slot;
    if (!m.slot.whole(0, kNumPresets - 1, slot)) return no_slot();
    std::string name = memory.presets[slot].name;
    if (name.empty()) name = "Preset " + std::to_string(slot + 1);
    if (!m.name.is(Field::kAbsent) && !named(m, name)) return no_name();
    memory.presets[slot].name = name;
    memory.presets[slot].sound = sound();
    state.preset = slot;
    state.modified = false;
    return saved();
  }
  Refusal rename(const Message& m) {
    int slot;
    if (!m.slot.whole(0, kNumPresets - 1, slot)) return no_slot();
    if (memory.presets[slot].name.empty()) return "preset " + std::to_string(slot + 1) + " is empty";
    return named(m, memory.presets[slot].name) ? saved() : no_name();
  }
  Refusal erase(const Message& m) {
    int slot;
    if (!m.slot.whole(0, kNumPresets - 1, slot)) return no_slot();
    memory.presets[slot] = Preset();
    if (state.preset == slot) state.preset = -1;
    if (state.boot_preset == slot) state.boot_preset = -1;
    return saved();
  }
  Refusal boot(const Message& m) {
    int slot;
    if (!m.slot.whole(-1, kNumPresets - 1, slot)) return no_slot();
    if (slot >= 0 && memory.presets[slot].name.empty())
      return "preset " + std::to_string(slot + 1) + " is empty";
    state.boot_preset = slot;
    return saved();
  }

  static bool named(const Message& m, std::string& name) {
    return m.name.is(Field::kText) && make_name(m.name.text, name);
  }
  static Refusal no_slot() { return "a preset has a slot from 0 to 15"; }
  static Refusal no_name() { return "a preset's name has 1 to 24 characters"; }
  Refusal saved() {
    to_save = true;
    return Refusal();
  }

  Sound sound() const {
    Sound now;
    if (state.model >= 0 && state.model < rack->size()) now.model = rack->model(state.model).id();
    const int cab = static_cast<int>(state.values[kCab]);
    if (cab > 0 && cab <= rack->cabs()) now.cab = rack->cab_name(cab - 1);
    now.clean = state.clean;
    for (int p = 0; p < kNumParameters; ++p) now.values[p] = state.values[p];
    return now;
  }
  void apply(const Sound& to) {
    for (int p = 0; p < kNumParameters; ++p) {
      if (kParameters[p].preset) state.values[p] = to.values[p];
    }
    state.clean = to.clean;
    find(to);
  }
  // A model that this bank does not have leaves the one that plays, so that there is always a sound.
  void find(const Sound& to) {
    const int model = rack->with_id(to.model), count = rack->size();
    state.model = model >= 0                                ? model
                  : state.model >= 0 && state.model < count ? state.model
                  : count > 0                               ? 0
                                                            : -1;
    state.values[kCab] = to.cab.empty() ? 0.0f : static_cast<float>(rack->cab_named(to.cab) + 1);
  }
};

}  // namespace tonezoo
