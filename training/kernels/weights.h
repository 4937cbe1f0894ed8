// The weights of one recurrent layer, packed for slices of kVectors vectors.
// Threads: pack() writes; everything else may read from many threads.
#pragma once

#include <cstddef>
#include <vector>

#include "training/kernels/product.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {
namespace training {

// Arrays in PyTorch's layout, R gate rows: w_ih [R H][I], w_hh [R H][H], b_ih [R H], b_hh [R H]; head [H] or
// null.
struct Weights {
  const float *w_ih, *w_hh, *b_ih, *b_hh, *head;
  float head_bias;
};

template <class Cell, std::size_t kVectors>
struct PackedWeights {
  std::size_t inputs = 0, hidden = 0;
  PackedMatrix<kVectors> gates;     // row j R + r: unit j's gate r, scaled; columns: h, x, 1
  PackedMatrix<kVectors> to_state;  // its transpose's rows for h
  PackedMatrix<kVectors> to_input;  // and for x
  std::vector<float> apart;         // [H][I + 1], where a cell keeps its last row's W_ih x + b_ih apart
  std::vector<float> head;          // [H], empty without a head
  float head_bias = 0.0f;

  void pack(std::size_t num_inputs, std::size_t num_hidden, const Weights& w) {
    constexpr std::size_t R = Cell::kRows;
    inputs = num_inputs;
    hidden = num_hidden;
    const auto of_input = [&](std::size_t r) { return !Cell::kLastRowApart || r + 1 < R; };
    const auto at = [&](std::size_t row, std::size_t k) {
      const std::size_t j = row / R, r = row % R, theirs = r * hidden + j;
      if (k < hidden) return w.w_hh[theirs * hidden + k];
      if (k < hidden + inputs) return of_input(r) ? w.w_ih[theirs * inputs + k - hidden] : 0.0f;
      return w.b_hh[theirs] + (of_input(r) ? w.b_ih[theirs] : 0.0f);
    };
    gates.pack(R * hidden, hidden + inputs + 1,
               [&](std::size_t row, std::size_t k) { return Cell::kScale[row % R] * at(row, k); });
    to_state.pack(hidden, R * hidden, [&](std::size_t k, std::size_t row) { return at(row, k); });
    to_input.pack(inputs, R * hidden, [&](std::size_t i, std::size_t row) { return at(row, hidden + i); });
    apart.clear();
    for (std::size_t row = (R - 1) * hidden; Cell::kLastRowApart && row < R * hidden; ++row) {
      apart.insert(apart.end(), w.w_ih + row * inputs, w.w_ih + (row + 1) * inputs);
      apart.push_back(w.b_ih[row]);
    }
    head.assign(w.head, w.head ? w.head + hidden : w.head);
    head_bias = w.head_bias;
  }
};

}  // namespace training
}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
