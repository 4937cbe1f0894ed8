// Forward and backward through time for one slice of the batch: kVectors SIMD vectors of sequences at once.
// Threads: one slice belongs to one thread.
//
// The batch is the SIMD axis, so every step is the same arithmetic on all lanes, and a weight is a broadcast.
// Arrays are [time][feature][lane]. Forward leaves on the tape what backward needs.
#pragma once

#include <algorithm>
#include <cstddef>

#include "training/kernels/buffer.h"
#include "training/kernels/cells.h"
#include "training/kernels/outer.h"
#include "training/kernels/weights.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {
namespace training {

// What one slice keeps between forward and backward, and the gradients it leaves.
struct Tape {
  Buffer panel;            // [T + 1][H + I + 1]: h, x and 1, what the gate rows are multiplied with
  Buffer saved;            // [T][H][saved]
  Buffer y, dy;            // [T]
  Buffer dh_sequence, dx;  // [T][H], [T][I]
  Buffer c, dc, dh;        // [H]: running state and gradients; at the end dc, dh of the first state
  Buffer slots;            // the same of one step, where it is not written in place
  Buffer gates, dgates;    // [R H] of one step; [block][R H + H] of a block of steps
  Buffer grad, grad_apart, grad_head;  // plain sums: [H + I + 1][R H], [I + 1][H], [H + I + 1]
};

template <class Cell, std::size_t kVectors>
class Slice {
 public:
  static constexpr std::size_t kWidth = kVectors * kLanes;

  Slice(const PackedWeights<Cell, kVectors>& weights, Tape& tape, std::size_t steps)
      : w_(weights), tape_(tape), steps_(steps), inputs_(weights.inputs), hidden_(weights.hidden) {}

  // Needs the tape's panel with x, ones and the first h, and c; fills the panel, saved and, with a head, y.
  // Without `keep`, saved stays empty, and backward cannot follow.
  void forward(bool keep) {
    if (keep) tape_.saved.resize(steps_ * step_size());
    tape_.slots.resize(step_size());
    tape_.gates.resize(std::max(w_.gates.padded_rows(), w_.to_input.padded_rows()) * kWidth);
    const bool past_caches = keep && steps_ * step_size() > kCachedFloats;
    for (std::size_t t = 0; t < steps_; ++t) {
      float *now = panel(t), *next = panel(t + 1);
      float* slots = keep && !past_caches ? saved(t) : tape_.slots.at(0);
      w_.gates.multiply(now, tape_.gates.at(0));
      for (std::size_t j = 0; j < hidden_; ++j) first_half(j, now, slots + j * unit_size());
      for (std::size_t j = 0; j < hidden_; ++j) {
        second_half(j, now, next, slots + j * unit_size());
        if (past_caches) copy_past_caches(slots + j * unit_size(), saved(t) + j * unit_size());
      }
      if (!w_.head.empty()) apply_head(next, tape_.y.at(t * kWidth));
    }
  }

  // Needs dy (with a head) or dh_sequence, and the last state's gradients in dh and dc.
  void backward(bool with_head, bool with_dx) {
    clear_gradients();
    const std::size_t block = std::clamp<std::size_t>(kBlockFloats / dgates_stride(), 8, 64);
    tape_.dgates.resize(block * dgates_stride());
    for (std::size_t end = steps_; end > 0;) {
      const std::size_t begin = end > block ? end - block : 0;
      for (std::size_t t = end; t-- > begin;) {
        float* dgates = tape_.dgates.at((t - begin) * dgates_stride());
        backward_units(t, with_head, dgates);
        w_.to_state.multiply_add(dgates, tape_.dh.at(0), saved(t > 0 ? t - 1 : 0), step_size());
        if (with_dx) pull_back_input(t, dgates);
      }
      accumulate(begin, end, with_head);
      end = begin;
    }
  }

  std::size_t columns() const { return hidden_ + inputs_ + 1; }

 private:
  static constexpr std::size_t kRows = Cell::kRows;
  static constexpr std::size_t kSaved = Cell::kSaved;
  static constexpr std::size_t kCachedFloats = 4 << 20;  // of a tape; a longer one is written past the caches
  static constexpr std::size_t kBlockFloats = 96 * 1024;  // gate gradients that stay in the second cache
  using Outer = OuterProducts<kVectors>;

  float* panel(std::size_t t) { return tape_.panel.at(t * columns() * kWidth); }
  float* saved(std::size_t t) { return tape_.saved.at(t * step_size()); }
  static constexpr std::size_t unit_size() { return kSaved * kWidth; }
  std::size_t step_size() const { return hidden_ * unit_size(); }

  // A few floats more than a step needs, so that steps do not fall on the same lines of the cache.
  std::size_t dgates_stride() const {
    return (kRows + (Cell::kLastRowApart ? 1 : 0)) * hidden_ * kWidth + 16;
  }

  TONEZOO_INLINE void first_half(std::size_t j, const float* now, float* slots) {
    const float* gates = tape_.gates.at(j * kRows * kWidth);
    float* state = tape_.c.at(j * kWidth);
    for (std::size_t n = 0; n < kVectors; ++n) {
      Floats gate[kRows], kept[kSaved], c = {};
      for (std::size_t r = 0; r < kRows; ++r) gate[r] = get(gates + r * kWidth, n);
      if (Cell::kHasCellState) c = get(state, n);
      Cell::first_half(gate, Cell::kLastRowApart ? input_apart(now, j, n) : Floats{}, c, kept);
      if (Cell::kHasCellState) put(state, n, c);
      for (std::size_t s = 0; s < kSaved; ++s)
        if (s != Cell::kLateSlot || !Cell::kHasCellState) put(slots + s * kWidth, n, kept[s]);
    }
  }

  TONEZOO_INLINE void second_half(std::size_t j, const float* now, float* next, float* slots) {
    float* state = tape_.c.at(j * kWidth);
    for (std::size_t n = 0; n < kVectors; ++n) {
      Floats kept[kSaved];
      for (std::size_t s = 0; s < kSaved; ++s) kept[s] = get(slots + s * kWidth, n);
      const Floats c = Cell::kHasCellState ? get(state, n) : Floats{};
      put(next + j * kWidth, n, Cell::second_half(c, get(now + j * kWidth, n), kept));
      put(slots + Cell::kLateSlot * kWidth, n, kept[Cell::kLateSlot]);
    }
  }

  // One unit's slots at a time, so that whole lines are written.
  TONEZOO_INLINE void copy_past_caches(const float* slots, float* saved) {
    for (std::size_t n = 0; n < kSaved * kVectors; ++n) put_past_caches(saved, n, get(slots, n));
  }

  TONEZOO_INLINE Floats input_apart(const float* now, std::size_t j, std::size_t n) const {
    const float* w = &w_.apart[j * (inputs_ + 1)];
    Floats total = all(w[inputs_]);
    for (std::size_t i = 0; i < inputs_; ++i) total += w[i] * get(now + (hidden_ + i) * kWidth, n);
    return total;
  }

  TONEZOO_INLINE void apply_head(const float* h, float* y) const {
    for (std::size_t n = 0; n < kVectors; ++n) {
      Floats even = all(w_.head_bias), odd = {};
      std::size_t j = 0;
      for (; j + 2 <= hidden_; j += 2) {
        even += w_.head[j] * get(h + j * kWidth, n);
        odd += w_.head[j + 1] * get(h + (j + 1) * kWidth, n);
      }
      if (j < hidden_) even += w_.head[j] * get(h + j * kWidth, n);
      put(y, n, even + odd);
    }
  }

  // dgates from dh, dc and what arrives at this step; leaves in dh what skips the gates.
  TONEZOO_INLINE void backward_units(std::size_t t, bool with_head, float* dgates) {
    const float *now = panel(t), *saved = this->saved(t);
    float *dh = tape_.dh.at(0), *dc = tape_.dc.at(0), *apart_rows = dgates + kRows * hidden_ * kWidth;
    for (std::size_t j = 0; j < hidden_; ++j) {
      const float* slots = saved + j * unit_size();
      for (std::size_t n = 0; n < kVectors; ++n) {
        Floats kept[kSaved], gate[kRows], apart, c_gradient = {};
        for (std::size_t s = 0; s < kSaved; ++s) kept[s] = get(slots + s * kWidth, n);
        Floats d = get(dh + j * kWidth, n);
        d += with_head ? w_.head[j] * get(tape_.dy.at(t * kWidth), n)
                       : get(tape_.dh_sequence.at((t * hidden_ + j) * kWidth), n);
        if (Cell::kHasCellState) c_gradient = get(dc + j * kWidth, n);
        put(dh + j * kWidth, n, Cell::backward(kept, get(now + j * kWidth, n), d, c_gradient, gate, apart));
        if (Cell::kHasCellState) put(dc + j * kWidth, n, c_gradient);
        for (std::size_t r = 0; r < kRows; ++r) put(dgates + (j * kRows + r) * kWidth, n, gate[r]);
        if (Cell::kLastRowApart) put(apart_rows + j * kWidth, n, apart);
      }
    }
  }

  void pull_back_input(std::size_t t, const float* dgates) {
    float* dx = tape_.dx.at(t * inputs_ * kWidth);
    w_.to_input.multiply(dgates, tape_.gates.at(0));
    std::copy_n(tape_.gates.at(0), inputs_ * kWidth, dx);
    if (!Cell::kLastRowApart) return;
    const float* apart = dgates + kRows * hidden_ * kWidth;
    for (std::size_t i = 0; i < inputs_; ++i)
      for (std::size_t j = 0; j < hidden_; ++j)
        for (std::size_t n = 0; n < kVectors; ++n)
          put(dx + i * kWidth, n,
              get(dx + i * kWidth, n) + w_.apart[j * (inputs_ + 1) + i] * get(apart + j * kWidth, n));
  }

  // The weights' gradients are sums over time and lanes.
  void accumulate(std::size_t begin, std::size_t end, bool with_head) {
    const std::size_t stride = columns() * kWidth, steps = end - begin;
    const Panel now = {panel(begin), columns(), stride}, next = {panel(begin + 1), columns(), stride};
    const float* dgates = tape_.dgates.at(0);
    Outer::add({dgates, kRows * hidden_, dgates_stride()}, now, steps, tape_.grad.at(0));
    if (Cell::kLastRowApart) {
      const Panel input = {now.data + hidden_ * kWidth, inputs_ + 1, stride};
      Outer::add({dgates + kRows * hidden_ * kWidth, hidden_, dgates_stride()}, input, steps,
                 tape_.grad_apart.at(0));
    }
    if (with_head) Outer::add({tape_.dy.at(begin * kWidth), 1, kWidth}, next, steps, tape_.grad_head.at(0));
  }

  void clear_gradients() {
    tape_.grad.zeros(kRows * hidden_ * columns());
    tape_.grad_apart.zeros(hidden_ * (inputs_ + 1));
    tape_.grad_head.zeros(columns());
  }

  const PackedWeights<Cell, kVectors>& w_;
  Tape& tape_;
  std::size_t steps_, inputs_, hidden_;
};

}  // namespace training
}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
