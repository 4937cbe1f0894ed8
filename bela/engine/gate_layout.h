// Which pre-activation lies in which lane: slots and units of a layer, packed into vectors.
// Threads: used by load() only.
//
// Units go in groups of one vector's lanes; a group has four vectors, one for each slot (an LSTM's i, f, g,
// o). A remainder of at most half a group shares vectors: two slots in each, or four, instead of padding each
// slot.
#pragma once

#include <cstddef>

#include "recurrent_shape.h"
#include "simd.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {

constexpr std::size_t kSlots = 4;

struct GateLayout {
  std::size_t hidden;
  std::size_t groups;            // with one vector for each slot
  std::size_t slots_per_vector;  // of the remainder: 0 (none), 2 or 4

  GateLayout(std::size_t hidden_size, bool may_share) : hidden(hidden_size), slots_per_vector(0) {
    constexpr std::size_t kLanes = Float::kLanes;
    const std::size_t left = hidden % kLanes;
    groups = hidden / kLanes;
    if (left == 0) return;
    if (may_share && kLanes >= 16 && left <= kLanes / 4)
      slots_per_vector = 4;
    else if (may_share && kLanes >= 4 && left <= kLanes / 2)
      slots_per_vector = 2;
    else
      ++groups;
  }

  std::size_t shared_vectors() const { return slots_per_vector == 0 ? 0 : kSlots / slots_per_vector; }
  std::size_t vectors() const { return kSlots * groups + shared_vectors(); }
  // Lanes for one value of each unit, whole vectors.
  std::size_t units() const { return (groups + (slots_per_vector != 0)) * Float::kLanes; }

  // Writes vectors first..last-1 of value(slot, unit), with 0 where there is no unit; returns the end.
  template <typename Value>
  float* write(float* to, std::size_t first, std::size_t last, const Value& value) const {
    constexpr std::size_t kLanes = Float::kLanes;
    for (std::size_t v = first; v < last; ++v) {
      const bool shared = v >= kSlots * groups;
      const std::size_t parts = shared ? slots_per_vector : 1, lanes = kLanes / parts;
      const std::size_t first_slot = shared ? (v - kSlots * groups) * parts : v % kSlots;
      const std::size_t first_unit = (shared ? groups : v / kSlots) * kLanes;
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        const std::size_t unit = first_unit + lane % lanes;
        *to++ = unit < hidden ? value(static_cast<int>(first_slot + lane / lanes), unit) : 0.0f;
      }
    }
    return to;
  }
};

}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
