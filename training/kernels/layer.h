// One recurrent layer over a batch: cuts the batch into slices, one or more for each thread, and joins the
// results. Threads: one caller at a time; its own crew works for it. backward() follows its forward().
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <tuple>
#include <vector>

#include "training/kernels/crew.h"
#include "training/kernels/slice.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {
namespace training {

// All arrays are PyTorch's, dense, time first: x [T][B][I], states [B][H], y [T][B], sequences [T][B][H].
struct Forward {
  const float *x, *h0, *c0;  // c0 is null for a GRU
  float *y, *sequence;       // y with a head, else sequence; the other is null
  float *h_last, *c_last;
};

struct Backward {
  const float *dy, *dsequence;     // as in Forward
  const float *dh_last, *dc_last;  // null: zero
  float* dx;                       // null: not wanted
  float *dh0, *dc0;
  float *dw_ih, *dw_hh, *db_ih, *db_hh;
  float *dhead, *dhead_bias;  // null without a head
};

template <class Cell>
class Layer {
 public:
  Layer(std::size_t inputs, std::size_t hidden, std::size_t batch, std::size_t threads)
      : inputs_(inputs), hidden_(hidden), batch_(batch) {
    plan(threads);
  }
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;

  // Without `keep` no backward() can follow.
  void forward(std::size_t steps, const Weights& weights, const Forward& io, bool keep) {
    steps_ = steps;
    pack(weights);
    on_every_slice([&](Part& part, auto& packed) {
      prepare(part, packed, io);
      slice(part, packed).forward(keep);
      finish(part, io);
    });
  }

  void backward(const Backward& io) {
    on_every_slice([&](Part& part, auto& packed) {
      prepare(part, io);
      slice(part, packed).backward(io.dhead != nullptr, io.dx != nullptr);
      finish(part, io);
    });
    join_gradients(io);
  }

 private:
  static constexpr std::size_t kMaxVectors = 3;
  static constexpr std::size_t kRows = Cell::kRows;

  struct Part {
    std::size_t first = 0, lanes = 0, vectors = 0;  // sequences first .. first + lanes - 1 of the batch
    Tape tape;
    std::size_t width() const { return vectors * kLanes; }
  };

  // Even shares of vectors for the threads, each cut into slices of at most kMaxVectors.
  void plan(std::size_t threads) {
    const std::size_t vectors = (batch_ + kLanes - 1) / kLanes;
    const std::size_t workers = std::max<std::size_t>(1, std::min(threads, vectors));
    std::size_t first = 0;
    for (std::size_t worker = 0; worker < workers; ++worker) {
      const std::size_t share = (vectors * (worker + 1)) / workers - (vectors * worker) / workers;
      const std::size_t slices = (share + kMaxVectors - 1) / kMaxVectors;
      teams_.emplace_back();
      for (std::size_t s = 0; s < slices; ++s) {
        auto part = std::make_unique<Part>();
        part->vectors = (share * (s + 1)) / slices - (share * s) / slices;
        part->first = first;
        part->lanes = std::min(part->width(), batch_ - first);
        first += part->lanes;
        teams_.back().push_back(std::move(part));
      }
    }
  }

  bool has_slices_of(std::size_t vectors) const {
    for (const auto& team : teams_)
      for (const auto& part : team)
        if (part->vectors == vectors) return true;
    return false;
  }

  void pack(const Weights& weights) {
    if (has_slices_of(1)) std::get<0>(packed_).pack(inputs_, hidden_, weights);
    if (has_slices_of(2)) std::get<1>(packed_).pack(inputs_, hidden_, weights);
    if (has_slices_of(3)) std::get<2>(packed_).pack(inputs_, hidden_, weights);
  }

  // Calls work(part, weights packed for it) for every part, each team on a thread of its own.
  template <class Work>
  void on_every_slice(Work work) {
    const auto run = [&](std::size_t team) {
      for (auto& part : teams_[team]) {
        if (part->vectors == 1) work(*part, std::get<0>(packed_));
        if (part->vectors == 2) work(*part, std::get<1>(packed_));
        if (part->vectors == 3) work(*part, std::get<2>(packed_));
      }
    };
    crew_.run(teams_.size(), run);
  }

  template <std::size_t kVectors>
  Slice<Cell, kVectors> slice(Part& part, const PackedWeights<Cell, kVectors>& packed) {
    return {packed, part.tape, steps_};
  }

  std::size_t columns() const { return hidden_ + inputs_ + 1; }

  // [row][batch][feature] -> [row][feature][lane], rows `stride` floats apart; lanes past the batch are zero.
  void gather(const Part& part, const float* from, std::size_t rows, std::size_t features, std::size_t stride,
              float* to) const {
    const std::size_t width = part.width();
    for (std::size_t row = 0; row < rows; ++row, to += stride) {
      if (from == nullptr || part.lanes < width) std::fill_n(to, features * width, 0.0f);
      if (from == nullptr) continue;
      const float* source = from + (row * batch_ + part.first) * features;
      if (features == 1)
        std::copy_n(source, part.lanes, to);
      else
        for (std::size_t lane = 0; lane < part.lanes; ++lane)
          for (std::size_t f = 0; f < features; ++f) to[f * width + lane] = source[lane * features + f];
    }
  }

  void gather(const Part& part, const float* from, std::size_t rows, std::size_t features, Buffer& to) const {
    const std::size_t stride = features * part.width();
    to.resize(rows * stride);
    gather(part, from, rows, features, stride, to.at(0));
  }

  // The inverse of gather().
  void scatter(const Part& part, const float* from, std::size_t rows, std::size_t features,
               std::size_t stride, float* to) const {
    const std::size_t width = part.width();
    to += part.first * features;
    for (std::size_t row = 0; row < rows; ++row, from += stride, to += batch_ * features)
      if (features == 1)
        std::copy_n(from, part.lanes, to);
      else
        for (std::size_t lane = 0; lane < part.lanes; ++lane)
          for (std::size_t f = 0; f < features; ++f) to[lane * features + f] = from[f * width + lane];
  }

  template <std::size_t kVectors>
  void prepare(Part& part, const PackedWeights<Cell, kVectors>& packed, const Forward& io) {
    Tape& tape = part.tape;
    const std::size_t width = part.width(), stride = columns() * width;
    tape.panel.resize((steps_ + 1) * stride);
    gather(part, io.h0, 1, hidden_, stride, tape.panel.at(0));
    gather(part, io.x, steps_, inputs_, stride, tape.panel.at(hidden_ * width));
    gather(part, nullptr, 1, inputs_, stride, tape.panel.at(steps_ * stride + hidden_ * width));
    for (std::size_t t = 0; t <= steps_; ++t)
      std::fill_n(tape.panel.at(t * stride + (columns() - 1) * width), width, 1.0f);
    tape.y.resize(steps_ * width);
    tape.dh.resize(packed.to_state.padded_rows() * width);
    if (Cell::kHasCellState) gather(part, io.c0, 1, hidden_, tape.c);
  }

  void finish(const Part& part, const Forward& io) const {
    const std::size_t width = part.width(), stride = columns() * width;
    if (io.y != nullptr) scatter(part, part.tape.y.at(0), steps_, 1, width, io.y);
    if (io.sequence != nullptr)
      scatter(part, part.tape.panel.at(stride), steps_, hidden_, stride, io.sequence);
    scatter(part, part.tape.panel.at(steps_ * stride), 1, hidden_, stride, io.h_last);
    if (Cell::kHasCellState) scatter(part, part.tape.c.at(0), 1, hidden_, 0, io.c_last);
  }

  void prepare(Part& part, const Backward& io) {
    if (io.dhead != nullptr)
      gather(part, io.dy, steps_, 1, part.tape.dy);
    else
      gather(part, io.dsequence, steps_, hidden_, part.tape.dh_sequence);
    gather(part, io.dh_last, 1, hidden_, part.tape.dh);
    gather(part, io.dc_last, 1, hidden_, part.tape.dc);
    if (io.dx != nullptr) part.tape.dx.resize(steps_ * inputs_ * part.width());
  }

  void finish(const Part& part, const Backward& io) const {
    const std::size_t width = part.width();
    if (io.dx != nullptr) scatter(part, part.tape.dx.at(0), steps_, inputs_, inputs_ * width, io.dx);
    scatter(part, part.tape.dh.at(0), 1, hidden_, 0, io.dh0);
    if (Cell::kHasCellState) scatter(part, part.tape.dc.at(0), 1, hidden_, 0, io.dc0);
  }

  // Slices in their fixed order: the same batch always gives the same sums.
  void join_gradients(const Backward& io) const {
    const auto total = [&](Buffer Tape::* grad, std::size_t index) {
      float value = 0.0f;
      for (const auto& team : teams_)
        for (const auto& part : team) value += *(part->tape.*grad).at(index);
      return value;
    };
    for (std::size_t j = 0; j < hidden_; ++j)
      for (std::size_t r = 0; r < kRows; ++r) {
        const std::size_t row = r * hidden_ + j;
        const bool apart = Cell::kLastRowApart && r + 1 == kRows;
        const auto of = [&](std::size_t column) {
          return total(&Tape::grad, column * kRows * hidden_ + j * kRows + r);
        };
        const auto of_apart = [&](std::size_t i) { return total(&Tape::grad_apart, i * hidden_ + j); };
        for (std::size_t k = 0; k < hidden_; ++k) io.dw_hh[row * hidden_ + k] = of(k);
        for (std::size_t i = 0; i < inputs_; ++i)
          io.dw_ih[row * inputs_ + i] = apart ? of_apart(i) : of(hidden_ + i);
        io.db_hh[row] = of(columns() - 1);
        io.db_ih[row] = apart ? of_apart(inputs_) : io.db_hh[row];
      }
    if (io.dhead == nullptr) return;
    for (std::size_t j = 0; j < hidden_; ++j) io.dhead[j] = total(&Tape::grad_head, j);
    *io.dhead_bias = total(&Tape::grad_head, columns() - 1);
  }

  std::size_t inputs_, hidden_, batch_, steps_ = 0;
  std::tuple<PackedWeights<Cell, 1>, PackedWeights<Cell, 2>, PackedWeights<Cell, 3>> packed_;
  std::vector<std::vector<std::unique_ptr<Part>>> teams_;
  Crew crew_;
};

}  // namespace training
}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
