// Powers of two: relative error at most 2e-7; value and slope at 0 are exact.
// Threads: pure functions on values; safe in render().
#pragma once

#include "simd.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {

// mantissa * scale = 2^x, not yet multiplied: what is done to it next often takes the product along. Finite
// for every finite x; x beyond +-kMaxPower is as good as +-kMaxPower.
struct Power {
  Float mantissa, scale;
};

// 2^x = 2^(n + 1) (2^f / 2) with n = round(x); 2^f by a minimax polynomial on +-1/2, here as halves (see
// bela/tools/fit_activations.py).
TONEZOO_INLINE Power power_of_two(Float x) {
  Float f;
  const Float scale = split_power(x, f);
  Float p = mul_add(splat(0.5f * 0.001330026425421238f), f, splat(0.5f * 0.009669708088040352f));
  p = mul_add(p, f, splat(0.5f * 0.055505599826574326f));
  p = mul_add(p, f, splat(0.5f * 0.24022281169891357f));
  p = mul_add(p, f, splat(0.5f * 0.6931471824645996f));
  return {mul_add(p, f, splat(0.5f)), scale};
}

// The same by a shorter way that takes one multiplication more.
TONEZOO_INLINE Power power_of_two_at_once(Float x) {
  Float f;
  const Float scale = split_power(x, f);
  const Float low = mul_add(splat(0.5f * 0.6931471824645996f), f, splat(0.5f));
  const Float middle = mul_add(splat(0.5f * 0.055505599826574326f), f, splat(0.5f * 0.24022281169891357f));
  const Float high = mul_add(splat(0.5f * 0.001330026425421238f), f, splat(0.5f * 0.009669708088040352f));
  const Float f2 = mul(f, f);
  return {mul_add(mul_add(high, f2, middle), f2, low), scale};
}

TONEZOO_INLINE Float value(Power p) { return mul(p.mantissa, p.scale); }
TONEZOO_INLINE Float plus_one(Power p) { return mul_add(p.mantissa, p.scale, splat(1.0f)); }
TONEZOO_INLINE Float one_minus(Power p) { return neg_mul_add(p.mantissa, p.scale, splat(1.0f)); }

}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
