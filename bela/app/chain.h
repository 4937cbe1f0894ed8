// The whole pedal: input gain, DC block, gate, model, loudness trim, EQ, cab, output gain, soft limit,
// bypass. Threads: start() in setup(); everything else in render(): no allocation, no lock.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstring>

#include "../engine/denormals.h"
#include "finite.h"
#include "likeness.h"
#include "piece.h"
#include "ramp.h"
#include "strip.h"
#include "switcher.h"
#include "wish.h"

namespace tonezoo {

class Chain {
 public:
  // `budget`: what models that run at once may cost. False if memory is short.
  bool start(float sample_rate, float budget) {
    switcher_.start(sample_rate, budget);
    settling_time_ = static_cast<std::size_t>(0.100f * sample_rate);
    const std::size_t fade = static_cast<std::size_t>(0.015f * sample_rate);
    for (Ramp* ramp : {&input_, &output_, &bypass_, &mute_}) ramp->set_length(fade);
    return strips_[0].start(sample_rate) && strips_[1].start(sample_rate);
  }

  // At the start of a block.
  void set(const Wish& wish) noexcept {
    wish_ = wish;
    input_.go(wish.input_gain);
    output_.go(wish.output_gain);
    bypass_.go(wish.bypass ? 1.0f : 0.0f);
    switcher_.match_levels(wish.matched);
    if (!started_) begin();
    switcher_.go(wish.voice);
    for (std::size_t c = 0; c < kChannels; ++c) strips_[c].set(wish, c < channels());
  }

  // At most kPiece samples of each channel; a missing input is null. Finite numbers within +-1 come out.
  void process(const float* const* in, float* const* out, std::size_t frames) noexcept {
    const FlushDenormals flush;
    change_inputs(frames);
    float wet[kChannels][kPiece], dry[kChannels][kPiece], gain[kPiece];
    gather(in, dry, frames);
    for (std::size_t t = 0; t < frames; ++t) gain[t] = input_.next();
    for (std::size_t c = 0; c < channels(); ++c) {
      std::memcpy(wet[c], dry[c], frames * sizeof(float));
      strips_[c].before(wet[c], gain, frames);
    }
    float* const both[kChannels] = {wet[0], wet[1]};
    switcher_.process(both, frames);
    for (std::size_t t = 0; t < frames; ++t) gain[t] = output_.next();
    for (std::size_t c = 0; c < channels(); ++c) strips_[c].after(wet[c], gain, frames);
    finish(dry, wet, out, frames);
  }

  // The model that is heard; null: clean.
  const Voice* heard() const noexcept { return switcher_.heard(); }
  // The number of a wish that is fulfilled: no voice or cab of an earlier one is referred to any more.
  bool settled() const noexcept {
    return started_ && switcher_.settled() && strips_[0].settled() &&
           (channels() == 1 || strips_[1].settled());
  }
  float gate_gain() const noexcept { return strips_[0].gate_gain(); }
  // Most gain reduction since the last call, in dB.
  float take_reduction() noexcept {
    const float a = strips_[0].take_least_gain(), b = strips_[1].take_least_gain();
    const float least = a < b ? a : b;
    return least < 1.0f ? -20.0f * std::log10(least) : 0.0f;
  }

 private:
  std::size_t channels() const noexcept { return inputs_ == Inputs::kStereo ? 2 : 1; }

  void begin() noexcept {
    started_ = true;
    inputs_ = wish_.inputs;
    input_.jump(wish_.input_gain);
    output_.jump(wish_.output_gain);
    bypass_.jump(wish_.bypass ? 1.0f : 0.0f);
    mute_.jump(wish_.tuner ? 0.0f : 1.0f);
    switcher_.set_channels(channels());
  }

  // Another way of feeding the models is muted over: fade out, change, let everything settle, fade in.
  void change_inputs(std::size_t frames) noexcept {
    if (wish_.inputs != inputs_ && mute_.value() == 0.0f) {
      inputs_ = wish_.inputs;
      switcher_.set_channels(channels());
      settling_ = settling_time_;
    }
    const bool changing = wish_.inputs != inputs_ || settling_ > 0;
    mute_.go(wish_.tuner || changing ? 0.0f : 1.0f);
    settling_ -= frames < settling_ ? frames : settling_;
  }

  void gather(const float* const* in, float (*dry)[kPiece], std::size_t frames) noexcept {
    const float* const right = in[1] != nullptr ? in[1] : in[0];
    for (std::size_t c = 0; c < channels(); ++c) {
      const float* const source = c == 0 ? in[0] : right;
      for (std::size_t t = 0; t < frames; ++t) {
        float x = source != nullptr ? bounded(source[t], kLoudestInside) : 0.0f;
        if (inputs_ == Inputs::kMixed && right != nullptr) x = 0.5f * (x + bounded(right[t], kLoudestInside));
        dry[c][t] = x;
      }
    }
  }

  void finish(const float (*dry)[kPiece], const float (*wet)[kPiece], float* const* out,
              std::size_t frames) noexcept {
    const std::size_t second = channels() - 1;
    for (std::size_t t = 0; t < frames; ++t) {
      const float past = bypass_.next(), loud = mute_.next();
      out[0][t] = bounded(loud * (wet[0][t] + past * (dry[0][t] - wet[0][t])), 1.0f);
      out[1][t] = bounded(loud * (wet[second][t] + past * (dry[second][t] - wet[second][t])), 1.0f);
    }
  }

  Wish wish_;
  Strip strips_[kChannels];
  Switcher switcher_;
  Ramp input_, output_, bypass_, mute_;
  Inputs inputs_ = Inputs::kLeft;
  std::size_t settling_ = 0, settling_time_ = 0;
  bool started_ = false;
};

}  // namespace tonezoo
