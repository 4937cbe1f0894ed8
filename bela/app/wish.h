// Everything that the control thread wants the audio thread to do, as one value.
// Threads: plain values. Sent whole through a Mailbox, so that no message can be lost or come too late.
#pragma once

#include <cstdint>

#include "cab.h"
#include "voice.h"

namespace tonezoo {

enum class Inputs { kLeft, kMixed, kStereo };

struct Wish {
  std::uint32_t number = 0;          // rises with every wish
  Voice* voice = nullptr;            // null: clean
  const CabResponse* cab = nullptr;  // null: none
  float input_gain = 1.0f, output_gain = 1.0f;
  float gate_threshold = 0.0f;  // amplitude; 0: off
  float bass = 0.0f, mid = 0.0f, treble = 0.0f;
  Inputs inputs = Inputs::kLeft;
  bool bypass = false, tuner = false, matched = true;
};

}  // namespace tonezoo
