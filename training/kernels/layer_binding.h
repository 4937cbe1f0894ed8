// The recurrent layer for Python. Arrays are checked here and nowhere below; the GIL is released meanwhile.
#pragma once

#include <nanobind/stl/optional.h>

#include "training/kernels/arrays.h"
#include "training/kernels/layer.h"

namespace tonezoo {
namespace bindings {

using namespace nb::literals;

template <class Cell>
class CheckedLayer {
 public:
  CheckedLayer(std::size_t inputs, std::size_t hidden, std::size_t batch, std::size_t threads)
      : inputs_(inputs), hidden_(hidden), batch_(batch), layer_(inputs, hidden, batch, threads) {
    if (!inputs || !hidden || !batch || !threads) throw nb::value_error("sizes and threads start at 1");
  }
  CheckedLayer(const CheckedLayer&) = delete;
  CheckedLayer& operator=(const CheckedLayer&) = delete;

  void forward(std::size_t steps, bool keep, Input x, Input h0, std::optional<Input> c0, Input w_ih,
               Input w_hh, Input b_ih, Input b_hh, std::optional<Input> head, float head_bias,
               std::optional<Array> y, std::optional<Array> sequence, Array h_last,
               std::optional<Array> c_last) {
    const std::size_t rows = Cell::kRows * hidden_, state = batch_ * hidden_;
    training::Forward io = {need(x, steps * batch_ * inputs_, "x"),
                            need(h0, state, "h0"),
                            data(c0, state, "c0"),
                            data(y, steps * batch_, "y"),
                            data(sequence, steps * state, "sequence"),
                            need(h_last, state, "h_last"),
                            data(c_last, state, "c_last")};
    if (Cell::kHasCellState && (!io.c0 || !io.c_last)) throw nb::value_error("an LSTM needs c0 and c_last");
    if (head.has_value() != y.has_value()) throw nb::value_error("a head and y go together");
    const float* head_weight = data(head, hidden_, "head");
    const float *wi = need(w_ih, rows * inputs_, "w_ih"), *wh = need(w_hh, rows * hidden_, "w_hh"),
                *bi = need(b_ih, rows, "b_ih"), *bh = need(b_hh, rows, "b_hh");
    steps_ = keep ? steps : 0;
    with_head_ = head.has_value();
    nb::gil_scoped_release release;
    layer_.forward(steps, {wi, wh, bi, bh, head_weight, head_bias}, io, keep);
  }

  void backward(std::optional<Input> dy, std::optional<Input> dsequence, std::optional<Input> dh_last,
                std::optional<Input> dc_last, std::optional<Array> dx, Array dh0, std::optional<Array> dc0,
                Array dw_ih, Array dw_hh, Array db_ih, Array db_hh, std::optional<Array> dhead,
                std::optional<Array> dhead_bias) {
    if (steps_ == 0) throw nb::value_error("backward follows its forward, once");
    if (dy.has_value() != with_head_ || dhead.has_value() != with_head_ ||
        dhead_bias.has_value() != with_head_)
      throw nb::value_error("dy, dhead and dhead_bias go with a head");
    const std::size_t rows = Cell::kRows * hidden_, state = batch_ * hidden_, steps = steps_;
    training::Backward io = {data(dy, steps * batch_, "dy"),
                             data(dsequence, steps * state, "dsequence"),
                             data(dh_last, state, "dh_last"),
                             data(dc_last, state, "dc_last"),
                             data(dx, steps * batch_ * inputs_, "dx"),
                             need(dh0, state, "dh0"),
                             data(dc0, state, "dc0"),
                             need(dw_ih, rows * inputs_, "dw_ih"),
                             need(dw_hh, rows * hidden_, "dw_hh"),
                             need(db_ih, rows, "db_ih"),
                             need(db_hh, rows, "db_hh"),
                             data(dhead, hidden_, "dhead"),
                             data(dhead_bias, 1, "dhead_bias")};
    if (Cell::kHasCellState && !io.dc0) throw nb::value_error("an LSTM needs dc0");
    steps_ = 0;
    nb::gil_scoped_release release;
    layer_.backward(io);
  }

 private:
  std::size_t inputs_, hidden_, batch_, steps_ = 0;
  bool with_head_ = false;
  training::Layer<Cell> layer_;
};

template <class Cell>
void add_layer(nb::module_& m, const char* name) {
  using L = CheckedLayer<Cell>;
  nb::class_<L>(m, name)
      .def(nb::init<std::size_t, std::size_t, std::size_t, std::size_t>(), "inputs"_a, "hidden"_a, "batch"_a,
           "threads"_a)
      .def("forward", &L::forward, "steps"_a, "keep"_a, "x"_a, "h0"_a, "c0"_a.none(), "w_ih"_a, "w_hh"_a,
           "b_ih"_a, "b_hh"_a, "head"_a.none(), "head_bias"_a, "y"_a.none(), "sequence"_a.none(), "h_last"_a,
           "c_last"_a.none())
      .def("backward", &L::backward, "dy"_a.none(), "dsequence"_a.none(), "dh_last"_a.none(),
           "dc_last"_a.none(), "dx"_a.none(), "dh0"_a, "dc0"_a.none(), "dw_ih"_a, "dw_hh"_a, "db_ih"_a,
           "db_hh"_a, "dhead"_a.none(), "dhead_bias"_a.none());
}

}  // namespace bindings
}  // namespace tonezoo
