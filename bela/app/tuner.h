// Finds the pitch of one string: YIN (de Cheveigne and Kawahara, JASA 2002).
// Threads: the control thread; what it listens to comes through a Ring from render().
//
//   d(lag) = sum (x[t] - x[t + lag])^2,   d'(lag) = d(lag) lag / sum d(1..lag)
//
// The first deep minimum of d' is the period. A minimum near a multiple of it says the same, more exactly: at
// high notes one period is only a few samples long.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstring>

namespace tonezoo {

struct Pitch {
  float frequency = 0.0f;  // Hz; 0: none was heard
  int note = -1;           // MIDI; 69 is A at 440 Hz
  float cents = 0.0f;      // -50..50 from it
};

class Tuner {
 public:
  void start(float sample_rate) {
    rate_ = sample_rate;
    forget();
  }
  void forget() {
    filled_ = 0;
    pitch_ = Pitch();
  }
  const Pitch& pitch() const { return pitch_; }

  // One sample; true when it completed a window, of which every second half is the next one's first.
  bool hear(float x) {
    window_[filled_++] = x;
    if (filled_ < kWindow) return false;
    find();
    std::memmove(window_, window_ + kWindow / 2, kWindow / 2 * sizeof(float));
    filled_ = kWindow / 2;
    return true;
  }

 private:
  static constexpr std::size_t kWindow = 2048, kMostLag = 900;  // 24 Hz at 22.05 kHz
  static constexpr std::size_t kLeastLag = 15;                  // 1470 Hz

  void find() {
    pitch_ = Pitch();
    float energy = 0.0f;
    for (std::size_t t = 0; t < kWindow; ++t) energy += window_[t] * window_[t];
    if (energy < kWindow * 1e-7f) return;  // -70 dB
    differences();
    const std::size_t lag = first_dip();
    if (lag == 0) return;
    float period = refined(lag);
    for (std::size_t times = 2; times * period < kMostLag - 2; times *= 2) {
      const std::size_t near = nearest_dip(static_cast<std::size_t>(times * period + 0.5f));
      if (near == 0) break;
      period = refined(near) / static_cast<float>(times);
    }
    pitch_.frequency = rate_ / period;
    const float note = 69.0f + 12.0f * std::log2(pitch_.frequency / 440.0f);
    pitch_.note = static_cast<int>(std::floor(note + 0.5f));
    pitch_.cents = 100.0f * (note - static_cast<float>(pitch_.note));
  }

  void differences() {
    float sum = 0.0f;
    dips_[0] = 1.0f;
    for (std::size_t lag = 1; lag < kMostLag; ++lag) {
      float d = 0.0f;
      for (std::size_t t = 0; t + kMostLag < kWindow; ++t) {
        const float step = window_[t] - window_[t + lag];
        d += step * step;
      }
      sum += d;
      dips_[lag] = sum > 0.0f ? d * static_cast<float>(lag) / sum : 1.0f;
    }
  }
  std::size_t first_dip() const {
    for (std::size_t lag = kLeastLag; lag + 1 < kMostLag; ++lag) {
      if (dips_[lag] < kThreshold && dips_[lag] <= dips_[lag + 1]) return lag;
    }
    return 0;
  }
  // The minimum within two samples of `lag`, or 0 if there is none.
  std::size_t nearest_dip(std::size_t lag) const {
    for (std::size_t at = lag - 2; at <= lag + 2 && at + 1 < kMostLag; ++at) {
      if (dips_[at] < kThreshold && dips_[at] <= dips_[at - 1] && dips_[at] <= dips_[at + 1]) return at;
    }
    return 0;
  }
  // Where the parabola through three points has its minimum.
  float refined(std::size_t lag) const {
    const float a = dips_[lag - 1], b = dips_[lag], c = dips_[lag + 1], bend = a + c - 2.0f * b;
    return static_cast<float>(lag) + (bend > 1e-9f ? 0.5f * (a - c) / bend : 0.0f);
  }

  static constexpr float kThreshold = 0.12f;
  float rate_ = 22050.0f;
  float window_[kWindow] = {}, dips_[kMostLag] = {};
  std::size_t filled_ = 0;
  Pitch pitch_;
};

}  // namespace tonezoo
