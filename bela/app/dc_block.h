// Takes away the offset of a converter: a high-pass of first order at 7 Hz, two octaves below a bass.
// Threads: start() in setup(), process() in render().
//
//   y[t] = x[t] - x[t-1] + r y[t-1],  r = exp(-2 pi f / rate)
#pragma once

#include <cmath>
#include <cstddef>

namespace tonezoo {

class DcBlock {
 public:
  void start(float sample_rate) { r_ = std::exp(-2.0f * 3.14159265f * kCutoffHz / sample_rate); }
  void process(float* x, std::size_t frames) noexcept {
    float before = before_, y = y_;
    for (std::size_t t = 0; t < frames; ++t) {
      y = x[t] - before + r_ * y;
      before = x[t];
      x[t] = y;
    }
    before_ = before;
    y_ = y * y < 1e-20f ? 0.0f : y;  // -200 dB: the tail does not become denormal
  }

 private:
  static constexpr float kCutoffHz = 7.0f;
  float r_ = 0.999f, before_ = 0.0f, y_ = 0.0f;
};

}  // namespace tonezoo
