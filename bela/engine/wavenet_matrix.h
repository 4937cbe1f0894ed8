// Rows of samples as weighted sums of other rows, time along the vector: out = bias + weights * in (+ added).
// A convolution is the same over rows at several delays.
// Threads: shape() and place() run in setup(); multiply() is safe in render().
#pragma once

#include <cstddef>

#include "simd.h"
#include "wavenet_patch.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {

class Matrix {
 public:
  void shape(std::size_t outputs, std::size_t inputs) {
    outputs_ = outputs;
    inputs_ = inputs;
  }

  std::size_t inputs() const { return inputs_; }
  std::size_t outputs() const { return outputs_; }
  std::size_t size() const { return outputs_ * (1 + inputs_); }

  // `memory`: size() floats, which bias() and weight() give access to. In it, for each tile of kTile outputs
  // or fewer: the biases, then the weights of the first input, of the second ...
  void place(float* memory) { memory_ = memory; }
  const float* tile(std::size_t first_output) const { return memory_ + first_output * (1 + inputs_); }
  float& bias(std::size_t o) { return memory_[first(o) * (1 + inputs_) + o % kTile]; }
  float& weight(std::size_t o, std::size_t i) {
    return memory_[first(o) * (1 + inputs_) + (1 + i) * height(o) + o % kTile];
  }

  // `in`: a row for each input. `out` may be `added`; `added.first` may be null. Whole vectors are written.
  void multiply(const float* const* in, Rows added, Rows out, std::size_t frames) const {
    const std::size_t vectors = (frames + Float::kLanes - 1) / Float::kLanes;
    for (std::size_t o = 0; o < outputs_; o += kTile) {
      const Rows from = added.first ? added.from(o, 0) : added;
      switch (height(o)) {
        case 4:
          multiply_tile<4>(in, inputs_, tile(o), from, out.from(o, 0), vectors);
          break;
        case 3:
          multiply_tile<3>(in, inputs_, tile(o), from, out.from(o, 0), vectors);
          break;
        case 2:
          multiply_tile<2>(in, inputs_, tile(o), from, out.from(o, 0), vectors);
          break;
        default:
          multiply_tile<1>(in, inputs_, tile(o), from, out.from(o, 0), vectors);
          break;
      }
    }
  }

 private:
  static constexpr std::size_t kTile = 4;

  template <std::size_t O>
  struct Tile {
    const float* const* in;
    std::size_t inputs;
    const float* weights;
    Rows added, out;

    template <std::size_t T>
    TONEZOO_INLINE void run(std::size_t t) const {
      const float* w = read_anew(weights);
      Patch<O, T> patch;
      patch.start(w);
      if (added.first) patch.add_rows(added.from(0, t));
      patch.add_products(w + O, in, inputs, t);
      patch.store_rows(out.from(0, t));
    }
  };

  template <std::size_t O>
  static __attribute__((noinline)) void multiply_tile(const float* const* in, std::size_t inputs,
                                                      const float* weights, Rows added, Rows out,
                                                      std::size_t vectors) {
    cover<PatchLength<O>::kVectors>(Tile<O>{in, inputs, weights, added, out}, 0, vectors);
  }

  static std::size_t first(std::size_t o) { return o / kTile * kTile; }
  std::size_t height(std::size_t o) const {
    return outputs_ - first(o) < kTile ? outputs_ - first(o) : std::size_t{kTile};
  }

  std::size_t outputs_ = 0, inputs_ = 0;
  float* memory_ = nullptr;
};

}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
