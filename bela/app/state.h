// What the pedal is set to, and what its presets remember.
// Threads: plain values of the control thread.
#pragma once

#include <cstdint>
#include <string>

#include "parameters.h"

namespace tonezoo {

constexpr int kNumPresets = 16;

// What a preset holds. Models and cabs by what they are, not by where they are: another bank may hold them
// too.
struct Sound {
  std::uint32_t model = 0;  // the first 8 hex digits of its digest; 0: none
  std::string cab;          // empty: off
  bool clean = false;
  float values[kNumParameters];  // those that presets hold count

  Sound() {
    for (int p = 0; p < kNumParameters; ++p) values[p] = kParameters[p].standard;
  }
};

struct Preset {
  std::string name;  // empty: the slot is
  Sound sound;
};

// What outlives a power cut.
struct Memory {
  Preset presets[kNumPresets];
  Sound last;
  int last_preset = -1, boot_preset = -1;
  bool bypass = false;
  float globals[kNumParameters];  // those that belong to the pedal count

  Memory() {
    for (int p = 0; p < kNumParameters; ++p) globals[p] = kParameters[p].standard;
  }
};

// As PROTOCOL.md's `state`, without the names of the presets.
struct State {
  int model = -1;  // wanted; what is heard may still be another
  bool bypass = false, clean = false, tuner = false;
  int preset = -1;
  bool modified = false;
  int boot_preset = -1;
  float values[kNumParameters];

  State() {
    for (int p = 0; p < kNumParameters; ++p) values[p] = kParameters[p].standard;
  }
};

}  // namespace tonezoo
