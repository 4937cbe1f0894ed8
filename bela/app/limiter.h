// The last stage: a soft knee, so that nothing leaves beyond full scale and a converter never clips hard.
// Threads: everything in render().
//
// Straight up to -3 dB, then t + (1 - t) u / (1 + u) with u = (|x| - t) / (1 - t): its slope starts at 1, and
// it approaches 1 without reaching it.
#pragma once

#include <cmath>
#include <cstddef>

namespace tonezoo {

class Limiter {
 public:
  void process(float* x, std::size_t frames) noexcept {
    float least = least_;
    for (std::size_t t = 0; t < frames; ++t) {
      const float size = std::fabs(x[t]);
      if (size <= kKnee) continue;
      const float u = (size - kKnee) / (1.0f - kKnee);
      const float gain = (kKnee + (1.0f - kKnee) * u / (1.0f + u)) / size;
      x[t] *= gain;
      least = gain < least ? gain : least;
    }
    least_ = least;
  }
  // The smallest gain since the last call; 1 if nothing was limited.
  float take_least_gain() noexcept {
    const float least = least_;
    least_ = 1.0f;
    return least;
  }

 private:
  static constexpr float kKnee = 0.70794578f;  // -3 dB
  float least_ = 1.0f;
};

}  // namespace tonezoo
