// LSTM or GRU layers and one linear output, of any size given at run time.
// Threads: load() runs in setup() and may fail. set_knobs(), set_gains(), reset() and process() run in
// render(): no allocation, lock, I/O or throw. One thread at a time.
//
//   y = out_gain * (lin(h) + residual * in_gain * x),  h = layers(in_gain * x, knobs)
//
// The output does not depend on how the signal is cut into calls. Input that is NaN or infinite counts as 0,
// so it cannot stay in the state; results too small for a normal float count as 0 too.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>

#include "aligned.h"
#include "denormals.h"
#include "finite.h"
#include "gru_cell.h"
#include "lstm_cell.h"
#include "recurrent_layer.h"
#include "recurrent_shape.h"
#include "vectors.h"

#if defined(TONEZOO_ARMV7)
#include "armv7/layer.h"
#endif

namespace tonezoo {
inline namespace TONEZOO_SIMD {

constexpr float kMaxInput = 1048576.0f;  // 2^20: 120 dB above full scale
constexpr float kMaxWeight = 1e12f;

#if defined(TONEZOO_ARMV7)
template <class Cell>
using LayerOf = armv7::Layer<Cell>;
#else
template <class Cell>
using LayerOf = RecurrentLayer<Cell>;
#endif

// Layers of one kind, each fed by the one before.
template <class Cell>
class RecurrentStack {
 public:
  bool load(const RecurrentShape& shape, const float* weights) {
    count_ = shape.layers;
    for (std::size_t l = 0; l < count_; ++l) {
      if (!layers_[l].load(LayerWeights(shape, l, weights))) return false;
      weights += shape.weights_in(l);
    }
    return true;
  }
  void hold(const float* knobs) noexcept { layers_[0].hold(knobs); }
  void reset() noexcept {
    for (std::size_t l = 0; l < count_; ++l) layers_[l].reset();
  }
  // At most kChunk samples; then top() holds what the last layer put out.
  void process(const float* x, std::size_t frames) noexcept {
    layers_[0].process(x, frames);
    for (std::size_t l = 1; l < count_; ++l) layers_[l].process(layers_[l - 1], frames);
    for (std::size_t l = 0; l < count_; ++l) layers_[l].advance(frames);
  }
  // One step in which all inputs are new; then top(0) is what the last layer put out.
  const float* step(const float* inputs) noexcept {
    layers_[0].step(inputs);
    for (std::size_t l = 1; l < count_; ++l) layers_[l].process(layers_[l - 1], 1);
    for (std::size_t l = 0; l < count_; ++l) layers_[l].advance(1);
    return top(0);
  }
  const float* top(std::size_t frame) const noexcept { return layers_[count_ - 1].h(frame); }
  std::size_t units() const { return layers_[count_ - 1].units(); }

 private:
  LayerOf<Cell> layers_[kMaxLayers];
  std::size_t count_ = 0;
};

class Recurrent {
 public:
  // `weights` in the order of RecurrentShape::weight_count(). False, and unchanged, if `count` does not fit
  // the shape, the shape is out of bounds, a weight is too or memory is short. Starts at the rest state, with
  // knobs at 1/2.
  bool load(const RecurrentShape& shape, const float* weights, std::size_t count) {
    if (!shape.valid() || count != shape.weight_count()) return false;
    for (std::size_t i = 0; i < count; ++i) {
      if (bits_of_magnitude(weights[i]) > bits_of_magnitude(kMaxWeight)) return false;
    }
    std::unique_ptr<RecurrentStack<LstmCell>> lstm;
    std::unique_ptr<RecurrentStack<GruCell>> gru;
    const bool loaded =
        shape.cell == RecurrentShape::kLstm ? make(lstm, shape, weights) : make(gru, shape, weights);
    AlignedFloats head;
    if (!loaded || !head.resize(lstm ? lstm->units() : gru->units())) return false;
    const float* const lin = weights + count - 1 - shape.hidden;
    std::memcpy(head.data(), lin, shape.hidden * sizeof(float));
    bias_ = lin[shape.hidden];
    head_.swap(head);
    lstm_.swap(lstm);
    gru_.swap(gru);
    shape_ = shape;
    return true;
  }

  const RecurrentShape& shape() const { return shape_; }

  // `knobs` holds shape().inputs - 1 values, each 0..1. Costs about as much as a sample.
  void set_knobs(const float* knobs) noexcept {
    if (lstm_) lstm_->hold(knobs);
    if (gru_) gru_->hold(knobs);
  }

  void set_gains(float in, float out) noexcept {
    in_gain_ = in;
    out_gain_ = out;
  }

  // Back to the state that the model was trained to start from.
  void reset() noexcept {
    if (lstm_) lstm_->reset();
    if (gru_) gru_->reset();
  }

  // `in` and `out` may be the same. Silence before load(), and from a net whose inputs all move: see step().
  void process(const float* in, float* out, std::size_t frames) noexcept { run(in, out, nullptr, frames); }

  // As process(), and `states` gets what the output layer sees: [frames][hidden].
  void process_states(const float* in, float* out, float* states, std::size_t frames) noexcept {
    run(in, out, states, frames);
  }

  // One step of a net whose inputs all move (shape().moving), gains and output layer left out: h of the last
  // layer, shape().hidden values that stay until the next step. Null before load().
  const float* step(const float* inputs) noexcept {
    return lstm_ ? lstm_->step(inputs) : gru_ ? gru_->step(inputs) : nullptr;
  }

 private:
  template <class Cell>
  static bool make(std::unique_ptr<RecurrentStack<Cell>>& stack, const RecurrentShape& shape,
                   const float* weights) {
    stack.reset(new (std::nothrow) RecurrentStack<Cell>);
    if (!stack || !stack->load(shape, weights)) return false;
    const float middle[kMaxInputs] = {0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f,
                                      0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f};
    stack->hold(middle);
    return true;
  }

  void run(const float* in, float* out, float* states, std::size_t frames) noexcept {
    const FlushDenormals flush;
    if (lstm_ && shape_.moving == 1) return run(*lstm_, in, out, states, frames);
    if (gru_ && shape_.moving == 1) return run(*gru_, in, out, states, frames);
    for (std::size_t t = 0; t < frames; ++t) out[t] = 0.0f;
  }

  template <class Cell>
  void run(RecurrentStack<Cell>& stack, const float* in, float* out, float* states,
           std::size_t frames) noexcept {
    const std::size_t hidden = shape_.hidden;
    const float dry = shape_.residual ? 1.0f : 0.0f;
    float x[kChunk];
    for (std::size_t done = 0; done < frames;) {
      const std::size_t n = frames - done < kChunk ? frames - done : kChunk;
      for (std::size_t t = 0; t < n; ++t) x[t] = bounded(in_gain_ * in[done + t], kMaxInput);
      stack.process(x, n);
      for (std::size_t t = 0; t < n; ++t, ++done) {
        const float* const h = stack.top(t);
        out[done] = out_gain_ * (dot(head_.data(), h, head_.size()) + bias_ + dry * x[t]);
        if (states != nullptr) std::memcpy(states + done * hidden, h, hidden * sizeof(float));
      }
    }
  }

  RecurrentShape shape_{RecurrentShape::kLstm, 0, 1, 0, false};
  std::unique_ptr<RecurrentStack<LstmCell>> lstm_;
  std::unique_ptr<RecurrentStack<GruCell>> gru_;
  AlignedFloats head_;
  float bias_ = 0.0f, in_gain_ = 1.0f, out_gain_ = 1.0f;
};

}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
