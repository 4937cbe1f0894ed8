// Rows of samples as weighted sums of other rows, time along the vector: out = bias + weights * in (+ added).
// A convolution is the same over rows at several delays.
// Threads: shape() and pack() run in setup(); multiply() is safe in render().
#pragma once

#include <cstddef>

#include "simd.h"
#include "wavenet_history.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {

// A patch of O rows by T vectors is summed in registers: O * T sums, min(O, T) operands kept and one that
// changes.
template <std::size_t O>
struct Patch {
#if defined(TONEZOO_AVX512) || (defined(TONEZOO_NEON) && defined(__aarch64__))
  static constexpr std::size_t kVectors = 4;  // of 32 registers
#elif defined(TONEZOO_AVX2)
  static constexpr std::size_t kVectors = O == 4 ? 3 : O == 1 ? 8 : 4;  // of 16, and 12 sums hide the latency
#else
  static constexpr std::size_t kVectors = O >= 3 ? 2 : 4;  // of 16, one of them for the product without FMA
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

// sums[o][t] += weights[o] * row[t]
template <std::size_t O, std::size_t T>
TONEZOO_INLINE void add_products(Float (&sums)[O][T], const float* weights, const float* row) {
  if (T <= O) {
    Float x[T];
    for (std::size_t t = 0; t < T; ++t) x[t] = in_register(load_unaligned(row + t * Float::kLanes));
    for (std::size_t o = 0; o < O; ++o) {
      const Float w = in_register(splat(weights[o]));
      for (std::size_t t = 0; t < T; ++t) sums[o][t] = mul_add(w, x[t], sums[o][t]);
    }
  } else {
    Float w[O];
    for (std::size_t o = 0; o < O; ++o) w[o] = in_register(splat(weights[o]));
    for (std::size_t t = 0; t < T; ++t) {
      const Float x = in_register(load_unaligned(row + t * Float::kLanes));
      for (std::size_t o = 0; o < O; ++o) sums[o][t] = mul_add(w[o], x, sums[o][t]);
    }
  }
}

class Matrix {
 public:
  void shape(std::size_t outputs, std::size_t inputs) {
    outputs_ = outputs;
    inputs_ = inputs;
  }

  std::size_t inputs() const { return inputs_; }
  std::size_t outputs() const { return outputs_; }
  std::size_t size() const { return outputs_ * (1 + inputs_); }

  // `memory`: size() floats. Fill in what bias() and weight() give, which start as they are there.
  void place(float* memory) { memory_ = memory; }
  float& bias(std::size_t o) { return memory_[first(o) * (1 + inputs_) + o % kTile]; }
  float& weight(std::size_t o, std::size_t i) {
    return memory_[first(o) * (1 + inputs_) + (1 + i) * height(o) + o % kTile];
  }

  // `in`: a row for each input. `out` may be `added`; `added.first` may be null. Whole vectors are written.
  void multiply(const float* const* in, Rows added, Rows out, std::size_t frames) const {
    const std::size_t vectors = (frames + Float::kLanes - 1) / Float::kLanes;
    for (std::size_t o = 0; o < outputs_; o += kTile) {
      const float* weights = memory_ + o * (1 + inputs_);
      const float* from = added.first ? added.first + o * added.stride : nullptr;
      float* to = out.first + o * out.stride;
      switch (height(o)) {
        case 4:
          strip<4>(in, weights, {from, added.stride}, {to, out.stride}, vectors);
          break;
        case 3:
          strip<3>(in, weights, {from, added.stride}, {to, out.stride}, vectors);
          break;
        case 2:
          strip<2>(in, weights, {from, added.stride}, {to, out.stride}, vectors);
          break;
        default:
          strip<1>(in, weights, {from, added.stride}, {to, out.stride}, vectors);
          break;
      }
    }
  }

 private:
  static constexpr std::size_t kTile = 4;  // outputs that share one pass over the input

  struct ConstRows {
    const float* first;
    std::size_t stride;
  };

  static std::size_t first(std::size_t o) { return o / kTile * kTile; }
  std::size_t height(std::size_t o) const {
    return outputs_ - first(o) < kTile ? outputs_ - first(o) : std::size_t{kTile};
  }

  template <std::size_t O>
  __attribute__((noinline)) void strip(const float* const* in, const float* weights, ConstRows added,
                                       Rows out, std::size_t vectors) const {
    strip_by<O, Patch<O>::kVectors>(in, weights, added, out, 0, vectors);
  }

  template <std::size_t O, std::size_t T>
  TONEZOO_INLINE void strip_by(const float* const* in, const float* weights, ConstRows added, Rows out,
                               std::size_t t, std::size_t vectors) const {
    for (; vectors >= T; vectors -= T, t += T * Float::kLanes) {
      patch<O, T>(in, read_anew(weights), added, out, t);
    }
    constexpr std::size_t kNext = T > 4 ? T / 2 : T > 1 ? T - 1 : 1;
    if (T > 1 && vectors) strip_by<O, kNext>(in, weights, added, out, t, vectors);
  }

  template <std::size_t O, std::size_t T>
  TONEZOO_INLINE void patch(const float* const* in, const float* weights, ConstRows added, Rows out,
                            std::size_t t) const {
    Float sums[O][T];
    for (std::size_t o = 0; o < O; ++o) {
      for (std::size_t v = 0; v < T; ++v) sums[o][v] = splat(weights[o]);
    }
    if (added.first) {
      for (std::size_t o = 0; o < O; ++o) {
        const float* row = added.first + o * added.stride + t;
        for (std::size_t v = 0; v < T; ++v) {
          sums[o][v] = add(sums[o][v], load_unaligned(row + v * Float::kLanes));
        }
      }
    }
    for (std::size_t i = 0; i < inputs_; ++i) {
      weights += O;
      add_products<O, T>(sums, weights, in[i] + t);
    }
    for (std::size_t o = 0; o < O; ++o) {
      float* row = out.first + o * out.stride + t;
      for (std::size_t v = 0; v < T; ++v) store_unaligned(row + v * Float::kLanes, sums[o][v]);
    }
  }

  std::size_t outputs_ = 0, inputs_ = 0;
  float* memory_ = nullptr;
};

}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
