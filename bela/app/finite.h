// What may enter or leave the pedal: numbers that are numbers, no louder than a bound.
// Threads: pure functions; safe in render().
//
// By their bits, since the board compiles with -ffast-math, which takes for granted that no float is NaN.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace tonezoo {

constexpr float kLoudestInside =
    64.0f;  // 36 dB above full scale: nothing sound exceeds it between two stages

inline bool is_finite(float x) noexcept {
  std::uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  return (bits & 0x7f800000u) != 0x7f800000u;
}

// NaN and infinity count as silence; the rest is kept within +-`bound`.
inline float bounded(float x, float bound) noexcept {
  if (!is_finite(x)) return 0.0f;
  return x > bound ? bound : x < -bound ? -bound : x;
}

// True if all were numbers.
inline bool bound_all(float* x, std::size_t frames, float bound) noexcept {
  bool sound = true;
  for (std::size_t t = 0; t < frames; ++t) {
    sound = sound && is_finite(x[t]);
    x[t] = bounded(x[t], bound);
  }
  return sound;
}

}  // namespace tonezoo
