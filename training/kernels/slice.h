// Forward and backward through time for one slice of the batch: kVectors SIMD vectors of sequences at once.
// Threads: one slice belongs to one thread.
//
// The batch is the SIMD axis, so every step is the same arithmetic on all lanes, and a weight is a broadcast.
// Arrays are [time][feature][lane]. What backward needs is kept on the tape; backward overwrites it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "training/kernels/buffer.h"
#include "training/kernels/cells.h"
#include "training/kernels/weights.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {
namespace training {

// What one slice keeps between forward and backward, and the gradients it leaves.
struct Tape {
  Buffer x, saved, c, h, y;    // [T][I], [T][H][saved], [T + 1][H], [T + 1][H], [T]
  Buffer dy, dh_sequence, dx;  // [T], [T][H], [T][I]
  Buffer dh, dc;               // [H]: running gradients; at the end those of the first state
  Buffer grad_recurrent, grad_input, grad_recurrent_bias, grad_input_bias, grad_head;  // vectors, lanes apart
};

template <class Cell, std::size_t kVectors>
class Slice {
 public:
  static constexpr std::size_t kWidth = kVectors * kLanes;

  Slice(const PackedWeights& weights, Tape& tape, std::size_t steps)
      : w_(weights), tape_(tape), steps_(steps), inputs_(weights.inputs), hidden_(weights.hidden) {}

  // Needs tape.x and row 0 of tape.h (and c); fills h, c, saved and, with a head, y.
  void forward() {
    for (std::size_t t = 0; t < steps_; ++t) {
      const float* h = tape_.h.at(t * hidden_ * kWidth);
      float* h_next = tape_.h.at((t + 1) * hidden_ * kWidth);
      for (std::size_t j = 0; j < hidden_; ++j) forward_unit(t, j, h, h_next);
      if (!w_.head.empty()) apply_head(h_next, tape_.y.at(t * kWidth));
    }
  }

  // Needs dy (with a head) or dh_sequence, and the last state's gradients in dh and dc.
  void backward(bool with_head, bool with_dx) {
    constexpr std::size_t kBlock = 16;  // steps whose gate gradients stay in the cache for the weights' share
    clear_gradients();
    for (std::size_t end = steps_; end > 0;) {
      const std::size_t begin = end > kBlock ? end - kBlock : 0;
      for (std::size_t t = end; t-- > begin;) backward_step(t, with_head, with_dx);
      for (std::size_t j = 0; j < hidden_; ++j) accumulate_unit(j, begin, end);
      if (with_head) accumulate_head(begin, end);
      end = begin;
    }
  }

 private:
  static constexpr int kRows = Cell::kRows;
  static constexpr int kSaved = Cell::kSaved;
  using Row = Floats[kVectors];

  static TONEZOO_INLINE Floats get(const float* p, std::size_t n) {
    return *reinterpret_cast<const Floats*>(p + n * kLanes);
  }
  static TONEZOO_INLINE void put(float* p, std::size_t n, Floats v) {
    *reinterpret_cast<Floats*>(p + n * kLanes) = v;
  }
  float* saved_at(std::size_t t, std::size_t j) {
    return tape_.saved.at((t * hidden_ + j) * kSaved * kWidth);
  }

  TONEZOO_INLINE void forward_unit(std::size_t t, std::size_t j, const float* h, float* h_next) {
    Floats recurrent[kRows][kVectors], input[kRows][kVectors];
    for (int r = 0; r < kRows; ++r)
      for (std::size_t n = 0; n < kVectors; ++n) recurrent[r][n] = all(w_.recurrent_bias[j * kRows + r]);
    const float* w = &w_.recurrent[j * hidden_ * kRows];
    for (std::size_t k = 0; k < hidden_; ++k, w += kRows, h += kWidth)
      for (int r = 0; r < kRows; ++r)
        for (std::size_t n = 0; n < kVectors; ++n) recurrent[r][n] += w[r] * get(h, n);
    h -= hidden_ * kWidth;

    for (int r = 0; r < kRows; ++r)
      for (std::size_t n = 0; n < kVectors; ++n) input[r][n] = all(w_.input_bias[j * kRows + r]);
    w = &w_.input[j * inputs_ * kRows];
    const float* x = tape_.x.at(t * inputs_ * kWidth);
    for (std::size_t i = 0; i < inputs_; ++i, w += kRows, x += kWidth)
      for (int r = 0; r < kRows; ++r)
        for (std::size_t n = 0; n < kVectors; ++n) input[r][n] += w[r] * get(x, n);

    float* saved = saved_at(t, j);
    const std::size_t now = (t * hidden_ + j) * kWidth, next = now + hidden_ * kWidth;
    for (std::size_t n = 0; n < kVectors; ++n) {
      Floats a[kRows], b[kRows], kept[kSaved];
      for (int r = 0; r < kRows; ++r) {
        a[r] = recurrent[r][n];
        b[r] = input[r][n];
      }
      Floats c = Cell::kHasCellState ? get(tape_.c.at(now), n) : Floats{};
      put(h_next + j * kWidth, n, Cell::forward(a, b, kept, c, get(h + j * kWidth, n)));
      if (Cell::kHasCellState) put(tape_.c.at(next), n, c);
      for (int s = 0; s < kSaved; ++s) put(saved + s * kWidth, n, kept[s]);
    }
  }

  TONEZOO_INLINE void apply_head(const float* h, float* y) const {
    Row total;
    for (std::size_t n = 0; n < kVectors; ++n) total[n] = all(w_.head_bias);
    for (std::size_t j = 0; j < hidden_; ++j, h += kWidth)
      for (std::size_t n = 0; n < kVectors; ++n) total[n] += w_.head[j] * get(h, n);
    for (std::size_t n = 0; n < kVectors; ++n) put(y, n, total[n]);
  }

  TONEZOO_INLINE void backward_step(std::size_t t, bool with_head, bool with_dx) {
    const float* dy = with_head ? tape_.dy.at(t * kWidth) : nullptr;
    for (std::size_t j = 0; j < hidden_; ++j) {
      float* saved = saved_at(t, j);
      const std::size_t now = (t * hidden_ + j) * kWidth;
      for (std::size_t n = 0; n < kVectors; ++n) {
        Floats kept[kSaved];
        for (int s = 0; s < kSaved; ++s) kept[s] = get(saved + s * kWidth, n);
        Floats d = get(tape_.dh.at(j * kWidth), n);
        d += with_head ? w_.head[j] * get(dy, n) : get(tape_.dh_sequence.at(now), n);
        Floats dc = get(tape_.dc.at(j * kWidth), n);
        const Floats c = Cell::kHasCellState ? get(tape_.c.at(now), n) : Floats{};
        const Floats direct = Cell::backward(kept, c, get(tape_.h.at(now), n), d, dc);
        put(tape_.dc.at(j * kWidth), n, dc);
        put(tape_.dh.at(j * kWidth), n, direct);
        for (int s = 0; s < kSaved; ++s) put(saved + s * kWidth, n, kept[s]);
      }
    }
    std::size_t k = 0;
    for (; k + 4 <= hidden_; k += 4) pull_back<4>(t, k);
    for (; k < hidden_; ++k) pull_back<1>(t, k);
    if (with_dx) pull_back_input(t);
  }

  // dh[k ...] += W_hh^T dz for kUnits units of the earlier step.
  template <std::size_t kUnits>
  TONEZOO_INLINE void pull_back(std::size_t t, std::size_t k) {
    Floats total[kUnits][kVectors];
    for (std::size_t u = 0; u < kUnits; ++u)
      for (std::size_t n = 0; n < kVectors; ++n) total[u][n] = get(tape_.dh.at((k + u) * kWidth), n);
    const std::size_t row_length = hidden_ * kRows;
    const float* w = &w_.recurrent_transposed[k * row_length];
    const float* dz = saved_at(t, 0);
    for (std::size_t j = 0; j < hidden_; ++j, w += kRows, dz += kSaved * kWidth)
      for (int r = 0; r < kRows; ++r)
        for (std::size_t n = 0; n < kVectors; ++n) {
          const Floats z = get(dz + r * kWidth, n);
          for (std::size_t u = 0; u < kUnits; ++u) total[u][n] += w[u * row_length + r] * z;
        }
    for (std::size_t u = 0; u < kUnits; ++u)
      for (std::size_t n = 0; n < kVectors; ++n) put(tape_.dh.at((k + u) * kWidth), n, total[u][n]);
  }

  void pull_back_input(std::size_t t) {
    for (std::size_t i = 0; i < inputs_; ++i) {
      Row total = {};
      const float* dz = saved_at(t, 0);
      for (std::size_t j = 0; j < hidden_; ++j, dz += kSaved * kWidth)
        for (int r = 0; r < kRows; ++r)
          for (std::size_t n = 0; n < kVectors; ++n)
            total[n] += w_.input[(j * inputs_ + i) * kRows + r] * get(dz + Cell::kInputSlot[r] * kWidth, n);
      for (std::size_t n = 0; n < kVectors; ++n) put(tape_.dx.at((t * inputs_ + i) * kWidth), n, total[n]);
    }
  }

  // The weights' gradients are sums over time and lanes; lanes stay apart until the end.
  void accumulate_unit(std::size_t j, std::size_t begin, std::size_t end) {
    constexpr std::size_t kTile =
        kLanes >= 16 ? 4 : 2;  // units whose sums fit the registers beside four rows
    std::size_t k = 0;
    for (; k + kTile <= hidden_; k += kTile) accumulate_recurrent<kTile>(j, k, begin, end);
    for (; k < hidden_; ++k) accumulate_recurrent<1>(j, k, begin, end);
    for (std::size_t i = 0; i < inputs_; ++i) accumulate_input(j, i, begin, end);
    accumulate_biases(j, begin, end);
  }

  template <std::size_t kTile>
  TONEZOO_INLINE void accumulate_recurrent(std::size_t j, std::size_t k, std::size_t begin, std::size_t end) {
    float* out = tape_.grad_recurrent.at((j * hidden_ + k) * kRows * kLanes);
    Floats total[kTile][kRows];
    for (std::size_t u = 0; u < kTile; ++u)
      for (int r = 0; r < kRows; ++r) total[u][r] = get(out, u * kRows + r);
    const float* dz = saved_at(begin, j);
    const float* h = tape_.h.at((begin * hidden_ + k) * kWidth);
    for (std::size_t t = begin; t < end; ++t, dz += hidden_ * kSaved * kWidth, h += hidden_ * kWidth)
      for (std::size_t n = 0; n < kVectors; ++n)
        for (int r = 0; r < kRows; ++r) {
          const Floats z = get(dz + r * kWidth, n);
          for (std::size_t u = 0; u < kTile; ++u) total[u][r] += z * get(h + u * kWidth, n);
        }
    for (std::size_t u = 0; u < kTile; ++u)
      for (int r = 0; r < kRows; ++r) put(out, u * kRows + r, total[u][r]);
  }

  void accumulate_input(std::size_t j, std::size_t i, std::size_t begin, std::size_t end) {
    float* out = tape_.grad_input.at((j * inputs_ + i) * kRows * kLanes);
    for (int r = 0; r < kRows; ++r) {
      Floats total = get(out, r);
      for (std::size_t t = begin; t < end; ++t)
        for (std::size_t n = 0; n < kVectors; ++n)
          total += get(saved_at(t, j) + Cell::kInputSlot[r] * kWidth, n) *
                   get(tape_.x.at((t * inputs_ + i) * kWidth), n);
      put(out, r, total);
    }
  }

  void accumulate_biases(std::size_t j, std::size_t begin, std::size_t end) {
    for (int r = 0; r < kRows; ++r) {
      Floats recurrent = get(tape_.grad_recurrent_bias.at((j * kRows + r) * kLanes), 0);
      Floats input = get(tape_.grad_input_bias.at((j * kRows + r) * kLanes), 0);
      for (std::size_t t = begin; t < end; ++t)
        for (std::size_t n = 0; n < kVectors; ++n) {
          recurrent += get(saved_at(t, j) + r * kWidth, n);
          input += get(saved_at(t, j) + Cell::kInputSlot[r] * kWidth, n);
        }
      put(tape_.grad_recurrent_bias.at((j * kRows + r) * kLanes), 0, recurrent);
      put(tape_.grad_input_bias.at((j * kRows + r) * kLanes), 0, input);
    }
  }

  void accumulate_head(std::size_t begin, std::size_t end) {
    for (std::size_t j = 0; j <= hidden_; ++j) {  // entry `hidden_` is the bias
      Floats total = get(tape_.grad_head.at(j * kLanes), 0);
      for (std::size_t t = begin; t < end; ++t)
        for (std::size_t n = 0; n < kVectors; ++n) {
          const Floats dy = get(tape_.dy.at(t * kWidth), n);
          total += j < hidden_ ? dy * get(tape_.h.at(((t + 1) * hidden_ + j) * kWidth), n) : dy;
        }
      put(tape_.grad_head.at(j * kLanes), 0, total);
    }
  }

  void clear_gradients() {
    tape_.grad_recurrent.zeros(hidden_ * hidden_ * kRows * kLanes);
    tape_.grad_input.zeros(hidden_ * inputs_ * kRows * kLanes);
    tape_.grad_recurrent_bias.zeros(hidden_ * kRows * kLanes);
    tape_.grad_input_bias.zeros(hidden_ * kRows * kLanes);
    tape_.grad_head.zeros((hidden_ + 1) * kLanes);
  }

  const PackedWeights& w_;
  Tape& tape_;
  std::size_t steps_, inputs_, hidden_;
};

}  // namespace training
}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
