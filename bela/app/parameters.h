// Every setting of the pedal: what it is called, its range and where it belongs.
// Threads: constants.
#pragma once

#include <cstddef>
#include <cstring>

namespace tonezoo {

enum ParameterId {
  kInputGain,
  kGate,
  kGateThreshold,
  kBass,
  kMid,
  kTreble,
  kCab,
  kOutputGain,
  kLevelMatch,
  kInputs,
  kMidiChannel,
  kMidiProgram,
  kPot,
  kNumParameters
};

struct Parameter {
  enum Kind { kRange, kSwitch, kChoice };
  const char *id, *name;
  Kind kind;
  float least, most, step, standard;
  bool preset;          // saved in presets, else it belongs to the pedal
  const char* choices;  // of a choice, separated by |; those of the cab come from the bank
};

// In the order in which they belong on the page.
constexpr Parameter kParameters[kNumParameters] = {
    {"inputGain", "Input", Parameter::kRange, -24, 24, 0.5f, 0, true, ""},
    {"gate", "Gate", Parameter::kSwitch, 0, 1, 1, 0, true, ""},
    {"gateThreshold", "Gate threshold", Parameter::kRange, -90, -20, 1, -60, true, ""},
    {"bass", "Bass", Parameter::kRange, -12, 12, 0.5f, 0, true, ""},
    {"mid", "Mid", Parameter::kRange, -12, 12, 0.5f, 0, true, ""},
    {"treble", "Treble", Parameter::kRange, -12, 12, 0.5f, 0, true, ""},
    {"cab", "Cab", Parameter::kChoice, 0, 16, 1, 0, true, "Off"},
    {"outputGain", "Output", Parameter::kRange, -60, 12, 0.5f, 0, true, ""},
    {"levelMatch", "Level match", Parameter::kSwitch, 0, 1, 1, 1, false, ""},
    {"channels", "Channels", Parameter::kChoice, 0, 2, 1, 0, false, "Left|Mixed|Stereo"},
    {"midiChannel", "MIDI channel", Parameter::kChoice, 0, 17, 1, 0, false,
     "All|1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16|Off"},
    {"midiProgram", "MIDI program", Parameter::kChoice, 0, 1, 1, 0, false, "Models|Presets"},
    {"pot", "Knob", Parameter::kChoice, 0, 1, 1, 0, false, "Off|Models"},
};

constexpr int kMidiOff = 17;

// The index of a parameter, or -1.
inline int parameter_named(const char* id) {
  for (int p = 0; p < kNumParameters; ++p) {
    if (std::strcmp(kParameters[p].id, id) == 0) return p;
  }
  return -1;
}

}  // namespace tonezoo
