// Bass, middle and treble: a shelf, a bell and a shelf, +-12 dB each.
// Threads: start() in setup(), the rest in render().
//
// State-variable filters in the trapezoidal form (Simper, "Linear trapezoidal integrated SVF", 2013): their
// state keeps its meaning while the coefficients move, so that a turned knob does not click.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace tonezoo {

constexpr std::size_t kEqualizerStep = 16;   // samples between two retunings of a moving band
constexpr float kEqualizerDbPerStep = 0.2f;  // 24 dB in 44 ms at 44.1 kHz

class EqualizerBand {
 public:
  enum Shape { kLowShelf, kBell, kHighShelf };

  void start(Shape shape, float frequency, float q, float sample_rate) {
    shape_ = shape;
    g_ = std::tan(3.14159265f * std::min(frequency / sample_rate, 0.45f));
    damping_ = 1.0f / q;
    now_ = tuned(gain_);
  }
  void set_gain(float db) noexcept { target_ = db; }

  // At most kEqualizerStep samples, so that a moving gain moves finely.
  void process(float* x, std::size_t frames) noexcept {
    if (gain_ != target_) return move(x, frames);
    if (gain_ == 0.0f && std::fabs(s1_) < 1e-9f && std::fabs(s2_) < 1e-9f) return;
    for (std::size_t t = 0; t < frames; ++t) x[t] = filter(now_, x[t]);
    s1_ = std::fabs(s1_) < 1e-15f ? 0.0f : s1_;
    s2_ = std::fabs(s2_) < 1e-15f ? 0.0f : s2_;
  }

 private:
  struct Coefficients {
    float a1, a2, a3, m0, m1, m2;
  };

  void move(float* x, std::size_t frames) noexcept {
    gain_ += std::max(-kEqualizerDbPerStep, std::min(kEqualizerDbPerStep, target_ - gain_));
    const Coefficients next = tuned(gain_), from = now_;
    for (std::size_t t = 0; t < frames; ++t) {
      const float there = static_cast<float>(t + 1) / static_cast<float>(frames);
      x[t] = filter(between(from, next, there), x[t]);
    }
    now_ = next;
  }

  static Coefficients between(const Coefficients& a, const Coefficients& b, float there) noexcept {
    return {a.a1 + there * (b.a1 - a.a1), a.a2 + there * (b.a2 - a.a2), a.a3 + there * (b.a3 - a.a3),
            a.m0 + there * (b.m0 - a.m0), a.m1 + there * (b.m1 - a.m1), a.m2 + there * (b.m2 - a.m2)};
  }

  float filter(const Coefficients& c, float x) noexcept {
    const float v3 = x - s2_;
    const float v1 = c.a1 * s1_ + c.a2 * v3;
    const float v2 = s2_ + c.a2 * s1_ + c.a3 * v3;
    s1_ = 2.0f * v1 - s1_;
    s2_ = 2.0f * v2 - s2_;
    return c.m0 * x + c.m1 * v1 + c.m2 * v2;
  }

  Coefficients tuned(float db) const noexcept {
    const float a = std::pow(10.0f, db / 40.0f), root = std::sqrt(a), k = damping_;
    if (shape_ == kLowShelf) return mixed(g_ / root, k, 1.0f, k * (a - 1.0f), a * a - 1.0f);
    if (shape_ == kBell) return mixed(g_, k / a, 1.0f, k * (a - 1.0f / a), 0.0f);
    return mixed(g_ * root, k, a * a, k * (1.0f - a) * a, 1.0f - a * a);
  }
  static Coefficients mixed(float g, float k, float m0, float m1, float m2) noexcept {
    const float a1 = 1.0f / (1.0f + g * (g + k));
    return {a1, g * a1, g * g * a1, m0, m1, m2};
  }

  Shape shape_ = kBell;
  float g_ = 0.0f, damping_ = 1.0f, gain_ = 0.0f, target_ = 0.0f;
  Coefficients now_ = {0.0f, 0.0f, 0.0f, 1.0f, 0.0f, 0.0f};
  float s1_ = 0.0f, s2_ = 0.0f;
};

class Equalizer {
 public:
  void start(float sample_rate) {
    bands_[0].start(EqualizerBand::kLowShelf, 150.0f, 0.707f, sample_rate);
    bands_[1].start(EqualizerBand::kBell, 650.0f, 0.7f, sample_rate);
    bands_[2].start(EqualizerBand::kHighShelf, 2500.0f, 0.707f, sample_rate);
  }
  // In dB, -12..12.
  void set_gains(float bass, float mid, float treble) noexcept {
    bands_[0].set_gain(bass);
    bands_[1].set_gain(mid);
    bands_[2].set_gain(treble);
  }
  void process(float* x, std::size_t frames) noexcept {
    for (std::size_t done = 0; done < frames; done += kEqualizerStep) {
      const std::size_t n = std::min(kEqualizerStep, frames - done);
      for (EqualizerBand& band : bands_) band.process(x + done, n);
    }
  }

 private:
  EqualizerBand bands_[3];
};

}  // namespace tonezoo
