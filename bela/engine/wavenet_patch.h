// A patch of rows by time that is summed up in registers: the kernel of a WaveNet's matrices.
// Threads: pure functions on values and rows; safe in render().
#pragma once

#include <cstddef>

#include "simd.h"
#include "wavenet_history.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {

// How many vectors a patch of O rows is long: O * T sums, min(O, T) operands that stay and one that changes.
template <std::size_t O>
struct PatchLength {
#if defined(TONEZOO_AVX512) || (defined(TONEZOO_NEON) && defined(__aarch64__))
  static constexpr std::size_t kVectors = 4;  // of 32 registers
#elif defined(TONEZOO_AVX2)
  static constexpr std::size_t kVectors = O >= 3 ? 3 : O == 1 ? 8 : 4;  // of 16
#else
  // Of 16, one of them for the product without FMA.
  static constexpr std::size_t kVectors = O == 4 ? 2 : O == 3 ? 3 : 4;
#endif
};

// Stops the compiler from loading an operand anew for every product, which nearly doubles the time.
TONEZOO_INLINE Float in_register(Float v) {
#if defined(__x86_64__)
  Float::Raw raw = v.raw;
  __asm__("" : "+v"(raw));
  return {raw};
#else
  return v;
#endif
}

// Stops the compiler from keeping what it read through `p` in registers that the sums need.
template <typename T>
TONEZOO_INLINE T* read_anew(T* p) {
  __asm__("" : "+r"(p));
  return p;
}

template <std::size_t O, std::size_t T>
struct Patch {
  Float sums[O][T];

  TONEZOO_INLINE void start(const float* bias) {
    for (std::size_t o = 0; o < O; ++o) {
      for (std::size_t v = 0; v < T; ++v) sums[o][v] = splat(bias[o]);
    }
  }

  // `rows` begin where the patch does.
  TONEZOO_INLINE void add_rows(Rows rows) {
    for (std::size_t o = 0; o < O; ++o) {
      const float* row = rows.first + o * rows.stride;
      for (std::size_t v = 0; v < T; ++v)
        sums[o][v] = add(sums[o][v], load_unaligned(row + v * Float::kLanes));
    }
  }

  TONEZOO_INLINE void store_rows(Rows rows) const {
    for (std::size_t o = 0; o < O; ++o) {
      float* row = rows.first + o * rows.stride;
      for (std::size_t v = 0; v < T; ++v) store_unaligned(row + v * Float::kLanes, sums[o][v]);
    }
  }

  // sums[o] += weights[i][o] * in[i], for all inputs, from frame `t` on.
  TONEZOO_INLINE void add_products(const float* weights, const float* const* in, std::size_t inputs,
                                   std::size_t t) {
    for (std::size_t i = 0; i < inputs; ++i, weights += O) add_product(weights, in[i] + t);
  }

  TONEZOO_INLINE void add_product(const float* weights, const float* row) {
    if (T <= O) {
      Float x[T];
      for (std::size_t v = 0; v < T; ++v) x[v] = in_register(load_unaligned(row + v * Float::kLanes));
      for (std::size_t o = 0; o < O; ++o) {
        const Float w = in_register(splat(weights[o]));
        for (std::size_t v = 0; v < T; ++v) sums[o][v] = mul_add(w, x[v], sums[o][v]);
      }
    } else {
      Float w[O];
      for (std::size_t o = 0; o < O; ++o) w[o] = in_register(splat(weights[o]));
      for (std::size_t v = 0; v < T; ++v) {
        const Float x = in_register(load_unaligned(row + v * Float::kLanes));
        for (std::size_t o = 0; o < O; ++o) sums[o][v] = mul_add(w[o], x, sums[o][v]);
      }
    }
  }
};

// Calls work.run<T>(t) for patches that cover `vectors` vectors, each T of them long, from frame t on.
template <std::size_t T, typename Work>
TONEZOO_INLINE void cover(const Work& work, std::size_t t, std::size_t vectors) {
  for (; vectors >= T; vectors -= T, t += T * Float::kLanes) work.template run<T>(t);
  constexpr std::size_t kNext = T > 4 ? T / 2 : T > 1 ? T - 1 : 1;
  if (T > 1 && vectors) cover<kNext>(work, t, vectors);
}

}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
