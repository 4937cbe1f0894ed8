// What may enter or leave the pedal: numbers that are numbers, no louder than a bound.
// Threads: pure functions; safe in render().
#pragma once

#include <cstddef>

#include "../engine/finite.h"

namespace tonezoo {

constexpr float kLoudestInside =
    64.0f;  // 36 dB above full scale: nothing sound exceeds it between two stages

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
