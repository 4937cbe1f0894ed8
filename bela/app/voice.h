// A model that is ready to play: one network for each channel, and what switching needs to know of it.
// Threads: made off the audio thread, and deleted there once the audio thread has let go of it (Switcher).
// The rest in render().
#pragma once

#include <cstddef>
#include <memory>

#include "finite.h"
#include "network.h"
#include "piece.h"

namespace tonezoo {

struct Voice {
  std::unique_ptr<Network> networks[kChannels];
  float trim = 1.0f;  // the gain that makes it as loud as the others
  float cost = 0.0f;  // share of what one sample may take on the board, one channel
  int index = -1;     // in its bank

  void reset(std::size_t channels) noexcept {
    for (std::size_t c = 0; c < channels; ++c) networks[c]->reset();
  }
  // At most kPiece samples of one channel, and nothing but finite numbers comes out. A network that has lost
  // its numbers starts again from rest; else it would never make a sound again.
  void process(std::size_t channel, const float* in, float* out, std::size_t frames) noexcept {
    networks[channel]->process(in, out, frames);
    if (!bound_all(out, frames, kLoudestInside)) networks[channel]->reset();
  }
};

}  // namespace tonezoo
