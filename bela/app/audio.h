// The audio thread's side of the pedal, and what it tells the control thread.
// Threads: start() in setup(). set_*(), sense() and process() in render(): no allocation, lock, I/O or throw.
// What is under "for the control thread" may be used there while render() runs.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "chain.h"
#include "footswitch.h"
#include "mailbox.h"
#include "peak.h"
#include "ring.h"
#include "wish.h"

namespace tonezoo {

constexpr int kNumFootswitches = 3;  // next, previous, bypass (long: tuner)

struct FootPress {
  int footswitch;
  Press press;
};

class Audio {
 public:
  // False if memory is short.
  bool start(float sample_rate, float budget) {
    for (int f = 0; f < kNumFootswitches; ++f) footswitches_[f].start(sample_rate, f == 2);
    return chain_.start(sample_rate, budget);
  }

  // Before the first process() of a block.
  void begin_block() noexcept {
    if (wishes.fetch(wish_)) chain_.set(wish_);
  }
  // Whether a footswitch is down, `frames` samples after the last call.
  void sense(int footswitch, bool down, std::size_t frames) noexcept {
    const Press press = footswitches_[footswitch].sense(down, frames);
    if (press != Press::kNone) presses.put({footswitch, press});
  }

  // At most kPiece samples of each channel; a missing input is null.
  void process(const float* const* in, float* const* out, std::size_t frames) noexcept {
    chain_.process(in, out, frames);
    for (std::size_t c = 0; c < kChannels; ++c) {
      peak_in[c].note(in[c] != nullptr ? loudest(in[c], frames) : 0.0f);
      peak_out[c].note(loudest(out[c], frames));
    }
    if (wish_.tuner && in[0] != nullptr) listen(in[0], frames);
  }
  void end_block() noexcept {
    reduction.note(chain_.take_reduction());
    gate_gain.store(chain_.gate_gain(), std::memory_order_relaxed);
    heard.store(chain_.heard(), std::memory_order_relaxed);
    if (chain_.settled()) settled.store(wish_.number, std::memory_order_release);
  }

  // For the control thread.
  Mailbox<Wish> wishes;
  Ring<FootPress, 64> presses;
  Ring<float, 8192> tuner_sound;  // every other sample, while the tuner is on
  Peak peak_in[kChannels], peak_out[kChannels], reduction, load;
  std::atomic<float> gate_gain{1.0f};
  std::atomic<float> pot{-1.0f};  // 0..1; below 0: none
  std::atomic<unsigned> underruns{0};
  std::atomic<const Voice*> heard{nullptr};
  std::atomic<std::uint32_t> settled{
      0};  // of this wish and all before it nothing is referred to but what it wants

 private:
  static float loudest(const float* x, std::size_t frames) noexcept {
    float most = 0.0f;
    for (std::size_t t = 0; t < frames; ++t) {
      const float size = std::fabs(bounded(x[t], kLoudestInside));
      most = size > most ? size : most;
    }
    return most;
  }
  void listen(const float* x, std::size_t frames) noexcept {
    for (std::size_t t = 0; t < frames; ++t) {
      const float v = bounded(x[t], kLoudestInside);
      if (odd_) tuner_sound.put(0.5f * (v + before_));
      odd_ = !odd_;
      before_ = v;
    }
  }

  Chain chain_;
  Wish wish_;
  Footswitch footswitches_[kNumFootswitches];
  float before_ = 0.0f;
  bool odd_ = false;
};

}  // namespace tonezoo
