// A fixed number of vectors that stay in registers: the accumulators of a matrix product.
// Threads: values; safe in render().
//
// Recursive, not an array: compilers keep every member in a register only when no index is computed.
#pragma once

#include <cstddef>

#include "simd.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {

template <int count>
struct Vectors {
  Vectors<count - 1> rest;
  Float last;

  static constexpr std::size_t kOffset = (count - 1) * Float::kLanes;

  // = bias + x * weights
  TONEZOO_INLINE void start(Float x, const float* weights, const float* bias) {
    rest.start(x, weights, bias);
    last = mul_add(x, load(weights + kOffset), load(bias + kOffset));
  }
  // += x * weights
  TONEZOO_INLINE void accumulate(Float x, const float* weights) {
    rest.accumulate(x, weights);
    last = mul_add(x, load(weights + kOffset), last);
  }
  TONEZOO_INLINE void add_all(const Vectors& other) {
    rest.add_all(other.rest);
    last = add(last, other.last);
  }
  TONEZOO_INLINE void clear() {
    rest.clear();
    last = splat(0.0f);
  }
  TONEZOO_INLINE void write(float* to) const {
    rest.write(to);
    store(to + kOffset, last);
  }
  TONEZOO_INLINE void write_unaligned(float* to) const {
    rest.write_unaligned(to);
    store_unaligned(to + kOffset, last);
  }
};

template <>
struct Vectors<0> {
  TONEZOO_INLINE void start(Float, const float*, const float*) {}
  TONEZOO_INLINE void accumulate(Float, const float*) {}
  TONEZOO_INLINE void add_all(const Vectors&) {}
  TONEZOO_INLINE void clear() {}
  TONEZOO_INLINE void write(float*) const {}
  TONEZOO_INLINE void write_unaligned(float*) const {}
};

// The vector at `index`, counted from 0.
template <int index, int count>
struct VectorAt {
  static TONEZOO_INLINE Float get(const Vectors<count>& v) { return VectorAt<index, count - 1>::get(v.rest); }
};
template <int count>
struct VectorAt<count - 1, count> {
  static TONEZOO_INLINE Float get(const Vectors<count>& v) { return v.last; }
};
template <int index, int count>
TONEZOO_INLINE Float vector_at(const Vectors<count>& v) {
  return VectorAt<index, count>::get(v);
}

#if defined(TONEZOO_AVX2)
template <int count>
TONEZOO_INLINE void accumulate_four(Vectors<count>& sums, const float* weights, const float* h) {
  constexpr std::size_t kRow = count * Float::kLanes;
  const __m256 four = _mm256_broadcast_ps(reinterpret_cast<const __m128*>(h));
  sums.accumulate(Float{_mm256_permute_ps(four, 0x00)}, weights);
  sums.accumulate(Float{_mm256_permute_ps(four, 0x55)}, weights + kRow);
  sums.accumulate(Float{_mm256_permute_ps(four, 0xaa)}, weights + 2 * kRow);
  sums.accumulate(Float{_mm256_permute_ps(four, 0xff)}, weights + 3 * kRow);
}
#else
template <int count>
TONEZOO_INLINE void accumulate_four(Vectors<count>& sums, const float* weights, const float* h) {
  constexpr std::size_t kRow = count * Float::kLanes;
  for (int i = 0; i < 4; ++i) sums.accumulate(splat(h[i]), weights + i * kRow);
}
#endif

// Adds weights * h for `rows` rows of `count` vectors each; `weights` moves behind them.
template <int count>
TONEZOO_INLINE void multiply(Vectors<count>& sums, const float*& weights, const float* h, std::size_t rows) {
  constexpr std::size_t kRow = count * Float::kLanes;
  std::size_t k = 0;
  for (; k + 4 <= rows; k += 4, weights += 4 * kRow) accumulate_four(sums, weights, h + k);
  for (; k < rows; ++k) {
    sums.accumulate(splat(h[k]), weights);
    weights += kRow;
  }
}

// As multiply(), on two chains of additions: for so few vectors that one chain's latency would show.
template <int count>
TONEZOO_INLINE void multiply_on_two_chains(Vectors<count>& sums, const float*& weights, const float* h,
                                           std::size_t rows) {
  constexpr std::size_t kRow = count * Float::kLanes;
  Vectors<count> odd;
  odd.clear();
  std::size_t k = 0;
  for (; k + 2 <= rows; k += 2) {
    sums.accumulate(splat(h[k]), weights);
    odd.accumulate(splat(h[k + 1]), weights + kRow);
    weights += 2 * kRow;
  }
  if (k < rows) {
    sums.accumulate(splat(h[k]), weights);
    weights += kRow;
  }
  sums.add_all(odd);
}

// The scalar product of two rows of whole vectors.
TONEZOO_INLINE float dot(const float* a, const float* b, std::size_t size) {
  Float total = splat(0.0f);
  for (std::size_t i = 0; i < size; i += Float::kLanes) total = mul_add(load(a + i), load(b + i), total);
  return sum(total);
}

// sums += weights * x, for `rows` rows of `size` floats, whole vectors.
inline void add_product(float* sums, const float* weights, const float* x, std::size_t rows,
                        std::size_t size) {
  for (std::size_t i = 0; i < size; i += Float::kLanes) {
    Float total = load(sums + i);
    for (std::size_t k = 0; k < rows; ++k) total = mul_add(splat(x[k]), load(weights + k * size + i), total);
    store(sums + i, total);
  }
}

}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
