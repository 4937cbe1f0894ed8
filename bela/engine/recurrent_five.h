// A recurrent layer of five groups (33 to 40 units, where eight make a group) in two blocks of ten vectors.
// Threads: pack() is for load(); run() is safe in render().
//
// Blocks of whole groups would have twelve vectors and eight, and eight sums are too few: each waits for its
// own last product, so that whatever comes in between costs time. So the third group's slots are dealt to
// both. Each block takes the gates of the block before through their stages, between as many rows as
// measuring found best.
#pragma once

#include <cstddef>

#include "gate_layout.h"
#include "recurrent_pending.h"
#include "recurrent_state.h"
#include "vectors.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {

template <class Cell>
class FiveGroups {
 public:
  static constexpr std::size_t kScratch = 5 * kSlots * Float::kLanes;

  static bool suits(const GateLayout& layout) { return Float::kLanes == 8 && layout.groups == 5; }

  template <typename Weight>
  static void pack(const GateLayout& layout, const Weight& weight, float* to) {
    for (std::size_t first = 0; first < 2 * kVectors; first += kVectors) {
      for (std::size_t k = 0; k < layout.hidden; ++k)
        to = layout.write(to, first, first + kVectors,
                          [&](int slot, std::size_t unit) { return weight(slot, unit, k); });
    }
  }

  // `e` holds kScratch floats.
  static void run(RecurrentState& state, const RecurrentInput& input, float* e) noexcept {
    Pending wait = {0, nullptr, nullptr, nullptr, nullptr};
    for (std::size_t t = 0; t < input.frames; ++t) {
      const float* const h = state.before(t);
      if (t == 0)
        first<0>(state, input, t, wait, e);
      else
        first<3>(state, input, t, wait, e);
      wait = Pending{2, e, state.c.data(), state.after(t), h};
      second(state, input, t, wait, e + kRow);
      constexpr std::size_t kUnit = 2 * Float::kLanes;
      wait = Pending{3, e + kSlots * kUnit, state.c.data() + kUnit, state.after(t) + kUnit, h + kUnit};
    }
    finish<Cell>(wait);
  }

 private:
  static constexpr int kVectors = 10;
  static constexpr std::size_t kRow = kVectors * Float::kLanes;
  using Sums = Vectors<kVectors>;

  // Vectors 0 to 9; groups 2 to 4 of the sample before wait, whose h are rows 16 to 39.
  template <int pending>
  static __attribute__((noinline)) void first(const RecurrentState& state, const RecurrentInput& input,
                                              std::size_t t, const Pending& wait, float* e) noexcept {
    using Gates = Waiting<Cell, pending>;
    const float *weights = state.weights.data(), *h = state.before(t), *const end = h + state.hidden;
    Sums sums;
    sums.start(splat(input.x[t]), state.audio.data(), input.drive + t * input.drive_step);
    if (pending > 0) {
      Gates::template stage2<0>(wait);
      step(sums, weights, h);
      Gates::template stage2<1>(wait);
      step(sums, weights, h);
      Gates::template stage2<2>(wait);
      Gates::template stage3<0>(wait);
      step(sums, weights, h);
      step(sums, weights, h);
      Gates::template stage3<1>(wait);
      step(sums, weights, h);
      Gates::template stage3<2>(wait);
      step(sums, weights, h);
      step(sums, weights, h);
      step(sums, weights, h);
    }
    multiply(sums, weights, h, static_cast<std::size_t>(end - h));
    sums.write(e);
    for (int v = 0; v < kVectors; ++v) Cell::stage1(v % static_cast<int>(kSlots), e + v * Float::kLanes);
  }

  // Vectors 10 to 19; groups 0 and 1 of this sample wait.
  static __attribute__((noinline)) void second(const RecurrentState& state, const RecurrentInput& input,
                                               std::size_t t, const Pending& wait, float* e) noexcept {
    using Gates = Waiting<Cell, 2>;
    const float* weights = state.weights.data() + state.hidden * kRow;
    const float *h = state.before(t), *const end = h + state.hidden;
    Sums sums;
    sums.start(splat(input.x[t]), state.audio.data() + kRow, input.drive + t * input.drive_step + kRow);
    Gates::template stage2<0>(wait);
    step(sums, weights, h);
    step(sums, weights, h);
    Gates::template stage2<1>(wait);
    step(sums, weights, h);
    step(sums, weights, h);
    Gates::template stage3<0>(wait);
    step(sums, weights, h);
    step(sums, weights, h);
    Gates::template stage3<1>(wait);
    step(sums, weights, h);
    step(sums, weights, h);
    multiply(sums, weights, h, static_cast<std::size_t>(end - h));
    sums.write(e);
    for (int v = 0; v < kVectors; ++v)
      Cell::stage1((kVectors + v) % static_cast<int>(kSlots), e + v * Float::kLanes);
  }

  static TONEZOO_INLINE void step(Sums& sums, const float*& weights, const float*& h) {
    accumulate_four(sums, weights, h);
    weights += 4 * kRow;
    h += 4;
  }
};

}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
