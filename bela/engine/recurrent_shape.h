// What a recurrent network is made of, and in which order its weights arrive.
// Threads: plain values.
#pragma once

#include <cstddef>

#include "simd.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {

constexpr std::size_t kMaxHidden = 1024, kMaxInputs = 16, kMaxLayers = 8;

struct RecurrentShape {
  enum Cell { kLstm, kGru };
  Cell cell;
  std::size_t hidden;  // 1..kMaxHidden
  std::size_t inputs;  // 1..kMaxInputs: the audio, then the knobs
  std::size_t layers;  // 1..kMaxLayers
  bool residual;
  std::size_t moving;  // inputs that change from step to step: 1, the audio, or all of them

  RecurrentShape(Cell cell_kind, std::size_t hidden_size, std::size_t num_inputs, std::size_t num_layers,
                 bool adds_input, std::size_t moving_inputs = 1)
      : cell(cell_kind),
        hidden(hidden_size),
        inputs(num_inputs),
        layers(num_layers),
        residual(adds_input),
        moving(moving_inputs) {}

  bool valid() const {
    return hidden >= 1 && hidden <= kMaxHidden && inputs >= 1 && inputs <= kMaxInputs && layers >= 1 &&
           layers <= kMaxLayers && (moving == 1 || moving == inputs);
  }
  std::size_t gates() const { return cell == kLstm ? 4 : 3; }
  std::size_t inputs_of(std::size_t layer) const { return layer == 0 ? inputs : hidden; }
  std::size_t moving_inputs_of(std::size_t layer) const { return layer == 0 ? moving : hidden; }

  // Floats in a layer: W_ih [gates * hidden][inputs], W_hh [gates * hidden][hidden], b_ih, b_hh [gates *
  // hidden], h0 [hidden] and, for LSTM, c0 [hidden]. Rows of gates are PyTorch's: i, f, g, o and r, z, n.
  std::size_t weights_in(std::size_t layer) const {
    return gates() * hidden * (inputs_of(layer) + hidden + 2) + (cell == kLstm ? 2 : 1) * hidden;
  }
  // Floats in all: the layers, lin.weight [hidden], lin.bias [1].
  std::size_t weight_count() const {
    std::size_t count = hidden + 1;
    for (std::size_t l = 0; l < layers; ++l) count += weights_in(l);
    return count;
  }
};

// One layer's part of the weights.
struct LayerWeights {
  std::size_t inputs, moving, hidden;
  const float *input, *recurrent, *input_bias, *recurrent_bias, *h0, *c0;

  LayerWeights(const RecurrentShape& shape, std::size_t layer, const float* weights)
      : inputs(shape.inputs_of(layer)), moving(shape.moving_inputs_of(layer)), hidden(shape.hidden) {
    const std::size_t rows = shape.gates() * hidden;
    input = weights;
    recurrent = input + rows * inputs;
    input_bias = recurrent + rows * hidden;
    recurrent_bias = input_bias + rows;
    h0 = recurrent_bias + rows;
    c0 = h0 + hidden;
  }
};

}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
