// What both ways of running a recurrent layer work on.
// Threads: the arrays are sized in load(); their contents belong to whoever calls process().
#pragma once

#include <cstddef>

#include "aligned.h"
#include "simd.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {

// Samples that go through a layer before the next layer's turn.
constexpr std::size_t kChunk = 16;

struct RecurrentState {
  std::size_t hidden = 0;
  std::size_t units = 0;  // hidden, rounded up to whole vectors
  AlignedFloats weights;  // recurrent, in the order in which they are read
  AlignedFloats audio;    // of the first input, one vector after the other
  AlignedFloats rows;     // h: kChunk + 1 rows of `units`; row 0 is what was before the chunk
  AlignedFloats c;

  const float* before(std::size_t frame) const { return rows.data() + frame * units; }
  float* after(std::size_t frame) { return rows.data() + (frame + 1) * units; }
};

// x: the audio, one sample a frame. drive: biases and all other inputs, `drive_step` floats from frame to
// frame.
struct RecurrentInput {
  const float* x;
  const float* drive;
  std::size_t drive_step;
  std::size_t frames;  // at most kChunk
};

}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
