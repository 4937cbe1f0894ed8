// One recurrent layer over a batch: cuts the batch into slices, one or more for each thread, and joins the
// results. Threads: one caller at a time; it starts and joins its own workers. backward() follows its
// forward().
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

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

  PackedWeights& weights() { return weights_; }

  void forward(std::size_t steps, const Forward& io) {
    steps_ = steps;
    on_every_slice([&](Part& part) {
      prepare(part, io);
      with_vectors(part, [&](auto slice) { slice.forward(); });
      finish(part, io);
    });
  }

  void backward(const Backward& io) {
    on_every_slice([&](Part& part) {
      prepare(part, io);
      with_vectors(part, [&](auto slice) { slice.backward(io.dhead != nullptr, io.dx != nullptr); });
      finish(part, io);
    });
    join_gradients(io);
  }

 private:
  static constexpr std::size_t kMaxVectors = 3;  // four gates of three vectors fill sixteen registers
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

  template <class Work>
  void on_every_slice(Work work) {
    const auto run = [&](std::size_t team) {
      for (auto& part : teams_[team]) work(*part);
    };
    std::vector<std::thread> workers;
    for (std::size_t team = 1; team < teams_.size(); ++team) workers.emplace_back(run, team);
    run(0);
    for (auto& worker : workers) worker.join();
  }

  template <class Work>
  void with_vectors(Part& part, Work work) {
    if (part.vectors == 1) work(Slice<Cell, 1>(weights_, part.tape, steps_));
    if (part.vectors == 2) work(Slice<Cell, 2>(weights_, part.tape, steps_));
    if (part.vectors == 3) work(Slice<Cell, 3>(weights_, part.tape, steps_));
  }

  // [row][batch][feature] -> [row][feature][lane]; lanes past the batch are zero.
  void gather(const Part& part, const float* from, std::size_t rows, std::size_t features, Buffer& to) const {
    const std::size_t width = part.width();
    to.resize(rows * features * width);
    if (from == nullptr || part.lanes < width)
      std::memset(to.at(0), 0, rows * features * width * sizeof(float));
    if (from == nullptr) return;
    for (std::size_t row = 0; row < rows; ++row) {
      const float* source = from + (row * batch_ + part.first) * features;
      float* target = to.at(row * features * width);
      for (std::size_t lane = 0; lane < part.lanes; ++lane)
        for (std::size_t f = 0; f < features; ++f) target[f * width + lane] = source[lane * features + f];
    }
  }

  void scatter(const Part& part, const float* from, std::size_t rows, std::size_t features, float* to) const {
    const std::size_t width = part.width();
    for (std::size_t row = 0; row < rows; ++row) {
      const float* source = from + row * features * width;
      float* target = to + (row * batch_ + part.first) * features;
      for (std::size_t lane = 0; lane < part.lanes; ++lane)
        for (std::size_t f = 0; f < features; ++f) target[lane * features + f] = source[f * width + lane];
    }
  }

  void prepare(Part& part, const Forward& io) {
    Tape& tape = part.tape;
    const std::size_t state = hidden_ * part.width();
    gather(part, io.x, steps_, inputs_, tape.x);
    tape.saved.resize(steps_ * state * Cell::kSaved);
    tape.h.resize((steps_ + 1) * state);
    tape.y.resize(steps_ * part.width());
    gather(part, io.h0, 1, hidden_, tape.dh);
    std::memcpy(tape.h.at(0), tape.dh.at(0), state * sizeof(float));
    if (!Cell::kHasCellState) return;
    tape.c.resize((steps_ + 1) * state);
    gather(part, io.c0, 1, hidden_, tape.dc);
    std::memcpy(tape.c.at(0), tape.dc.at(0), state * sizeof(float));
  }

  void finish(const Part& part, const Forward& io) const {
    const std::size_t state = hidden_ * part.width();
    if (io.y != nullptr) scatter(part, part.tape.y.at(0), steps_, 1, io.y);
    if (io.sequence != nullptr) scatter(part, part.tape.h.at(state), steps_, hidden_, io.sequence);
    scatter(part, part.tape.h.at(steps_ * state), 1, hidden_, io.h_last);
    if (Cell::kHasCellState) scatter(part, part.tape.c.at(steps_ * state), 1, hidden_, io.c_last);
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
    if (io.dx != nullptr) scatter(part, part.tape.dx.at(0), steps_, inputs_, io.dx);
    scatter(part, part.tape.dh.at(0), 1, hidden_, io.dh0);
    if (Cell::kHasCellState) scatter(part, part.tape.dc.at(0), 1, hidden_, io.dc0);
  }

  // Slices in their fixed order, lanes in theirs: the same batch always gives the same sums.
  void join_gradients(const Backward& io) const {
    const auto total = [&](Buffer Tape::* grad, std::size_t index) {
      float value = 0.0f;
      for (const auto& team : teams_)
        for (const auto& part : team)
          value += sum(*reinterpret_cast<const Floats*>((part->tape.*grad).at(index * kLanes)));
      return value;
    };
    for (std::size_t j = 0; j < hidden_; ++j)
      for (std::size_t r = 0; r < kRows; ++r) {
        const std::size_t row = r * hidden_ + j;
        for (std::size_t k = 0; k < hidden_; ++k)
          io.dw_hh[row * hidden_ + k] = total(&Tape::grad_recurrent, (j * hidden_ + k) * kRows + r);
        for (std::size_t i = 0; i < inputs_; ++i)
          io.dw_ih[row * inputs_ + i] = total(&Tape::grad_input, (j * inputs_ + i) * kRows + r);
        io.db_hh[row] = total(&Tape::grad_recurrent_bias, j * kRows + r);
        io.db_ih[row] = total(&Tape::grad_input_bias, j * kRows + r);
      }
    if (io.dhead == nullptr) return;
    for (std::size_t j = 0; j < hidden_; ++j) io.dhead[j] = total(&Tape::grad_head, j);
    *io.dhead_bias = total(&Tape::grad_head, hidden_);
  }

  std::size_t inputs_, hidden_, batch_, steps_ = 0;
  PackedWeights weights_;
  std::vector<std::vector<std::unique_ptr<Part>>> teams_;
};

}  // namespace training
}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
