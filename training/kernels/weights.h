// The weights of one recurrent layer, repacked so that the training kernels read them in order.
// Threads: pack() writes; everything else may read from many threads.
#pragma once

#include <cstddef>
#include <vector>

namespace tonezoo {
inline namespace TONEZOO_SIMD {
namespace training {

// Row j * R + r of the packed order is PyTorch's row r * H + j: the gates of one unit lie together.
struct PackedWeights {
  std::size_t inputs = 0, hidden = 0, rows = 0;
  std::vector<float> recurrent;                   // [unit][k][row]: forward walks k
  std::vector<float> recurrent_transposed;        // [k][unit][row]: backward walks units
  std::vector<float> input;                       // [unit][input][row]
  std::vector<float> recurrent_bias, input_bias;  // [unit][row]
  std::vector<float> head;                        // [unit], empty without a head
  float head_bias = 0.0f;

  // Arrays in PyTorch's layout: w_ih [R H][I], w_hh [R H][H], b_ih [R H], b_hh [R H]; head [H] or null.
  void pack(std::size_t num_rows, std::size_t num_inputs, std::size_t num_hidden, const float* w_ih,
            const float* w_hh, const float* b_ih, const float* b_hh, const float* head_weight, float bias) {
    rows = num_rows;
    inputs = num_inputs;
    hidden = num_hidden;
    recurrent.resize(hidden * hidden * rows);
    recurrent_transposed.resize(hidden * hidden * rows);
    input.resize(hidden * inputs * rows);
    recurrent_bias.resize(hidden * rows);
    input_bias.resize(hidden * rows);
    for (std::size_t j = 0; j < hidden; ++j) {
      for (std::size_t r = 0; r < rows; ++r) {
        const std::size_t row = r * hidden + j;
        for (std::size_t k = 0; k < hidden; ++k) {
          recurrent[(j * hidden + k) * rows + r] = w_hh[row * hidden + k];
          recurrent_transposed[(k * hidden + j) * rows + r] = w_hh[row * hidden + k];
        }
        for (std::size_t i = 0; i < inputs; ++i) input[(j * inputs + i) * rows + r] = w_ih[row * inputs + i];
        recurrent_bias[j * rows + r] = b_hh[row];
        input_bias[j * rows + r] = b_ih[row];
      }
    }
    head.assign(head_weight, head_weight ? head_weight + hidden : head_weight);
    head_bias = bias;
  }
};

}  // namespace training
}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
