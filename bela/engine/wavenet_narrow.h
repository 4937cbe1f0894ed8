// A whole layer of at most four channels at once: convolution, activation, head and 1x1 of a patch of time
// stay in registers. Such layers are so small that handing whole rows from step to step would cost as much as
// the sums. Threads: safe in render().
#pragma once

#include <cstddef>

#include "simd.h"
#include "wavenet_activation.h"
#include "wavenet_patch.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {

constexpr std::size_t kMostNarrow = 4;

// As Matrix::tile() has them, with all channels in one tile.
struct NarrowWeights {
  const float *conv, *mix;
};

// `delayed`: the layer's input for each tap, the longest delay first; the other channels follow as in `past`,
// which is its input now. `head`: the sum to add to. `out`: null where nobody hears it.
struct NarrowRows {
  const float* const* delayed;
  std::size_t taps;
  const float* dry;
  Rows past, head, out;
};

template <std::size_t C, typename Function>
struct NarrowLayer {
  NarrowWeights weights;
  NarrowRows rows;
  Function function;

  template <std::size_t T>
  TONEZOO_INLINE void run(std::size_t t) const {
    const float* w = read_anew(weights.conv);
    Patch<C, T> active;
    active.start(w);
    w += C;
    for (std::size_t k = 0; k < rows.taps; ++k) {
      const float* row = rows.delayed[k] + t;
      for (std::size_t c = 0; c < C; ++c, w += C) active.add_product(w, row + c * rows.past.stride);
    }
    active.add_product(w, rows.dry + t);
    for (std::size_t c = 0; c < C; ++c) {
      for (std::size_t v = 0; v < T; ++v) active.sums[c][v] = function(active.sums[c][v]);
    }
    if (rows.out.first) mix(active, t);
    active.add_rows(rows.head.from(0, t));
    active.store_rows(rows.head.from(0, t));
  }

  // out = past + bias + weights * active, a channel at a time: there are no registers for all.
  template <std::size_t T>
  TONEZOO_INLINE void mix(const Patch<C, T>& active, std::size_t t) const {
    const float* bias = read_anew(weights.mix);
    for (std::size_t o = 0; o < C; ++o) {
      Patch<1, T> sum;
      sum.start(bias + o);
      sum.add_rows(rows.past.from(o, t));
      for (std::size_t i = 0; i < C; ++i) {
        const Float w = splat(bias[(1 + i) * C + o]);
        for (std::size_t v = 0; v < T; ++v) sum.sums[0][v] = mul_add(w, active.sums[i][v], sum.sums[0][v]);
      }
      sum.store_rows(rows.out.from(o, t));
    }
  }
};

template <std::size_t C, typename Function>
__attribute__((noinline)) void run_narrow(NarrowWeights weights, const NarrowRows& rows, Function function,
                                          std::size_t vectors) {
  cover<PatchLength<C>::kVectors>(NarrowLayer<C, Function>{weights, rows, function}, 0, vectors);
}

template <typename Function>
inline void run_narrow(std::size_t channels, NarrowWeights weights, const NarrowRows& rows, Function function,
                       std::size_t frames) {
  const std::size_t vectors = (frames + Float::kLanes - 1) / Float::kLanes;
  switch (channels) {
    case 1:
      return run_narrow<1>(weights, rows, function, vectors);
    case 2:
      return run_narrow<2>(weights, rows, function, vectors);
    case 3:
      return run_narrow<3>(weights, rows, function, vectors);
    case 4:
      return run_narrow<4>(weights, rows, function, vectors);
  }
}

}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
