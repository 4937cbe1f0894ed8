// Lets a model that takes 16 samples at a time run in blocks of any length.
// Threads: start() in setup(), the rest in render().
//
// If every block is a multiple of 16 it adds no latency. Else a frame is rarely complete when a block ends,
// and the output is late by 16 minus the greatest common divisor of 16 and the block size.
#pragma once

#include <cstddef>
#include <cstring>

#include "../engine/frame_recurrent.h"
#include "piece.h"

namespace tonezoo {

class FrameQueue {
 public:
  void start(std::size_t block_size) {
    std::size_t common = kFrameSamples;
    while (block_size % common != 0) common /= 2;
    latency_ = kFrameSamples - common;
    reset();
  }
  std::size_t latency() const { return latency_; }
  void reset() noexcept {
    std::memset(ready_, 0, sizeof ready_);
    filled_ = 0;
    held_ = latency_;  // zeros, which are what is late
  }

  // At most kPiece samples. `step(frame)` replaces 16 samples by what the model makes of them.
  template <class Step>
  void process(const float* in, float* out, std::size_t frames, Step step) noexcept {
    for (std::size_t t = 0; t < frames; ++t) {
      frame_[filled_] = in[t];
      if (++filled_ < kFrameSamples) continue;
      step(frame_);
      std::memcpy(ready_ + held_, frame_, sizeof frame_);
      held_ += kFrameSamples;
      filled_ = 0;
    }
    if (held_ < frames) delay(frames - held_);
    std::memcpy(out, ready_, frames * sizeof(float));
    held_ -= frames;
    std::memmove(ready_, ready_ + frames, held_ * sizeof(float));
  }

 private:
  // A block of another length than start() was told: late from here on, but never out of bounds.
  void delay(std::size_t samples) noexcept {
    std::memmove(ready_ + samples, ready_, held_ * sizeof(float));
    std::memset(ready_, 0, samples * sizeof(float));
    held_ += samples;
  }

  std::size_t latency_ = 0, filled_ = 0, held_ = 0;
  float frame_[kFrameSamples] = {};
  float ready_[kPiece + 2 * kFrameSamples] = {};
};

}  // namespace tonezoo
