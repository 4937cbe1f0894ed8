// Noise gate: closes when the strings have been quiet for a while, opens at once.
// Threads: start() in setup(), the rest in render().
//
// It opens at the threshold and closes 6 dB below it, so that a decaying note does not make it flutter. The
// level is the peak with a decay of 30 ms; it stays open for 50 ms more, then closes over about 100 ms.
#pragma once

#include <cmath>
#include <cstddef>

namespace tonezoo {

class Gate {
 public:
  void start(float sample_rate) {
    decay_ = std::exp(-1.0f / (0.030f * sample_rate));
    opening_ = 1.0f - std::exp(-1.0f / (0.001f * sample_rate));
    closing_ = 1.0f - std::exp(-1.0f / (0.030f * sample_rate));
    hold_ = static_cast<std::size_t>(0.050f * sample_rate);
  }
  // `threshold`: amplitude, full scale = 1; 0 switches the gate off.
  void set_threshold(float threshold) noexcept { threshold_ = threshold; }
  float gain() const noexcept { return gain_; }

  void process(float* x, std::size_t frames) noexcept {
    if (threshold_ == 0.0f && gain_ == 1.0f) return;
    for (std::size_t t = 0; t < frames; ++t) {
      x[t] *= follow(std::fabs(x[t]));
    }
  }

 private:
  float follow(float level) noexcept {
    level_ = level > level_ ? level : level_ * decay_;
    if (level_ < 1e-15f) level_ = 0.0f;
    if (level_ >= threshold_) {
      held_ = hold_;
    } else if (level_ >= 0.5f * threshold_ && held_ > 0) {
      held_ = hold_;
    } else if (held_ > 0) {
      --held_;
    }
    const float target = held_ > 0 || threshold_ == 0.0f ? 1.0f : 0.0f;
    gain_ += (target - gain_) * (target > gain_ ? opening_ : closing_);
    if (gain_ > 0.9999f) gain_ = 1.0f;
    if (gain_ < 0.0001f) gain_ = 0.0f;
    return gain_;
  }

  float decay_ = 0.0f, opening_ = 1.0f, closing_ = 1.0f;
  float threshold_ = 0.0f, level_ = 0.0f, gain_ = 1.0f;
  std::size_t hold_ = 0, held_ = 0;
};

}  // namespace tonezoo
