// What a Cortex-A8 multiplies a layer's weights with: some inputs, then the h of the sample before.
// Threads: plain values.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../simd.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {
namespace armv7 {

// One stretch of a product: four rows of weights at a time, then one at a time. Assembly reads it as three
// words.
struct Segment {
  const float* values;
  std::uint32_t fours, ones;

  void point_at(const float* at) { values = at; }
};

inline Segment segment_of(std::size_t count) {
  return Segment{nullptr, static_cast<std::uint32_t>(count / 4), static_cast<std::uint32_t>(count % 4)};
}

struct Segments {
  Segment inputs, recurrent;
};

}  // namespace armv7
}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
