// Many updates of a one-layer network in a row, without a graph: truncated backpropagation through time over
// one batch, the state carried from chunk to chunk.
// Threads: one caller at a time; the layer's crew works for it.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "training/kernels/adam.h"
#include "training/kernels/layer.h"
#include "training/kernels/loss.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {
namespace training {

constexpr std::size_t kNumParameters = 6;  // w_ih, w_hh, b_ih, b_hh, head, head bias
using Parameters = std::array<Parameter, kNumParameters>;
using Masks = std::array<const float*, kNumParameters>;  // null: all of the parameter is trained

struct UpdateSettings {
  std::size_t warm_up, chunk;  // samples that only settle the state; samples between updates
  bool residual;               // the first input is added to the output
  LossWeights loss;
  AdamSettings adam;
};

// x [T][B][I], target [T][B], states [B][H] (c0 null for a GRU). One rate and one loss for each update.
struct UpdateBatch {
  std::size_t steps;
  const float *x, *target, *h0, *c0;
  const double* rates;
  float* losses;
};

template <class Cell>
class Updates {
 public:
  Updates(std::size_t inputs, std::size_t hidden, std::size_t batch, std::size_t threads)
      : inputs_(inputs), batch_(batch), hidden_(hidden), layer_(inputs, hidden, batch, threads) {
    const std::size_t rows = Cell::kRows * hidden;
    const std::size_t counts[kNumParameters] = {rows * inputs, rows * hidden, rows, rows, hidden, 1};
    for (std::size_t p = 0; p < kNumParameters; ++p) gradients_[p].resize(counts[p]);
  }

  std::size_t count(std::size_t parameter) const { return gradients_[parameter].size(); }

  // `done` updates were made before. What a mask holds 0 for has no gradient. Where the loss is a number and
  // its gradient grew beyond float on the way back through time, the weights stay as they are.
  void run(const UpdateBatch& batch, const UpdateSettings& settings, const Parameters& parameters,
           const Masks& masks, std::size_t done) {
    const std::size_t state = batch_ * hidden_;
    h_.assign(batch.h0, batch.h0 + state);
    h_next_.resize(state);
    dh_.resize(state);
    c_.assign(state, 0.0f);
    if (Cell::kHasCellState) std::copy_n(batch.c0, state, c_.data());
    c_next_.resize(state);
    y_.resize(std::max(settings.warm_up, settings.chunk) * batch_);
    if (settings.warm_up > 0) forward(batch, 0, settings.warm_up, parameters, false);
    std::size_t update = 0;
    for (std::size_t begin = settings.warm_up; begin < batch.steps; begin += settings.chunk, ++update) {
      const std::size_t steps = std::min(settings.chunk, batch.steps - begin);
      forward(batch, begin, steps, parameters, true);
      if (settings.residual)
        for (std::size_t i = 0; i < steps * batch_; ++i) y_[i] += batch.x[(begin * batch_ + i) * inputs_];
      batch.losses[update] =
          loss_and_gradient(settings.loss, batch.target + begin * batch_, steps, batch_, y_.data(), scratch_);
      backward();
      mask(masks);
      const double size = norm(parameters, pointers());
      if (std::isfinite(batch.losses[update]) && !std::isfinite(size)) continue;  // it overflowed: no step
      adam(parameters, pointers(), size, batch.rates[update], done + update + 1, settings.adam);
    }
  }

 private:
  void forward(const UpdateBatch& batch, std::size_t begin, std::size_t steps, const Parameters& p,
               bool keep) {
    const Weights weights = {p[0].value, p[1].value, p[2].value, p[3].value, p[4].value, *p[5].value};
    const float* x = batch.x + begin * batch_ * inputs_;
    layer_.forward(steps, weights,
                   {x, h_.data(), c_.data(), y_.data(), nullptr, h_next_.data(), c_next_.data()}, keep);
    h_.swap(h_next_);
    c_.swap(c_next_);
  }

  void backward() {
    const auto g = pointers();
    layer_.backward({y_.data(), nullptr, nullptr, nullptr, nullptr, dh_.data(), dh_.data(), g[0], g[1], g[2],
                     g[3], g[4], g[5]});
  }

  void mask(const Masks& masks) {
    for (std::size_t p = 0; p < kNumParameters; ++p) {
      if (masks[p] == nullptr) continue;
      for (std::size_t i = 0; i < gradients_[p].size(); ++i) gradients_[p][i] *= masks[p][i];
    }
  }

  std::array<float*, kNumParameters> pointers() {
    std::array<float*, kNumParameters> to;
    for (std::size_t p = 0; p < kNumParameters; ++p) to[p] = gradients_[p].data();
    return to;
  }

  std::size_t inputs_, batch_, hidden_;
  Layer<Cell> layer_;
  std::array<std::vector<float>, kNumParameters> gradients_;
  std::vector<float> h_, h_next_, c_, c_next_, dh_, y_, scratch_;
};

}  // namespace training
}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
