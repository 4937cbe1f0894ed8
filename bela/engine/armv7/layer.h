// One layer of an LSTM or a GRU on a Cortex-A8: what RecurrentLayer is elsewhere, member for member.
// Threads: load() runs in setup() and may fail. All else runs in render(): no allocation, lock, I/O or throw.
//
// Units go in groups of four, groups in pairs; an odd group comes last, by itself. For each sample first all
// products, then all gates: each is one piece of assembly that goes over the blocks by itself.
#pragma once

#include <cstddef>
#include <cstring>

#include "../aligned.h"
#include "../gru_cell.h"
#include "../lstm_cell.h"
#include "../recurrent_shape.h"
#include "../recurrent_state.h"
#include "gru_gates.h"
#include "lstm_gates.h"
#include "segment.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {
namespace armv7 {

template <class Cell>
struct GatesOf;
template <>
struct GatesOf<LstmCell> {
  using Gates = LstmGates;
};
template <>
struct GatesOf<GruCell> {
  using Gates = GruGates;
};

template <class Cell>
class Layer {
 public:
  // False when there is no memory; the layer is then of no use.
  bool load(const LayerWeights& w) {
    hidden_ = w.hidden;
    inputs_ = w.inputs;
    moving_ = w.moving;
    units_ = (hidden_ + kLanes - 1) / kLanes * kLanes;
    pairs_ = units_ / kPair;
    odd_ = units_ % kPair != 0;
    if (!allocate()) return false;
    pack(w);
    std::memcpy(h0_.data(), w.h0, hidden_ * sizeof(float));
    for (std::size_t u = 0; Cell::kHasCellState && u < hidden_; ++u)
      c0_.data()[u] = Cell::kCellScale * w.c0[u];
    hold(nullptr);
    reset();
    return true;
  }

  // Constant values for the inputs after those that move; nullptr: zeros.
  void hold(const float* values) noexcept {
    std::memcpy(drive_.data(), bias_.data(), kSlots * units_ * sizeof(float));
    for (std::size_t n = 0; values != nullptr && n < inputs_ - moving_; ++n) {
      const float* const weights = held_.data() + n * kSlots * units_;
      for (std::size_t i = 0; i < kSlots * units_; ++i) drive_.data()[i] += values[n] * weights[i];
    }
  }

  void reset() noexcept {
    std::memcpy(rows_.data(), h0_.data(), units_ * sizeof(float));
    std::memcpy(c_.data(), c0_.data(), units_ * sizeof(float));
  }

  // The first layer: at most kChunk frames of what moves, one after the other.
  void process(const float* x, std::size_t frames) noexcept { run(x, moving_, frames); }
  // The first layer again: one frame in which all inputs are new.
  void step(const float* inputs) noexcept { run(inputs, moving_, 1); }
  // Any other: all inputs are the h of the layer below.
  void process(const Layer& below, std::size_t frames) noexcept { run(below.h(0), below.units_, frames); }

  // h of a frame of the chunk just processed.
  const float* h(std::size_t frame) const noexcept { return rows_.data() + (frame + 1) * units_; }
  std::size_t units() const { return units_; }

  // The chunk's last h becomes what was before the next.
  void advance(std::size_t frames) noexcept {
    std::memcpy(rows_.data(), h(frames - 1), units_ * sizeof(float));
  }

 private:
  using Gates = typename GatesOf<Cell>::Gates;
  using Product = typename Gates::Product;
  static constexpr std::size_t kLanes = 4, kPair = 2 * kLanes, kSlots = 4;

  bool allocate() {
    const std::size_t columns = kSlots * units_;  // of a row, at most
    return weights_.resize(columns * (moving_ + hidden_) + kReadAhead) && bias_.resize(columns) &&
           held_.resize(columns * (inputs_ - moving_)) && drive_.resize(columns) && e_.resize(columns) &&
           rows_.resize((kChunk + 1) * units_) && c_.resize(units_) && h0_.resize(units_) &&
           c0_.resize(units_);
  }

  // Writes value(slot, unit) for each slot that `has` of `groups` groups from unit `first` on.
  template <typename Has, typename Value>
  float* write(float* to, std::size_t first, std::size_t groups, const Has& has, const Value& value) const {
    for (int slot = 0; slot < static_cast<int>(kSlots); ++slot) {
      for (std::size_t lane = 0; has(slot) && lane < groups * kLanes; ++lane) {
        const std::size_t unit = first + lane;
        *to++ = unit < hidden_ ? Cell::scale(slot) * value(slot, unit) : 0.0f;
      }
    }
    return to;
  }

  void pack(const LayerWeights& w) {
    const auto any = [](int) { return true; };
    const auto has_input = [](int slot) { return Cell::input_row(slot) >= 0; };
    const auto is_recurrent = [](int slot) { return Cell::recurrent_row(slot) >= 0; };
    const auto input = [&](int slot, std::size_t unit, std::size_t n) {
      const int row = Cell::input_row(slot);
      return row < 0 ? 0.0f : w.input[(row * hidden_ + unit) * inputs_ + n];
    };
    const auto bias = [&](int slot, std::size_t unit) {
      const int in = Cell::input_row(slot), own = Cell::recurrent_row(slot);
      return (in < 0 ? 0.0f : w.input_bias[in * hidden_ + unit]) +
             (own < 0 ? 0.0f : w.recurrent_bias[own * hidden_ + unit]);
    };
    float *weights = weights_.data(), *biases = bias_.data(), *held = held_.data();
    for (std::size_t first = 0; first < units_; first += kPair) {
      const std::size_t groups = units_ - first >= kPair ? 2 : 1;
      biases = write(biases, first, groups, any, bias);
      for (std::size_t n = 0; n < moving_; ++n)
        weights = write(weights, first, groups, has_input,
                        [&](int slot, std::size_t unit) { return input(slot, unit, n); });
      for (std::size_t k = 0; k < hidden_; ++k)
        weights = write(weights, first, groups, is_recurrent, [&](int slot, std::size_t unit) {
          return w.recurrent[(Cell::recurrent_row(slot) * hidden_ + unit) * hidden_ + k];
        });
      for (std::size_t n = moving_; n < inputs_; ++n)
        write(held + (n - moving_) * kSlots * units_ + kSlots * first, first, groups, any,
              [&](int slot, std::size_t unit) { return input(slot, unit, n); });
      if (first == 0) {
        rows_of_pair_ = static_cast<std::size_t>(weights - weights_.data());
      }
    }
  }

  void run(const float* x, std::size_t step, std::size_t frames) noexcept {
    Segments segments = {segment_of(moving_), segment_of(hidden_)};
    float* const e = e_.data();
    const std::size_t paired = pairs_ * kPair;
    for (std::size_t t = 0; t < frames; ++t, x += step) {
      const float* const h = rows_.data() + t * units_;
      float* const after = rows_.data() + (t + 1) * units_;
      segments.inputs.point_at(x);
      segments.recurrent.point_at(h);
      if (pairs_ != 0) {
        Product::pairs(segments, weights_.data(), drive_.data(), e, pairs_);
        Gates::run_pairs(e, c_.data(), h, after, pairs_);
      }
      if (odd_) {
        Product::single(segments, weights_.data() + pairs_ * rows_of_pair_, drive_.data() + kSlots * paired,
                        e);
        Gates::run_single(e, c_.data() + paired, h + paired, after + paired);
      }
    }
  }

  std::size_t hidden_ = 0, inputs_ = 0, moving_ = 0, units_ = 0;
  std::size_t pairs_ = 0, rows_of_pair_ = 0;
  bool odd_ = false;
  AlignedFloats weights_, bias_, held_, drive_, e_, rows_, c_, h0_, c0_;
};

}  // namespace armv7
}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
