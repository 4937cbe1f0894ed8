// LSTM and GRU for Python. Every method that runs the network releases the GIL.
#include "engine/recurrent.h"

#include <nanobind/stl/string.h>
#include <nanobind/stl/unique_ptr.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "bindings.h"

namespace tonezoo {
namespace {

using namespace nb::literals;

std::unique_ptr<Recurrent> make(const std::string& cell, std::size_t hidden, std::size_t inputs,
                                std::size_t layers, bool residual, const Signal& weights) {
  const auto kind = cell == "GRU" ? RecurrentShape::kGru : RecurrentShape::kLstm;
  auto net = std::make_unique<Recurrent>();
  if (!net->load({kind, hidden, inputs, layers, residual}, weights.data(), weights.size()))
    throw std::invalid_argument("the shape, or a weight beyond 1e12, is out of bounds");
  return net;
}

NumpySignal process(Recurrent& net, const Signal& audio) {
  auto* out = new float[audio.size()];
  {
    nb::gil_scoped_release release;
    net.process(audio.data(), out, audio.size());
  }
  return to_numpy(out, audio.size());
}

NumpyMatrix states(Recurrent& net, const Signal& audio) {
  const std::size_t frames = audio.size(), features = net.shape().hidden;
  std::unique_ptr<float[]> out(new float[frames]), states(new float[frames * features]);
  {
    nb::gil_scoped_release release;
    net.process_states(audio.data(), out.get(), states.get(), frames);
  }
  return to_numpy(states.release(), frames, features);
}

void set_knobs(Recurrent& net, const Signal& knobs) {
  if (knobs.size() + 1 != net.shape().inputs) throw std::invalid_argument("wrong number of knobs");
  net.set_knobs(knobs.data());
}

}  // namespace

void bind_recurrent(nb::module_& m) {
  nb::class_<Recurrent>(m, "Recurrent")
      .def(nb::new_(&make), "cell"_a, "hidden_size"_a, "input_size"_a, "num_layers"_a, "residual"_a,
           "weights"_a)
      .def("process", &process, "audio"_a, "The output; the state is kept for the next call.")
      .def("states", &states, "audio"_a,
           "What the output layer sees, (samples, features); the state is kept.")
      .def("seconds_in_blocks", &seconds_in_blocks<Recurrent>, "audio"_a, "block"_a,
           "How long the audio takes, called block by block; the state is kept.")
      .def("reset", &Recurrent::reset, "Back to the rest state.")
      .def("set_knobs", &set_knobs, "knobs"_a)
      .def_prop_ro("features", [](const Recurrent& net) { return net.shape().hidden; });
}

}  // namespace tonezoo
