// LSTM or GRU layers and one linear output, of any size given at run time.
// Threads: load() runs in setup() and may fail. set_knobs(), set_gains(), reset() and process() run in render():
// no allocation, lock, I/O or throw. One thread at a time.
//
// y = out_gain * (lin(h) + residual * in_gain * x), h = layers(in_gain * x, knobs)
// A sample of input that is NaN or infinite counts as 0, so it cannot stay in the state.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "aligned.h"
#include "denormals.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {

struct RecurrentShape {
  enum Cell { kLstm, kGru };
  Cell cell;
  std::size_t hidden;  // 1..1024
  std::size_t inputs;  // 1..16: the audio, then the knobs
  std::size_t layers;  // 1..8
  bool residual;

  std::size_t gates() const { return cell == kLstm ? 4 : 3; }
  bool valid() const {
    return hidden >= 1 && hidden <= 1024 && inputs >= 1 && inputs <= 16 && layers >= 1 && layers <= 8;
  }
  std::size_t layer_inputs(std::size_t layer) const { return layer == 0 ? inputs : hidden; }
  // Floats that load() takes: for each layer W_ih [gates * hidden][inputs], W_hh [gates * hidden][hidden],
  // b_ih, b_hh [gates * hidden], h0 [hidden] and, for LSTM, c0 [hidden]; then lin.weight [hidden], lin.bias [1].
  // Gates are PyTorch's: i, f, g, o and r, z, n.
  std::size_t weight_count() const {
    std::size_t count = hidden + 1;
    for (std::size_t l = 0; l < layers; ++l)
      count += gates() * hidden * (layer_inputs(l) + hidden + 2) + (cell == kLstm ? 2 : 1) * hidden;
    return count;
  }
};

class Recurrent {
 public:
  bool load(const RecurrentShape& shape, const float* weights, std::size_t count) {
    if (!shape.valid() || count != shape.weight_count()) return false;
    const std::size_t rows = shape.gates() * shape.hidden;
    AlignedFloats w, s;
    if (!w.resize(count) || !s.resize(shape.layers * 2 * shape.hidden + shape.hidden + 2 * rows)) return false;
    std::memcpy(w.data(), weights, count * sizeof(float));
    weights_.swap(w);
    state_.swap(s);
    shape_ = shape;
    for (float& knob : knobs_) knob = 0.5f;
    reset();
    return true;
  }

  const RecurrentShape& shape() const { return shape_; }

  // `knobs` holds shape().inputs - 1 values, each 0..1.
  void set_knobs(const float* knobs) noexcept {
    for (std::size_t k = 0; k + 1 < shape_.inputs; ++k) knobs_[k] = knobs[k];
  }

  void set_gains(float in, float out) noexcept {
    in_gain_ = in;
    out_gain_ = out;
  }

  void reset() noexcept {
    const float* w = weights_.data();
    for (std::size_t l = 0; l < shape_.layers; ++l) {
      const std::size_t H = shape_.hidden, rows = shape_.gates() * H;
      w += rows * (shape_.layer_inputs(l) + H + 2);
      std::memcpy(state_.data() + 2 * l * H, w, H * sizeof(float));
      w += H;
      if (shape_.cell == RecurrentShape::kLstm) {
        std::memcpy(state_.data() + (2 * l + 1) * H, w, H * sizeof(float));
        w += H;
      }
    }
  }

  void process(const float* in, float* out, std::size_t frames) noexcept { run(in, out, nullptr, frames); }

  // As process(), and `states` gets what the output layer sees: [frames][hidden].
  void process_states(const float* in, float* out, float* states, std::size_t frames) noexcept {
    run(in, out, states, frames);
  }

 private:
  static float finite(float x) {
    std::uint32_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    return (bits & 0x7f800000u) == 0x7f800000u ? 0.0f : x;
  }
  static float sigmoid(float x) { return 1.0f / (1.0f + std::exp(-x)); }

  void run(const float* in, float* out, float* states, std::size_t frames) noexcept {
    const FlushDenormals flush;
    const std::size_t H = shape_.hidden, rows = shape_.gates() * H;
    float* scratch = state_.data() + shape_.layers * 2 * H;
    for (std::size_t t = 0; t < frames; ++t) {
      float inputs[16];
      const float dry = in_gain_ * finite(in[t]);
      inputs[0] = dry;
      for (std::size_t k = 1; k < shape_.inputs; ++k) inputs[k] = knobs_[k - 1];
      const float* x = inputs;
      const float* w = weights_.data();
      float* h = state_.data();
      for (std::size_t l = 0; l < shape_.layers; ++l) {
        const std::size_t n = shape_.layer_inputs(l);
        h = state_.data() + 2 * l * H;
        step(w, x, n, h, h + H, scratch);
        x = h;
        w += rows * (n + H + 2) + (shape_.cell == RecurrentShape::kLstm ? 2 : 1) * H;
      }
      float y = w[H];
      for (std::size_t u = 0; u < H; ++u) y += w[u] * h[u];
      if (states != nullptr) std::memcpy(states + t * H, h, H * sizeof(float));
      out[t] = out_gain_ * (y + (shape_.residual ? dry : 0.0f));
    }
  }

  void step(const float* w, const float* x, std::size_t n, float* h, float* c, float* scratch) const noexcept {
    const std::size_t H = shape_.hidden, rows = shape_.gates() * H;
    const float *wh = w + rows * n, *bi = wh + rows * H, *bh = bi + rows;
    float *gi = scratch, *gh = scratch + rows;
    for (std::size_t r = 0; r < rows; ++r) {
      float a = bi[r], b = bh[r];
      for (std::size_t k = 0; k < n; ++k) a += w[r * n + k] * x[k];
      for (std::size_t k = 0; k < H; ++k) b += wh[r * H + k] * h[k];
      gi[r] = a;
      gh[r] = b;
    }
    for (std::size_t u = 0; u < H; ++u) {
      if (shape_.cell == RecurrentShape::kLstm) {
        const float i = sigmoid(gi[u] + gh[u]), f = sigmoid(gi[H + u] + gh[H + u]);
        const float g = std::tanh(gi[2 * H + u] + gh[2 * H + u]), o = sigmoid(gi[3 * H + u] + gh[3 * H + u]);
        c[u] = f * c[u] + i * g;
        h[u] = o * std::tanh(c[u]);
      } else {
        const float r = sigmoid(gi[u] + gh[u]), z = sigmoid(gi[H + u] + gh[H + u]);
        const float candidate = std::tanh(gi[2 * H + u] + r * gh[2 * H + u]);
        h[u] = candidate + z * (h[u] - candidate);
      }
    }
  }

  RecurrentShape shape_{RecurrentShape::kLstm, 0, 1, 0, false};
  AlignedFloats weights_, state_;
  float knobs_[15] = {};
  float in_gain_ = 1.0f, out_gain_ = 1.0f;
};

}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
