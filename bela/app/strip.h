// One channel's stages, without the model: what is before it and what is after it.
// Threads: start() in setup(), the rest in render().
#pragma once

#include <cstddef>

#include "cab.h"
#include "dc_block.h"
#include "equalizer.h"
#include "gate.h"
#include "limiter.h"
#include "wish.h"

namespace tonezoo {

class Strip {
 public:
  // False if memory is short.
  bool start(float sample_rate) {
    dc_.start(sample_rate);
    gate_.start(sample_rate);
    equalizer_.start(sample_rate);
    return cab_.start(static_cast<std::size_t>(0.015f * sample_rate));
  }
  // `live`: whether it is played now.
  void set(const Wish& wish, bool live) noexcept {
    gate_.set_threshold(wish.gate_threshold);
    equalizer_.set_gains(wish.bass, wish.mid, wish.treble);
    live ? cab_.go(wish.cab) : cab_.jump(wish.cab);
  }
  // At most kPiece samples each; `gain` has one value for each.
  void before(float* x, const float* gain, std::size_t frames) noexcept {
    for (std::size_t t = 0; t < frames; ++t) x[t] *= gain[t];
    dc_.process(x, frames);
    gate_.process(x, frames);
  }
  void after(float* x, const float* gain, std::size_t frames) noexcept {
    equalizer_.process(x, frames);
    cab_.process(x, frames);
    for (std::size_t t = 0; t < frames; ++t) x[t] *= gain[t];
    limiter_.process(x, frames);
  }
  bool settled() const noexcept { return cab_.settled(); }
  float gate_gain() const noexcept { return gate_.gain(); }
  float take_least_gain() noexcept { return limiter_.take_least_gain(); }

 private:
  DcBlock dc_;
  Gate gate_;
  Equalizer equalizer_;
  Cab cab_;
  Limiter limiter_;
};

}  // namespace tonezoo
