// How alike two sounds are, and the crossfade that keeps their common level.
// Threads: everything in render().
//
// Two models of one guitar are alike to any degree: of the same sound a straight crossfade keeps the level,
// of unrelated ones it loses 3 dB in the middle, of opposite ones nearly all. With r their correlation and
// weights a + b = 1, the sum has the power a^2 + b^2 + 2 r a b: the crossfade is divided by its root.
#pragma once

#include <cmath>
#include <cstddef>

namespace tonezoo {

class Likeness {
 public:
  void forget() noexcept { ab_ = aa_ = bb_ = 0.0f; }
  // The last few pieces count most, so that it is the sound of now.
  void hear(const float* a, const float* b, std::size_t frames) noexcept {
    float ab = 0.0f, aa = 0.0f, bb = 0.0f;
    for (std::size_t t = 0; t < frames; ++t) {
      ab += a[t] * b[t];
      aa += a[t] * a[t];
      bb += b[t] * b[t];
    }
    const float keep = kKeep;
    ab_ = keep * ab_ + ab;
    aa_ = keep * aa_ + aa;
    bb_ = keep * bb_ + bb;
  }
  // -0.75..1: below, making up for what is lost would take more than 9 dB. 1 in silence.
  float correlation() const noexcept {
    const float power = aa_ * bb_;
    if (power < 1e-16f) return 1.0f;
    const float r = ab_ / std::sqrt(power);
    return r < -0.75f ? -0.75f : r > 1.0f ? 1.0f : r;
  }

 private:
  static constexpr float kKeep = 0.98f;
  float ab_ = 0.0f, aa_ = 0.0f, bb_ = 0.0f;
};

// Weights of the old and the new sound at `there`, 0..1.
struct Crossfade {
  float a, b;
  Crossfade(float there, float correlation) noexcept {
    b = there * there * (3.0f - 2.0f * there);  // soft at both ends
    a = 1.0f - b;
    const float level = 1.0f / std::sqrt(a * a + b * b + 2.0f * correlation * a * b);
    a *= level;
    b *= level;
  }
};

}  // namespace tonezoo
