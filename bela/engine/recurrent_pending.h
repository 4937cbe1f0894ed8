// Gates that wait to be finished while other products are computed.
// Threads: plain values, and functions on memory that the caller owns; safe in render().
#pragma once

#include <cstddef>

#include "gate_layout.h"
#include "simd.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {

struct Pending {
  std::size_t groups;
  float *e, *c, *h_after;
  const float* h_before;
};

// The two stages that are left of group `g`, if it is one of `count` that wait.
template <class Cell, int count>
struct Waiting {
  template <int g>
  static TONEZOO_INLINE void stage2(const Pending& wait) {
    if (g < count) Cell::stage2(wait.e + kSlots * g * Float::kLanes, wait.c + g * Float::kLanes);
  }
  template <int g>
  static TONEZOO_INLINE void stage3(const Pending& wait) {
    constexpr std::size_t kUnit = g * Float::kLanes;
    if (g < count)
      Cell::stage3(wait.e + kSlots * kUnit, wait.c + kUnit, wait.h_before + kUnit, wait.h_after + kUnit);
  }
};

template <class Cell>
void finish(Pending& wait) noexcept {
  for (std::size_t g = 0; g < wait.groups; ++g) {
    const std::size_t unit = g * Float::kLanes;
    Cell::stage2(wait.e + kSlots * unit, wait.c + unit);
    Cell::stage3(wait.e + kSlots * unit, wait.c + unit, wait.h_before + unit, wait.h_after + unit);
  }
  wait.groups = 0;
}

}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
