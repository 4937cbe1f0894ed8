// What counts as a number, and within which bounds.
// Threads: pure functions; safe in render().
//
// By their bits, since boards compile with -ffast-math, which takes for granted that no float is NaN; those
// of positive floats rise with them.
#pragma once

#include <cstdint>
#include <cstring>

#include "simd.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {

inline std::uint32_t bits_of_magnitude(float x) noexcept {
  std::uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  return bits & 0x7fffffffu;
}

inline bool is_finite(float x) noexcept { return bits_of_magnitude(x) < 0x7f800000u; }

// NaN and infinity count as silence; all else is kept within +-`bound`.
inline float bounded(float x, float bound) noexcept {
  const std::uint32_t bits = bits_of_magnitude(x);
  if (bits <= bits_of_magnitude(bound)) return x;
  return bits >= 0x7f800000u ? 0.0f : x > 0.0f ? bound : -bound;
}

}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
