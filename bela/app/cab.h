// A speaker cabinet: direct convolution with an impulse response, switched without a gap.
// Threads: start() and CabResponse in setup() or off the audio thread; go() and process() in render().
//
// All responses share one history of the input, so that another one needs no run-in: both are played for the
// length of a crossfade. No latency.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "../engine/aligned.h"
#include "../engine/simd.h"
#include "piece.h"

namespace tonezoo {

constexpr std::size_t kMostTaps = 2048;

// An impulse response, newest tap first. `taps` in 1..kMostTaps.
struct CabResponse {
  AlignedFloats taps;
  std::size_t count = 0;

  bool load(const float* response, std::size_t length) {
    if (length < 1 || length > kMostTaps || !taps.resize(length)) return false;
    std::memcpy(taps.data(), response, length * sizeof(float));
    count = length;
    return true;
  }
};

class Cab {
 public:
  // `fade`: samples of a crossfade.
  bool start(std::size_t fade) {
    fade_ = fade;
    newest_ = kMostTaps;
    return history_.resize(kLength + kPiece + 4 * Float::kLanes);
  }
  // Null: no cabinet. A request during a crossfade waits for its end.
  void go(const CabResponse* response) noexcept { wanted_ = response; }
  // At once: for a channel that is not played.
  void jump(const CabResponse* response) noexcept {
    now_ = next_ = wanted_ = response;
    left_ = 0;
  }
  bool settled() const noexcept { return now_ == wanted_ && left_ == 0; }

  // At most kPiece samples.
  void process(float* x, std::size_t frames) noexcept {
    if (left_ == 0 && wanted_ != now_) {
      next_ = wanted_;
      left_ = fade_;
    }
    if (newest_ + frames > kLength) {
      std::memcpy(history_.data(), history_.data() + newest_ - kMostTaps, kMostTaps * sizeof(float));
      newest_ = kMostTaps;
    }
    float* const newest = history_.data() + newest_;
    newest_ += frames;
    std::memcpy(newest, x, frames * sizeof(float));
    if (left_ > 0) {
      float other[kPiece];
      convolve(next_, newest, other, frames);
      convolve(now_, newest, x, frames);
      for (std::size_t t = 0; t < frames; ++t) {
        const float far = static_cast<float>(left_) / static_cast<float>(fade_);
        x[t] = other[t] + far * (x[t] - other[t]);
        left_ -= left_ > 0 ? 1 : 0;
      }
      if (left_ == 0) now_ = next_;
    } else {
      convolve(now_, newest, x, frames);
    }
  }

 private:
  static void convolve(const CabResponse* response, const float* newest, float* out,
                       std::size_t frames) noexcept {
    if (response == nullptr) {
      std::memcpy(out, newest, frames * sizeof(float));
      return;
    }
    constexpr std::size_t kLanes = Float::kLanes;
    alignas(64) float sums[4 * Float::kLanes];
    for (std::size_t t = 0; t < frames; t += 4 * kLanes) {
      Float a = splat(0.0f), b = a, c = a, d = a;
      const float* past = newest + t;
      const float* const taps = response->taps.data();
      for (std::size_t j = 0; j < response->count; ++j, --past) {
        const Float tap = splat(taps[j]);
        a = mul_add(tap, load_unaligned(past), a);
        b = mul_add(tap, load_unaligned(past + kLanes), b);
        c = mul_add(tap, load_unaligned(past + 2 * kLanes), c);
        d = mul_add(tap, load_unaligned(past + 3 * kLanes), d);
      }
      store(sums, a);
      store(sums + kLanes, b);
      store(sums + 2 * kLanes, c);
      store(sums + 3 * kLanes, d);
      std::memcpy(out + t, sums, std::min(4 * kLanes, frames - t) * sizeof(float));
    }
  }

  static constexpr std::size_t kLength = 4 * kMostTaps;  // so that moving the past is rare
  AlignedFloats history_;  // the past, then the piece, then room for whole vectors
  std::size_t newest_ = kMostTaps;
  const CabResponse *now_ = nullptr, *next_ = nullptr, *wanted_ = nullptr;
  std::size_t fade_ = 1, left_ = 0;
};

}  // namespace tonezoo
