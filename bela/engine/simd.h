// One vector of floats, as wide as the instruction set the file is compiled for.
// Threads: pure functions on values; safe in render().
//
// A program picks the set with compiler flags alone (-mavx2 -mfma, -mavx512f, -mfpu=neon); everything is in
// an inline namespace named after it, so that two builds never share a symbol.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__AVX512F__) && defined(__AVX512VL__) && defined(__AVX512DQ__)
#define TONEZOO_SIMD avx512
#define TONEZOO_AVX512 1
#include <immintrin.h>
#elif defined(__AVX2__) && defined(__FMA__)
#define TONEZOO_SIMD avx2
#define TONEZOO_AVX2 1
#include <immintrin.h>
#elif defined(__ARM_NEON)
#define TONEZOO_SIMD neon
#define TONEZOO_NEON 1
#if !defined(__aarch64__)
#define TONEZOO_ARMV7 1
#endif
#include <arm_neon.h>
#elif defined(__SSE2__)
#define TONEZOO_SIMD sse2
#define TONEZOO_SSE2 1
#include <emmintrin.h>
#else
#define TONEZOO_SIMD scalar
#define TONEZOO_SCALAR 1
#endif

#define TONEZOO_INLINE inline __attribute__((always_inline))

namespace tonezoo {
inline namespace TONEZOO_SIMD {

struct Float {
#if defined(TONEZOO_AVX512)
  using Raw = __m512;
  static constexpr std::size_t kLanes = 16;
#elif defined(TONEZOO_AVX2)
  using Raw = __m256;
  static constexpr std::size_t kLanes = 8;
#elif defined(TONEZOO_NEON)
  using Raw = float32x4_t;
  static constexpr std::size_t kLanes = 4;
#elif defined(TONEZOO_SSE2)
  using Raw = __m128;
  static constexpr std::size_t kLanes = 4;
#else
  using Raw = float;
  static constexpr std::size_t kLanes = 1;
#endif
  Raw raw;
};

// What is not plain arithmetic:
//   neg_mul_add(a, b, c)  c - a * b
//   split_power(x, f)     2^n, and f = x - n, for n = x rounded; n beyond +-kMaxPower counts as +-kMaxPower,
//   which is
//                         enough for any sigmoid while the product of three such powers stays finite
//   swap_halves(v)        the upper half of the lanes below the lower; swap_quarters(v): in each half the
//   same
constexpr int kMaxPower = 30;
// 1.5 * 2^23 + 128: added to x, it leaves n + 128, the exponent's bits, at the end of the sum's. It must be
// even, for the sum to round to even where x does.
constexpr float kPowerShift = 12583040.0f;
constexpr int kPowerShiftBits = 0x4b400080;

// Memory handed to load() and store() is aligned to this many bytes.
constexpr std::size_t kAlignment = 64;

#if defined(TONEZOO_AVX512)
TONEZOO_INLINE Float load(const float* p) { return {_mm512_load_ps(p)}; }
TONEZOO_INLINE Float load_unaligned(const float* p) { return {_mm512_loadu_ps(p)}; }
TONEZOO_INLINE void store(float* p, Float v) { _mm512_store_ps(p, v.raw); }
TONEZOO_INLINE void store_unaligned(float* p, Float v) { _mm512_storeu_ps(p, v.raw); }
TONEZOO_INLINE Float splat(float x) { return {_mm512_set1_ps(x)}; }
TONEZOO_INLINE Float add(Float a, Float b) { return {_mm512_add_ps(a.raw, b.raw)}; }
TONEZOO_INLINE Float sub(Float a, Float b) { return {_mm512_sub_ps(a.raw, b.raw)}; }
TONEZOO_INLINE Float mul(Float a, Float b) { return {_mm512_mul_ps(a.raw, b.raw)}; }
TONEZOO_INLINE Float div(Float a, Float b) { return {_mm512_div_ps(a.raw, b.raw)}; }
TONEZOO_INLINE Float min(Float a, Float b) { return {_mm512_min_ps(a.raw, b.raw)}; }
TONEZOO_INLINE Float max(Float a, Float b) { return {_mm512_max_ps(a.raw, b.raw)}; }
TONEZOO_INLINE Float mul_add(Float a, Float b, Float c) { return {_mm512_fmadd_ps(a.raw, b.raw, c.raw)}; }
TONEZOO_INLINE Float neg_mul_add(Float a, Float b, Float c) {
  return {_mm512_fnmadd_ps(a.raw, b.raw, c.raw)};
}
TONEZOO_INLINE float sum(Float v) { return _mm512_reduce_add_ps(v.raw); }
TONEZOO_INLINE Float split_power(Float x, Float& f) {
  f.raw = _mm512_sub_ps(x.raw, _mm512_roundscale_ps(x.raw, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
  __m512i n = _mm512_castps_si512(_mm512_add_ps(x.raw, _mm512_set1_ps(kPowerShift)));
  n = _mm512_min_epi32(n, _mm512_set1_epi32(kPowerShiftBits + kMaxPower));
  n = _mm512_max_epi32(n, _mm512_set1_epi32(kPowerShiftBits - kMaxPower));
  return {_mm512_castsi512_ps(_mm512_slli_epi32(n, 23))};
}
TONEZOO_INLINE Float swap_halves(Float v) { return {_mm512_shuffle_f32x4(v.raw, v.raw, 0x4e)}; }
TONEZOO_INLINE Float swap_quarters(Float v) { return {_mm512_shuffle_f32x4(v.raw, v.raw, 0xb1)}; }
#elif defined(TONEZOO_AVX2)
TONEZOO_INLINE Float load(const float* p) { return {_mm256_load_ps(p)}; }
TONEZOO_INLINE Float load_unaligned(const float* p) { return {_mm256_loadu_ps(p)}; }
TONEZOO_INLINE void store(float* p, Float v) { _mm256_store_ps(p, v.raw); }
TONEZOO_INLINE void store_unaligned(float* p, Float v) { _mm256_storeu_ps(p, v.raw); }
TONEZOO_INLINE Float splat(float x) { return {_mm256_set1_ps(x)}; }
TONEZOO_INLINE Float add(Float a, Float b) { return {_mm256_add_ps(a.raw, b.raw)}; }
TONEZOO_INLINE Float sub(Float a, Float b) { return {_mm256_sub_ps(a.raw, b.raw)}; }
TONEZOO_INLINE Float mul(Float a, Float b) { return {_mm256_mul_ps(a.raw, b.raw)}; }
TONEZOO_INLINE Float div(Float a, Float b) { return {_mm256_div_ps(a.raw, b.raw)}; }
TONEZOO_INLINE Float min(Float a, Float b) { return {_mm256_min_ps(a.raw, b.raw)}; }
TONEZOO_INLINE Float max(Float a, Float b) { return {_mm256_max_ps(a.raw, b.raw)}; }
TONEZOO_INLINE Float mul_add(Float a, Float b, Float c) { return {_mm256_fmadd_ps(a.raw, b.raw, c.raw)}; }
TONEZOO_INLINE Float neg_mul_add(Float a, Float b, Float c) {
  return {_mm256_fnmadd_ps(a.raw, b.raw, c.raw)};
}
TONEZOO_INLINE float sum(Float v) {
  __m128 s = _mm_add_ps(_mm256_castps256_ps128(v.raw), _mm256_extractf128_ps(v.raw, 1));
  s = _mm_add_ps(s, _mm_movehl_ps(s, s));
  s = _mm_add_ss(s, _mm_movehdup_ps(s));
  return _mm_cvtss_f32(s);
}
TONEZOO_INLINE Float split_power(Float x, Float& f) {
  f.raw = _mm256_sub_ps(x.raw, _mm256_round_ps(x.raw, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
  __m256i n = _mm256_castps_si256(_mm256_add_ps(x.raw, _mm256_set1_ps(kPowerShift)));
  n = _mm256_min_epi32(n, _mm256_set1_epi32(kPowerShiftBits + kMaxPower));
  n = _mm256_max_epi32(n, _mm256_set1_epi32(kPowerShiftBits - kMaxPower));
  return {_mm256_castsi256_ps(_mm256_slli_epi32(n, 23))};
}
TONEZOO_INLINE Float swap_halves(Float v) { return {_mm256_permute2f128_ps(v.raw, v.raw, 1)}; }
#elif defined(TONEZOO_NEON)
TONEZOO_INLINE Float load(const float* p) {
  return {vld1q_f32(static_cast<const float*>(__builtin_assume_aligned(p, 16)))};
}
TONEZOO_INLINE Float load_unaligned(const float* p) { return {vld1q_f32(p)}; }
TONEZOO_INLINE void store(float* p, Float v) {
  vst1q_f32(static_cast<float*>(__builtin_assume_aligned(p, 16)), v.raw);
}
TONEZOO_INLINE void store_unaligned(float* p, Float v) { vst1q_f32(p, v.raw); }
TONEZOO_INLINE Float splat(float x) { return {vdupq_n_f32(x)}; }
TONEZOO_INLINE Float add(Float a, Float b) { return {vaddq_f32(a.raw, b.raw)}; }
TONEZOO_INLINE Float sub(Float a, Float b) { return {vsubq_f32(a.raw, b.raw)}; }
TONEZOO_INLINE Float mul(Float a, Float b) { return {vmulq_f32(a.raw, b.raw)}; }
TONEZOO_INLINE Float min(Float a, Float b) { return {vminq_f32(a.raw, b.raw)}; }
TONEZOO_INLINE Float max(Float a, Float b) { return {vmaxq_f32(a.raw, b.raw)}; }
#if defined(__aarch64__)
TONEZOO_INLINE Float div(Float a, Float b) { return {vdivq_f32(a.raw, b.raw)}; }
TONEZOO_INLINE Float mul_add(Float a, Float b, Float c) { return {vfmaq_f32(c.raw, a.raw, b.raw)}; }
TONEZOO_INLINE Float neg_mul_add(Float a, Float b, Float c) { return {vfmsq_f32(c.raw, a.raw, b.raw)}; }
TONEZOO_INLINE float sum(Float v) { return vaddvq_f32(v.raw); }
#else
// ARMv7 has no vector division: an estimate and two Newton steps reach 23 bits.
TONEZOO_INLINE Float div(Float a, Float b) {
  float32x4_t r = vrecpeq_f32(b.raw);
  r = vmulq_f32(r, vrecpsq_f32(b.raw, r));
  r = vmulq_f32(r, vrecpsq_f32(b.raw, r));
  return {vmulq_f32(a.raw, r)};
}
TONEZOO_INLINE Float mul_add(Float a, Float b, Float c) { return {vmlaq_f32(c.raw, a.raw, b.raw)}; }
TONEZOO_INLINE Float neg_mul_add(Float a, Float b, Float c) { return {vmlsq_f32(c.raw, a.raw, b.raw)}; }
TONEZOO_INLINE float sum(Float v) {
  float32x2_t s = vadd_f32(vget_low_f32(v.raw), vget_high_f32(v.raw));
  return vget_lane_f32(vpadd_f32(s, s), 0);
}
#endif
TONEZOO_INLINE Float split_power(Float x, Float& f) {
  x = min(max(x, splat(-kMaxPower)), splat(kMaxPower));
  const int32x4_t n =
      vcvtq_s32_f32(vaddq_f32(x.raw, vdupq_n_f32(128.5f)));  // positive, so cutting is rounding
  f = sub(x, Float{vcvtq_f32_s32(vsubq_s32(n, vdupq_n_s32(128)))});
  return {vreinterpretq_f32_s32(vshlq_n_s32(n, 23))};
}
TONEZOO_INLINE Float swap_halves(Float v) { return {vextq_f32(v.raw, v.raw, 2)}; }
#elif defined(TONEZOO_SSE2)
TONEZOO_INLINE Float load(const float* p) { return {_mm_load_ps(p)}; }
TONEZOO_INLINE Float load_unaligned(const float* p) { return {_mm_loadu_ps(p)}; }
TONEZOO_INLINE void store(float* p, Float v) { _mm_store_ps(p, v.raw); }
TONEZOO_INLINE void store_unaligned(float* p, Float v) { _mm_storeu_ps(p, v.raw); }
TONEZOO_INLINE Float splat(float x) { return {_mm_set1_ps(x)}; }
TONEZOO_INLINE Float add(Float a, Float b) { return {_mm_add_ps(a.raw, b.raw)}; }
TONEZOO_INLINE Float sub(Float a, Float b) { return {_mm_sub_ps(a.raw, b.raw)}; }
TONEZOO_INLINE Float mul(Float a, Float b) { return {_mm_mul_ps(a.raw, b.raw)}; }
TONEZOO_INLINE Float div(Float a, Float b) { return {_mm_div_ps(a.raw, b.raw)}; }
TONEZOO_INLINE Float min(Float a, Float b) { return {_mm_min_ps(a.raw, b.raw)}; }
TONEZOO_INLINE Float max(Float a, Float b) { return {_mm_max_ps(a.raw, b.raw)}; }
TONEZOO_INLINE Float mul_add(Float a, Float b, Float c) {
  return {_mm_add_ps(_mm_mul_ps(a.raw, b.raw), c.raw)};
}
TONEZOO_INLINE Float neg_mul_add(Float a, Float b, Float c) {
  return {_mm_sub_ps(c.raw, _mm_mul_ps(a.raw, b.raw))};
}
TONEZOO_INLINE float sum(Float v) {
  __m128 s = _mm_add_ps(v.raw, _mm_movehl_ps(v.raw, v.raw));
  s = _mm_add_ss(s, _mm_shuffle_ps(s, s, 1));
  return _mm_cvtss_f32(s);
}
TONEZOO_INLINE Float split_power(Float x, Float& f) {
  x = min(max(x, splat(-kMaxPower)), splat(kMaxPower));
  const __m128i n = _mm_cvtps_epi32(x.raw);
  f.raw = _mm_sub_ps(x.raw, _mm_cvtepi32_ps(n));
  return {_mm_castsi128_ps(_mm_slli_epi32(_mm_add_epi32(n, _mm_set1_epi32(128)), 23))};
}
TONEZOO_INLINE Float swap_halves(Float v) { return {_mm_shuffle_ps(v.raw, v.raw, 0x4e)}; }
#else
TONEZOO_INLINE Float load(const float* p) { return {*p}; }
TONEZOO_INLINE Float load_unaligned(const float* p) { return {*p}; }
TONEZOO_INLINE void store(float* p, Float v) { *p = v.raw; }
TONEZOO_INLINE void store_unaligned(float* p, Float v) { *p = v.raw; }
TONEZOO_INLINE Float splat(float x) { return {x}; }
TONEZOO_INLINE Float add(Float a, Float b) { return {a.raw + b.raw}; }
TONEZOO_INLINE Float sub(Float a, Float b) { return {a.raw - b.raw}; }
TONEZOO_INLINE Float mul(Float a, Float b) { return {a.raw * b.raw}; }
TONEZOO_INLINE Float div(Float a, Float b) { return {a.raw / b.raw}; }
TONEZOO_INLINE Float min(Float a, Float b) { return {a.raw < b.raw ? a.raw : b.raw}; }
TONEZOO_INLINE Float max(Float a, Float b) { return {a.raw > b.raw ? a.raw : b.raw}; }
TONEZOO_INLINE Float mul_add(Float a, Float b, Float c) { return {a.raw * b.raw + c.raw}; }
TONEZOO_INLINE Float neg_mul_add(Float a, Float b, Float c) { return {c.raw - a.raw * b.raw}; }
TONEZOO_INLINE float sum(Float v) { return v.raw; }
TONEZOO_INLINE Float split_power(Float x, Float& f) {
  x = min(max(x, splat(-kMaxPower)), splat(kMaxPower));
  const std::int32_t biased = static_cast<std::int32_t>(x.raw + 128.5f);  // positive, so cutting is rounding
  f.raw = x.raw - static_cast<float>(biased - 128);
  const std::int32_t bits = biased << 23;
  std::memcpy(&x.raw, &bits, sizeof bits);
  return x;
}
TONEZOO_INLINE Float swap_halves(Float v) { return v; }
#endif

}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
