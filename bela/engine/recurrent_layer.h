// One layer of an LSTM or a GRU, run in chunks of samples.
// Threads: load() runs in setup() and may fail. All else runs in render(): no allocation, lock, I/O or throw.
#pragma once

#include <cstddef>
#include <cstring>

#include "gate_layout.h"
#include "recurrent_large.h"
#include "recurrent_shape.h"
#include "recurrent_small.h"
#include "recurrent_state.h"
#include "vectors.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {

// Calls visitor.visit<SmallLayer>() for the way to run that many groups and such a remainder; false: too
// large.
template <class Cell, class Visitor>
bool visit_small_layer(const GateLayout& layout, Visitor visitor) {
  switch (10 * layout.groups + layout.slots_per_vector) {
    case 2:
      visitor.template visit<SmallLayer<Cell, 0, 2>>();
      return true;
    case 10:
      visitor.template visit<SmallLayer<Cell, 1, 0>>();
      return true;
    case 12:
      visitor.template visit<SmallLayer<Cell, 1, 2>>();
      return true;
    case 20:
      visitor.template visit<SmallLayer<Cell, 2, 0>>();
      return true;
    case 22:
      visitor.template visit<SmallLayer<Cell, 2, 2>>();
      return true;
    case 30:
      visitor.template visit<SmallLayer<Cell, 3, 0>>();
      return true;
#if defined(TONEZOO_AVX512)
    case 4:
      visitor.template visit<SmallLayer<Cell, 0, 4>>();
      return true;
    case 14:
      visitor.template visit<SmallLayer<Cell, 1, 4>>();
      return true;
    case 24:
      visitor.template visit<SmallLayer<Cell, 2, 4>>();
      return true;
#endif
    default:
      return false;
  }
}

template <class Cell>
class RecurrentLayer {
 public:
  // False when there is no memory; the layer is then of no use.
  bool load(const LayerWeights& w) {
    GateLayout layout(w.hidden, true);
    small_ = visit_small_layer<Cell>(layout, Choose{this});
    if (!small_) layout = GateLayout(w.hidden, false);
    inputs_ = w.inputs;
    drive_size_ = layout.vectors() * Float::kLanes;
    state_.hidden = w.hidden;
    state_.units = layout.units();
    if (!allocate(drive_size_ * w.hidden) || !large_.plan(layout, state_.weights.data())) return false;
    pack(layout, w);
    std::memcpy(h0_.data(), w.h0, w.hidden * sizeof(float));
    for (std::size_t u = 0; Cell::kHasCellState && u < w.hidden; ++u)
      c0_.data()[u] = Cell::kCellScale * w.c0[u];
    hold(nullptr);
    reset();
    return true;
  }

  // Constant values for all inputs but the first, which is the audio; nullptr: zeros.
  void hold(const float* values) noexcept {
    std::memcpy(drive_.data(), bias_.data(), drive_size_ * sizeof(float));
    if (values != nullptr) add_inputs(values, 1, drive_.data());
  }

  void reset() noexcept {
    std::memcpy(state_.rows.data(), h0_.data(), state_.units * sizeof(float));
    std::memcpy(state_.c.data(), c0_.data(), state_.units * sizeof(float));
    large_.reset();
  }

  // The first layer: audio x, at most kChunk frames, and what is held.
  void process(const float* x, std::size_t frames) noexcept {
    run(RecurrentInput{x, drive_.data(), 0, frames});
  }

  // The first layer again: one frame in which all inputs are new.
  void step(const float* inputs) noexcept {
    hold(inputs + 1);
    process(inputs, 1);
  }

  // Any other: all inputs are the h of the layer below.
  void process(const RecurrentLayer& below, std::size_t frames) noexcept {
    static const float kNoAudio[kChunk] = {};
    for (std::size_t t = 0; t < frames; ++t) {
      float* const drive = drive_.data() + t * drive_size_;
      std::memcpy(drive, bias_.data(), drive_size_ * sizeof(float));
      add_inputs(below.h(t), 0, drive);
    }
    run(RecurrentInput{kNoAudio, drive_.data(), drive_size_, frames});
  }

  // h of a frame of the chunk just processed.
  const float* h(std::size_t frame) const noexcept { return state_.before(frame + 1); }
  std::size_t units() const { return state_.units; }

  // The chunk's last h becomes what was before the next.
  void advance(std::size_t frames) noexcept {
    std::memcpy(state_.rows.data(), h(frames - 1), state_.units * sizeof(float));
  }

 private:
  using Run = void (*)(RecurrentState&, const RecurrentInput&);
  struct Choose {
    RecurrentLayer* layer;
    template <class Small>
    void visit() const {
      layer->run_small_ = &Small::run;
    }
  };
  template <typename Weight>
  struct Pack {
    const GateLayout& layout;
    const Weight& weight;
    float* to;
    template <class Small>
    void visit() const {
      Small::pack(layout, weight, to);
    }
  };

  bool allocate(std::size_t weights) {
    const std::size_t units = state_.units;
    return state_.weights.resize(weights) && state_.audio.resize(drive_size_) && state_.c.resize(units) &&
           state_.rows.resize((kChunk + 1) * units) && bias_.resize(drive_size_) &&
           inputs_weights_.resize(inputs_ * drive_size_) && drive_.resize(kChunk * drive_size_) &&
           h0_.resize(units) && c0_.resize(units);
  }

  void pack(const GateLayout& layout, const LayerWeights& w) {
    const auto recurrent = [&](int slot, std::size_t unit, std::size_t k) {
      const int row = Cell::recurrent_row(slot);
      return row < 0 ? 0.0f : Cell::scale(slot) * w.recurrent[(row * w.hidden + unit) * w.hidden + k];
    };
    const auto bias = [&](int slot, std::size_t unit) {
      const int in = Cell::input_row(slot), own = Cell::recurrent_row(slot);
      const float sum = (in < 0 ? 0.0f : w.input_bias[in * w.hidden + unit]) +
                        (own < 0 ? 0.0f : w.recurrent_bias[own * w.hidden + unit]);
      return Cell::scale(slot) * sum;
    };
    if (!visit_small_layer<Cell>(layout, Pack<decltype(recurrent)>{layout, recurrent, state_.weights.data()}))
      large_.pack(layout, recurrent, state_.weights.data());
    layout.write(bias_.data(), 0, layout.vectors(), bias);
    for (std::size_t n = 0; n < inputs_; ++n) {
      layout.write(
          inputs_weights_.data() + n * drive_size_, 0, layout.vectors(), [&](int slot, std::size_t unit) {
            const int row = Cell::input_row(slot);
            return row < 0 ? 0.0f : Cell::scale(slot) * w.input[(row * w.hidden + unit) * w.inputs + n];
          });
    }
    std::memcpy(state_.audio.data(), inputs_weights_.data(), drive_size_ * sizeof(float));
  }

  // drive += weights * values, for inputs first.. on; values[0] belongs to input `first`.
  void add_inputs(const float* values, std::size_t first, float* drive) const noexcept {
    add_product(drive, inputs_weights_.data() + first * drive_size_, values, inputs_ - first, drive_size_);
  }

  void run(const RecurrentInput& input) noexcept {
    if (small_)
      run_small_(state_, input);
    else
      large_.run(state_, input);
  }

  RecurrentState state_;
  LargeLayer<Cell> large_;
  Run run_small_ = nullptr;
  bool small_ = false;
  std::size_t inputs_ = 0, drive_size_ = 0;
  AlignedFloats bias_, inputs_weights_, drive_, h0_, c0_;
};

}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
