// The gates of an LSTM: from the pre-activations of i, f, g, o to c and h, for one vector of units.
// Threads: pure functions on values and on memory that the caller owns; safe in render().
//
//   c = sigmoid(f) c + sigmoid(i) tanh(g),  h = sigmoid(o) tanh(c)
//
// sigmoid(x) = 1 / (1 + e^-x) and tanh(x) = (1 - e^-2x) / (1 + e^-2x), over common denominators: two
// divisions in all. Unlike a polynomial for tanh, this keeps a sigmoid near 1 good to its distance from 1,
// which is what decides how long a cell remembers. The factor log2(e) lies in the weights: pre-activations
// come multiplied by -log2(e), those of g by -2 log2(e), and c is kept multiplied by -2 log2(e) too.
#pragma once

#include "exp2.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {

constexpr float kLog2E = 1.4426950408889634f;

struct LstmCell {
  static constexpr int kGates = 4;
  static constexpr bool kHasCellState = true;
  static constexpr float kCellScale = -2.0f * kLog2E;

  // Which row of weights makes up a slot of pre-activations (-1: none), and what it is multiplied by.
  static int input_row(int slot) { return slot; }
  static int recurrent_row(int slot) { return slot; }
  static float scale(int slot) { return slot == 2 ? -2.0f * kLog2E : -kLog2E; }

  // In two halves, on the shortest way from pre-activations to h: the first gives the new c, the second h.
  static constexpr int kLateSlot = 3;  // which the second half takes
  static TONEZOO_INLINE Float first_half(Float i, Float f, Float g, Float /*o*/, float* c) {
    const Power power_g = power_of_two_at_once(g);
    const Float one_f = plus_one(power_of_two_at_once(f));
    const Float ig = mul(plus_one(power_of_two_at_once(i)), plus_one(power_g));
    return cell(one_f, ig, scaled_difference(power_g), c);
  }
  static TONEZOO_INLINE Float second_half(Float c, Float o, Float /*h_before*/) {
    return hidden(power_of_two_at_once(c), plus_one(power_of_two(o)));
  }

  // In three stages, for whoever has other work to do in between. `e` holds four vectors of pre-activations;
  // the first stage takes one of them.
  static TONEZOO_INLINE void stage1(int slot, float* e) {
    const Power p = power_of_two(load(e));
    store(e, slot == 2 ? value(p) : plus_one(p));
  }
  static TONEZOO_INLINE void stage2(float* e, float* c) {
    constexpr std::size_t kNext = Float::kLanes;
    const Float g = load(e + 2 * kNext);
    const Float scaled = mul_add(g, splat(-kCellScale), splat(kCellScale));
    cell(load(e + kNext), mul(load(e), add(g, splat(1.0f))), scaled, c);
  }
  static TONEZOO_INLINE void stage3(const float* e, const float* c, const float* /*h_before*/, float* h) {
    store(h, hidden(power_of_two(load(c)), load(e + 3 * Float::kLanes)));
  }

 private:
  // kCellScale (1 - p)
  static TONEZOO_INLINE Float scaled_difference(Power p) {
    return mul_add(mul(p.scale, splat(-kCellScale)), p.mantissa, splat(kCellScale));
  }
  static TONEZOO_INLINE Float cell(Float one_f, Float ig, Float g, float* c) {
    const Float next = div(mul_add(load(c), ig, mul(g, one_f)), mul(one_f, ig));
    store(c, next);
    return next;
  }
  static TONEZOO_INLINE Float hidden(Power p, Float one_o) {
    return div(one_minus(p), mul_add(mul(p.scale, one_o), p.mantissa, one_o));
  }
};

}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
