// tanh as a ratio of two polynomials: error at most 1.7e-6, exactly 0 at 0, odd.
// Threads: pure functions on values; safe in render().
#pragma once

#include "simd.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {

// tanh(x) = p / q with q >= 1. Minimax on +-7 (bela/tools/fit_activations.py); beyond, |tanh| is 1 to 1.7e-6.
TONEZOO_INLINE void tanh_ratio(Float x, Float& p, Float& q) {
  x = min(max(x, splat(-7.0f)), splat(7.0f));
  const Float x2 = mul(x, x);
  p = mul_add(mul_add(splat(3.930018010578351e-06f), x2, splat(0.0022769898641854525f)), x2,
              splat(0.12302184104919434f));
  p = mul(x, mul_add(p, x2, splat(0.9999957084655762f)));
  q = mul_add(mul_add(splat(0.00014235095295589417f), x2, splat(0.021072184666991234f)), x2,
              splat(0.45634031295776367f));
  q = mul_add(q, x2, splat(1.0f));
}

TONEZOO_INLINE Float tanh(Float x) {
  Float p, q;
  tanh_ratio(x, p, q);
  return div(p, q);
}

// 1 / (1 + e^-x) = (1 + tanh(x / 2)) / 2: error at most 0.9e-6.
TONEZOO_INLINE Float sigmoid(Float x) { return mul_add(tanh(mul(x, splat(0.5f))), splat(0.5f), splat(0.5f)); }

}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
