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
    const std::size_t units = (shape.hidden + Float::kLanes - 1) / Float::kLanes * Float::kLanes;
    AlignedFloats head, states;
    if (!head.resize(kFrameSamples * units) || !states.resize(units)) return false;
    // The net's own output is not used: it takes the first row of the head for it.
    if (!net_.load(shape, weights, shape.weight_count())) return false;
    const float* const lin = weights + shape.weight_count() - shape.hidden - 1;
    for (std::size_t s = 0; s < kFrameSamples; ++s) {
      std::memcpy(head.data() + s * units, lin + s * shape.hidden, shape.hidden * sizeof(float));
    }
    std::memcpy(bias_, lin + kFrameSamples * shape.hidden, sizeof bias_);
    head_.swap(head);
    states_.swap(states);
    units_ = units;
    return true;
  }

  void set_gains(float in, float out) noexcept {
    in_gain_ = in;
    out_gain_ = out;
  }
  void reset() noexcept { net_.reset(); }

  // kFrameSamples each; `out` may be `in`. Silence before load().
  void step(const float* in, float* out) noexcept {
    float x[kFrameSamples], first;
    for (std::size_t s = 0; s < kFrameSamples; ++s) x[s] = bounded_input(in_gain_ * in[s]);
    net_.set_knobs(x + 1);
    net_.process_states(x, &first, states_.data(), 1);
    const float dry = net_.shape().residual ? 1.0f : 0.0f;
    for (std::size_t s = 0; s < kFrameSamples; ++s) {
      out[s] = out_gain_ * (dot(head_.data() + s * units_, states_.data(), units_) + bias_[s] + dry * x[s]);
    }
  }

 private:
  Recurrent net_;
  AlignedFloats head_, states_;
  std::size_t units_ = 0;  // hidden, rounded up to whole vectors
  float bias_[kFrameSamples] = {};
  float in_gain_ = 1.0f, out_gain_ = 1.0f;
};

}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
