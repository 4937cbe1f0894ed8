// A recurrent network that takes kFrameSamples samples in one step and puts out as many: it pays for one step
// what a sample-wise model pays for each sample.
// Threads: load() runs in setup() and may fail. set_gains(), reset() and step() run in render(): no
// allocation, lock, I/O or throw.
//
//   h = layers(x[0..15], h),  y = W h + b            (Colombo, Superbo: "Bela-based guitar distortions",
//   2023)
#pragma once

#include <cstddef>
#include <cstring>

#include "recurrent.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {

constexpr std::size_t kFrameSamples = 16;

class FrameRecurrent {
 public:
  // Floats of a frame model: as RecurrentShape::weight_count() of 16 inputs, but with lin.weight [16][hidden]
  // and lin.bias [16].
  static std::size_t weight_count(const RecurrentShape& shape) {
    return shape.weight_count() + (kFrameSamples - 1) * (shape.hidden + 1);
  }

  // False, and unchanged, if the shape has not 16 inputs, Recurrent refuses it or `count` does not fit. The
  // oldest sample of a frame is the first input.
  bool load(const RecurrentShape& shape, const float* weights, std::size_t count) {
    if (!shape.valid() || shape.inputs != kFrameSamples || count != weight_count(shape)) return false;
    const std::size_t hidden = shape.hidden;
    AlignedFloats head;
    if (!head.resize((1 + hidden) * kFrameSamples)) return false;
    const float *const lin = weights + shape.weight_count() - hidden - 1, *const end = weights + count;
    for (const float* w = lin; w < end; ++w) {
      if (bits_of_magnitude(*w) > bits_of_magnitude(kMaxWeight)) return false;
    }
    for (std::size_t s = 0; s < kFrameSamples; ++s) {
      head.data()[s] = lin[kFrameSamples * hidden + s];
      for (std::size_t k = 0; k < hidden; ++k) head.data()[(1 + k) * kFrameSamples + s] = lin[s * hidden + k];
    }
    // The net's own output is not used: it takes the first row of the head for it.
    RecurrentShape all_move = shape;
    all_move.moving = kFrameSamples;
    if (!net_.load(all_move, weights, shape.weight_count())) return false;
    head_.swap(head);
    return true;
  }

  void set_gains(float in, float out) noexcept {
    in_gain_ = in;
    out_gain_ = out;
  }
  void reset() noexcept { net_.reset(); }

  // kFrameSamples each; `out` may be `in`. Silence before load().
  void step(const float* in, float* out) noexcept {
    const FlushDenormals flush;
    float x[kFrameSamples], y[kFrameSamples];
    for (std::size_t s = 0; s < kFrameSamples; ++s) x[s] = bounded(in_gain_ * in[s], kMaxInput);
    const float* const h = net_.step(x);
    if (h == nullptr) {
      std::memset(out, 0, kFrameSamples * sizeof(float));
      return;
    }
    apply_head(h, y);
    const float dry = net_.shape().residual ? 1.0f : 0.0f;
    for (std::size_t s = 0; s < kFrameSamples; ++s) out[s] = out_gain_ * (y[s] + dry * x[s]);
  }

 private:
  void apply_head(const float* h, float* y) const noexcept {
    Vectors<static_cast<int>(kFrameSamples / Float::kLanes)> sums;
    const float *const bias = head_.data(), *weights = bias + 2 * kFrameSamples;
    sums.start(splat(h[0]), bias + kFrameSamples, bias);
    multiply(sums, weights, h + 1, net_.shape().hidden - 1);
    sums.write_unaligned(y);
  }

  Recurrent net_;
  AlignedFloats head_;  // bias [16], then a row [16] for each unit
  float in_gain_ = 1.0f, out_gain_ = 1.0f;
};

}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
