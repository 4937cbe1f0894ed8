// exp, sigmoid and tanh on vectors, to a few units in the last place: gradients need more than an ear does.
// Threads: pure functions.
#pragma once

#include "engine/simd.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {
namespace training {

// GCC's vector extensions give the integer steps of exp() without an intrinsic for each instruction set.
template <std::size_t kBytes>
struct Vectors {
  typedef float F __attribute__((vector_size(kBytes)));
  typedef int I __attribute__((vector_size(kBytes)));
};
using Floats = Vectors<Float::kLanes * sizeof(float)>::F;
using Ints = Vectors<Float::kLanes * sizeof(float)>::I;

constexpr std::size_t kLanes = Float::kLanes;

TONEZOO_INLINE Floats all(float x) { return Floats{} + x; }

TONEZOO_INLINE Floats clamped(Floats x, float low, float high) {
  x = x < low ? all(low) : x;
  return x > high ? all(high) : x;
}

// e^x for |x| <= 87 (beyond: clamped). Reduction by ln 2 in two parts (Cody & Waite 1980), then the Taylor
// series to degree 6 on [-ln 2 / 2, ln 2 / 2]: relative error 1.2e-7.
TONEZOO_INLINE Floats exp(Floats x) {
  x = clamped(x, -87.0f, 87.0f);
  constexpr float kRound = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer
  const Floats n = (x * 1.44269504f + kRound) - kRound;
  const Floats r = (x - n * 0.693145752f) - n * 1.42860677e-6f;
  Floats p = all(1.0f / 720.0f);
  p = p * r + 1.0f / 120.0f;
  p = p * r + 1.0f / 24.0f;
  p = p * r + 1.0f / 6.0f;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  const Ints bits = (__builtin_convertvector(n, Ints) + 127) << 23;
  return p * reinterpret_cast<const Floats&>(bits);
}

TONEZOO_INLINE Floats sigmoid(Floats x) { return 1.0f / (1.0f + exp(-x)); }
TONEZOO_INLINE Floats tanh(Floats x) { return 1.0f - 2.0f / (1.0f + exp(2.0f * x)); }

TONEZOO_INLINE float sum(Floats v) {
  float total = 0.0f;
  for (std::size_t lane = 0; lane < kLanes; ++lane) total += v[lane];
  return total;
}

}  // namespace training
}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
