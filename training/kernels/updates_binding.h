// Updates without a graph for Python. Arrays are checked here and nowhere below; the GIL is released
// meanwhile.
#pragma once

#include <nanobind/stl/optional.h>
#include <nanobind/stl/vector.h>

#include <vector>

#include "training/kernels/arrays.h"
#include "training/kernels/updates.h"

namespace tonezoo {
namespace bindings {

template <class Cell>
class CheckedUpdates {
 public:
  CheckedUpdates(std::size_t inputs, std::size_t hidden, std::size_t batch, std::size_t threads)
      : inputs_(inputs), hidden_(hidden), batch_(batch), updates_(inputs, hidden, batch, threads) {
    if (!inputs || !hidden || !batch || !threads) throw nb::value_error("sizes and threads start at 1");
  }
  CheckedUpdates(const CheckedUpdates&) = delete;
  CheckedUpdates& operator=(const CheckedUpdates&) = delete;

  // values, means, squares: the six parameters; averages: as many or none; masks: as many, each may be None,
  // or none. Values, means, squares and averages change.
  void run(Input x, Input target, Input h0, std::optional<Input> c0, std::vector<Array> values,
           std::vector<Array> means, std::vector<Array> squares, std::vector<Array> averages,
           std::vector<std::optional<Input>> masks, std::vector<double> rates, Array losses, std::size_t done,
           std::size_t warm_up, std::size_t chunk, bool residual, const std::vector<float>& loss,
           const std::vector<float>& adam) {
    const std::size_t steps = target.size() / batch_, state = batch_ * hidden_;
    if (chunk == 0 || warm_up >= steps) throw nb::value_error("nothing is left after the warm-up");
    const std::size_t updates = (steps - warm_up + chunk - 1) / chunk;
    if (rates.size() != updates) throw nb::value_error("one rate is expected for each update");
    if (loss.size() != 4 || adam.size() != 4) throw nb::value_error("loss and adam are four numbers each");
    if (Cell::kHasCellState && !c0) throw nb::value_error("an LSTM needs c0");
    const training::UpdateBatch batch = {steps,
                                         need(x, steps * batch_ * inputs_, "x"),
                                         need(target, steps * batch_, "target"),
                                         need(h0, state, "h0"),
                                         data(c0, state, "c0"),
                                         rates.data(),
                                         need(losses, updates, "losses")};
    const training::UpdateSettings settings = {
        warm_up, chunk, residual, {loss[0], loss[1], loss[2], loss[3]}, {adam[0], adam[1], adam[2], adam[3]}};
    const auto parameters = checked(values, means, squares, averages);
    const auto masked = checked(masks);
    nb::gil_scoped_release release;
    updates_.run(batch, settings, parameters, masked, done);
  }

 private:
  training::Parameters checked(const std::vector<Array>& values, const std::vector<Array>& means,
                               const std::vector<Array>& squares, const std::vector<Array>& averages) const {
    constexpr std::size_t n = training::kNumParameters;
    if (values.size() != n || means.size() != n || squares.size() != n ||
        (averages.size() != n && !averages.empty()))
      throw nb::value_error("w_ih, w_hh, b_ih, b_hh, head and its bias are expected");
    training::Parameters parameters;
    for (std::size_t p = 0; p < n; ++p) {
      const std::size_t count = updates_.count(p);
      parameters[p] = {need(values[p], count, "a parameter"), need(means[p], count, "a mean"),
                       need(squares[p], count, "a mean square"),
                       averages.empty() ? nullptr : need(averages[p], count, "an average"), count};
    }
    return parameters;
  }

  training::Masks checked(const std::vector<std::optional<Input>>& masks) const {
    if (!masks.empty() && masks.size() != training::kNumParameters)
      throw nb::value_error("a mask, or None, is expected for each parameter");
    training::Masks checked{};
    for (std::size_t p = 0; p < masks.size(); ++p) checked[p] = data(masks[p], updates_.count(p), "a mask");
    return checked;
  }

  std::size_t inputs_, hidden_, batch_;
  training::Updates<Cell> updates_;
};

template <class Cell>
void add_updates(nb::module_& m, const char* name) {
  using U = CheckedUpdates<Cell>;
  nb::class_<U>(m, name)
      .def(nb::init<std::size_t, std::size_t, std::size_t, std::size_t>(), "inputs"_a, "hidden"_a, "batch"_a,
           "threads"_a)
      .def("run", &U::run, "x"_a, "target"_a, "h0"_a, "c0"_a.none(), "values"_a, "means"_a, "squares"_a,
           "averages"_a, "masks"_a, "rates"_a, "losses"_a, "done"_a, "warm_up"_a, "chunk"_a, "residual"_a,
           "loss"_a, "adam"_a);
}

}  // namespace bindings
}  // namespace tonezoo
