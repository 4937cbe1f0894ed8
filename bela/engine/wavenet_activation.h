// The activations of a WaveNet's layers, over whole rows.
// Threads: safe in render().
#pragma once

#include <cstddef>

#include "simd.h"
#include "tanh.h"
#include "wavenet_history.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {

struct Activation {
  enum Kind { kTanh, kReLU, kLeakyReLU, kSigmoid, kSoftsign, kSiLU, kHardtanh, kHardSwish };
  Kind kind;
  float negative_slope;  // LeakyReLU's, 0..1
};

struct TanhOf {
  TONEZOO_INLINE Float operator()(Float x) const { return tanh(x); }
};
struct ReluOf {
  TONEZOO_INLINE Float operator()(Float x) const { return max(x, splat(0.0f)); }
};
struct LeakyReluOf {
  Float slope;
  TONEZOO_INLINE Float operator()(Float x) const { return max(x, mul(x, slope)); }
};
struct SigmoidOf {
  TONEZOO_INLINE Float operator()(Float x) const { return sigmoid(x); }
};
struct SoftsignOf {  // x / (1 + |x|)
  TONEZOO_INLINE Float operator()(Float x) const {
    return div(x, add(splat(1.0f), max(x, sub(splat(0.0f), x))));
  }
};
struct SiluOf {
  TONEZOO_INLINE Float operator()(Float x) const { return mul(x, sigmoid(x)); }
};
struct HardtanhOf {
  TONEZOO_INLINE Float operator()(Float x) const { return min(max(x, splat(-1.0f)), splat(1.0f)); }
};
struct HardSwishOf {  // x * clamp(x + 3, 0, 6) / 6
  TONEZOO_INLINE Float operator()(Float x) const {
    const Float ramp = min(max(add(x, splat(3.0f)), splat(0.0f)), splat(6.0f));
    return mul(x, mul(ramp, splat(1.0f / 6.0f)));
  }
};

// z = f(z), and sums += f(z), for `frames` rounded up to whole vectors.
template <typename Function>
inline void apply_and_sum(Function f, Rows z, Rows sums, std::size_t channels, std::size_t frames) {
  for (std::size_t c = 0; c < channels; ++c) {
    float* row = z.first + c * z.stride;
    float* sum = sums.first + c * sums.stride;
    for (std::size_t t = 0; t < frames; t += Float::kLanes) {
      const Float a = f(load(row + t));
      store(row + t, a);
      store_unaligned(sum + t, add(load_unaligned(sum + t), a));
    }
  }
}

// `z` is aligned.
inline void activate(Activation activation, Rows z, Rows sums, std::size_t channels, std::size_t frames) {
  switch (activation.kind) {
    case Activation::kTanh:
      return apply_and_sum(TanhOf(), z, sums, channels, frames);
    case Activation::kReLU:
      return apply_and_sum(ReluOf(), z, sums, channels, frames);
    case Activation::kLeakyReLU:
      return apply_and_sum(LeakyReluOf{splat(activation.negative_slope)}, z, sums, channels, frames);
    case Activation::kSigmoid:
      return apply_and_sum(SigmoidOf(), z, sums, channels, frames);
    case Activation::kSoftsign:
      return apply_and_sum(SoftsignOf(), z, sums, channels, frames);
    case Activation::kSiLU:
      return apply_and_sum(SiluOf(), z, sums, channels, frames);
    case Activation::kHardtanh:
      return apply_and_sum(HardtanhOf(), z, sums, channels, frames);
    case Activation::kHardSwish:
      return apply_and_sum(HardSwishOf(), z, sums, channels, frames);
  }
}

}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
