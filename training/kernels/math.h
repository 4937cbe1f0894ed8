// exp, sigmoid and tanh on vectors, to a few units in the last place: gradients need more than an ear does.
// Threads: pure functions.
#pragma once

#include "engine/simd.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {
namespace training {

// AVX-512 works on 8 lanes too: what it brings is 32 registers. Sixteen lanes gained nothing where the two
// were measured (a processor that joins two 256-bit units into one), and leave small batches half empty.
constexpr std::size_t kLanes = Float::kLanes < 8 ? Float::kLanes : 8;

#if defined(TONEZOO_AVX512) || defined(TONEZOO_NEON)
constexpr int kRegisters = 32;
#else
constexpr int kRegisters = 16;
#endif

// GCC's vector extensions give integer steps and broadcasts without an intrinsic for each instruction set.
template <std::size_t kBytes>
struct Vectors {
  typedef float F __attribute__((vector_size(kBytes)));
  typedef int I __attribute__((vector_size(kBytes)));
};
using Floats = Vectors<kLanes * sizeof(float)>::F;
using Ints = Vectors<kLanes * sizeof(float)>::I;

TONEZOO_INLINE Floats get(const float* p, std::size_t n = 0) {
  return *reinterpret_cast<const Floats*>(p + n * kLanes);
}
TONEZOO_INLINE void put(float* p, std::size_t n, Floats v) { *reinterpret_cast<Floats*>(p + n * kLanes) = v; }

// Without reading the line first, for what is not needed soon; whole lines at a time, or it is slow.
TONEZOO_INLINE void put_past_caches(float* p, std::size_t n, Floats v) {
#if defined(TONEZOO_AVX2) || defined(TONEZOO_AVX512)
  _mm256_stream_ps(p + n * kLanes, v);
#else
  put(p, n, v);
#endif
}

TONEZOO_INLINE Floats all(float x) { return Floats{} + x; }

// NaN stays NaN.
TONEZOO_INLINE Floats clamped(Floats x, float low, float high) {
#if defined(TONEZOO_AVX2)
  return _mm256_min_ps(all(high), _mm256_max_ps(all(low), x));
#else
  x = all(low) > x ? all(low) : x;
  return all(high) < x ? all(high) : x;
#endif
}

// 2^x to 2e-7; next to nothing or huge beyond float's range, NaN where x is NaN. The integer part goes into
// the exponent, the rest into a polynomial of degree 5, 1 at 0 and minimax in relative error on [-1/2, 1/2].
TONEZOO_INLINE Floats exp2(Floats x) {
  const auto polynomial = [](Floats f) {
    Floats p = all(1.327463337e-3f);
    p = p * f + 9.671961680e-3f;
    p = p * f + 5.550678369e-2f;
    p = p * f + 2.402223532e-1f;
    p = p * f + 6.931470616e-1f;
    return p * f + 1.0f;
  };
#if defined(TONEZOO_AVX512)
  const Floats n = _mm256_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  return _mm256_scalef_ps(polynomial(x - n), n);
#else
  constexpr float kRound = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer, in the last bits
  const Floats inside = clamped(x, -126.0f, 126.0f);
  const Floats rounded = inside + kRound;
  const Floats p = polynomial(inside - (rounded - kRound));
  const Ints scaled = reinterpret_cast<const Ints&>(p) + (reinterpret_cast<const Ints&>(rounded) << 23);
  return reinterpret_cast<const Floats&>(scaled);
#endif
}

// The sigmoid and the tanh of gates that come multiplied with these.
constexpr float kSigmoidScale = -1.44269504f;  // -log2(e)
constexpr float kTanhScale = 2.88539008f;      // 2 log2(e)

TONEZOO_INLINE Floats sigmoid_of_scaled(Floats x) { return 1.0f / (1.0f + exp2(x)); }
TONEZOO_INLINE Floats tanh_of_scaled(Floats x) { return 1.0f - 2.0f / (1.0f + exp2(x)); }
TONEZOO_INLINE Floats tanh(Floats x) { return tanh_of_scaled(kTanhScale * x); }

TONEZOO_INLINE float sum(Floats v) {
  float total = 0.0f;
  for (std::size_t lane = 0; lane < kLanes; ++lane) total += v[lane];
  return total;
}

// Adds the sum of the lanes of each of four vectors.
TONEZOO_INLINE void add_sums_of_four(Floats a, Floats b, Floats c, Floats d, float* sums) {
#if defined(TONEZOO_AVX2) || defined(TONEZOO_AVX512)
  const __m256 ab = _mm256_hadd_ps(a, b), cd = _mm256_hadd_ps(c, d);
  const __m256 abcd = _mm256_hadd_ps(ab, cd);
  const __m128 all_four = _mm_add_ps(_mm256_castps256_ps128(abcd), _mm256_extractf128_ps(abcd, 1));
  _mm_storeu_ps(sums, _mm_add_ps(_mm_loadu_ps(sums), all_four));
#else
  sums[0] += sum(a), sums[1] += sum(b), sums[2] += sum(c), sums[3] += sum(d);
#endif
}

}  // namespace training
}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
