// The gates of a GRU: from the pre-activations of r, z and both halves of n to h, for one vector of units.
// Threads: pure functions on values and on memory that the caller owns; safe in render().
//
//   n = tanh(x + sigmoid(r) y),  h = (1 - sigmoid(z)) n + sigmoid(z) h
//
// x is the part of n that comes from the input, y the part that comes from h, biases included. Powers and
// stages as in lstm_cell.h: r and z come multiplied by -log2(e), x and y by -2 log2(e).
#pragma once

#include "exp2.h"
#include "lstm_cell.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {

struct GruCell {
  static constexpr int kGates = 3;
  static constexpr bool kHasCellState = false;
  static constexpr float kCellScale = 0.0f;

  // Slots r, z, x, y; x has no recurrent weights, and y none from the input.
  static int input_row(int slot) { return slot == 3 ? -1 : slot; }
  static int recurrent_row(int slot) { return slot == 2 ? -1 : slot == 3 ? 2 : slot; }
  static float scale(int slot) { return slot >= 2 ? -2.0f * kLog2E : -kLog2E; }

  static constexpr int kLateSlot = 1;
  static TONEZOO_INLINE Float first_half(Float r, Float /*z*/, Float x, Float y, float* /*c*/) {
    return add(x, div(y, plus_one(power_of_two_at_once(r))));
  }
  static TONEZOO_INLINE Float second_half(Float n, Float z, Float h_before) {
    return mixed(value(power_of_two(z)), power_of_two_at_once(n), h_before);
  }

  static TONEZOO_INLINE void stage1(int slot, float* e) {
    if (slot == 0) store(e, plus_one(power_of_two(load(e))));
    if (slot == 1) store(e, value(power_of_two(load(e))));
  }
  static TONEZOO_INLINE void stage2(float* e, float* /*c*/) {
    constexpr std::size_t kNext = Float::kLanes;
    store(e + 2 * kNext, add(load(e + 2 * kNext), div(load(e + 3 * kNext), load(e))));
  }
  static TONEZOO_INLINE void stage3(const float* e, const float* /*c*/, const float* h_before, float* h) {
    constexpr std::size_t kNext = Float::kLanes;
    store(h, mixed(load(e + kNext), power_of_two(load(e + 2 * kNext)), load(h_before)));
  }

 private:
  // z is e^-z, n is e^-2n.
  static TONEZOO_INLINE Float mixed(Float z, Power n, Float h_before) {
    const Float one_n = plus_one(n);
    return div(mul_add(z, one_minus(n), mul(h_before, one_n)), mul(add(splat(1.0f), z), one_n));
  }
};

}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
