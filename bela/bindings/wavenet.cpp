// NAM's WaveNet for Python. Every method that runs the network releases the GIL.
#include "engine/wavenet.h"

#include <nanobind/stl/unique_ptr.h>

#include <array>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "bindings.h"

namespace tonezoo {
namespace {

using namespace nb::literals;

Activation::Kind kind_of(const std::string& name) {
  static const std::array<const char*, 8> kNames = {"Tanh",     "ReLU", "LeakyReLU", "Sigmoid",
                                                    "Softsign", "SiLU", "Hardtanh",  "HardSwish"};
  for (std::size_t kind = 0; kind < kNames.size(); ++kind) {
    if (name == kNames[kind]) return static_cast<Activation::Kind>(kind);
  }
  throw std::invalid_argument("the activation " + name + " is unknown");
}

template <typename T>
T field(const nb::handle& description, const char* name) {
  return nb::cast<T>(description[name]);
}

std::vector<WaveNetLayer> layers_of(const nb::handle& array) {
  const nb::object kernels = array["kernel_sizes"], dilations = array["dilations"],
                   functions = array["activations"];
  std::vector<WaveNetLayer> layers;
  for (std::size_t l = 0; l < nb::len(dilations); ++l) {
    const nb::object function = functions[l];
    const Activation activation = {kind_of(nb::str(function["name"]).c_str()),
                                   field<float>(function, "negative_slope")};
    layers.push_back({nb::cast<std::size_t>(kernels[l]), nb::cast<std::size_t>(dilations[l]), activation});
  }
  return layers;
}

// `description`: the list of arrays in the JSON form of zoo.architecture.WaveNet.
std::unique_ptr<WaveNet> make(const nb::sequence& description, const Signal& weights) {
  std::vector<std::vector<WaveNetLayer>> layers;
  std::vector<WaveNetArray> arrays;
  for (const nb::handle a : description) layers.push_back(layers_of(a));
  for (const nb::handle a : description) {
    const std::vector<WaveNetLayer>& own = layers[arrays.size()];
    arrays.push_back({field<std::size_t>(a, "input_size"), field<std::size_t>(a, "channels"),
                      field<std::size_t>(a, "head_size"), field<std::size_t>(a, "head_kernel_size"),
                      field<bool>(a, "head_bias"), own.data(), own.size()});
  }
  auto net = std::make_unique<WaveNet>();
  if (!net->load({arrays.data(), arrays.size()}, weights.data(), weights.size()))
    throw std::invalid_argument("the weights do not fit the shape");
  return net;
}

NumpySignal process(WaveNet& net, const Signal& audio) {
  std::unique_ptr<float[]> out(new float[audio.size()]);
  {
    nb::gil_scoped_release release;
    net.process(audio.data(), out.get(), audio.size());
  }
  return to_numpy(out.release(), audio.size());
}

NumpyMatrix states(WaveNet& net, const Signal& audio) {
  const std::size_t frames = audio.size(), features = net.features();
  std::unique_ptr<float[]> out(new float[frames]), states(new float[frames * features]);
  {
    nb::gil_scoped_release release;
    net.process_states(audio.data(), out.get(), states.get(), frames);
  }
  return to_numpy(states.release(), frames, features);
}

// Seconds for `macs` products of numbers that are all in registers: what no WaveNet can be faster than. (Its
// weights serve many samples each, so that streaming them from memory does not count.)
double multiply_floor(std::size_t macs) {
  nb::gil_scoped_release release;
  constexpr std::size_t kSums = 12;
  Float sums[kSums];
  for (std::size_t i = 0; i < kSums; ++i) sums[i] = splat(static_cast<float>(i));  // all different
  const Float x = in_register(splat(0.999f)), y = in_register(splat(1e-3f));
  const std::size_t rounds = macs / (kSums * Float::kLanes) + 1;
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t r = 0; r < rounds; ++r) {
    for (Float& s : sums) s = in_register(mul_add(s, x, y));
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  for (std::size_t i = 1; i < kSums; ++i) sums[0] = add(sums[0], sums[i]);
  volatile float used = sum(sums[0]);
  (void)used;
  return elapsed.count();
}

}  // namespace

void bind_wavenet(nb::module_& m) {
  m.def("multiply_floor", &multiply_floor, "macs"_a,
        "Seconds that `macs` multiplications and additions take at best on this core.");
  nb::class_<WaveNet>(m, "WaveNet")
      .def(nb::new_(&make), "arrays"_a, "weights"_a)
      .def("process", &process, "audio"_a, "The output; the state is kept for the next call.")
      .def("states", &states, "audio"_a, "What the last head sees, (samples, features); the state is kept.")
      .def("seconds_in_blocks", &seconds_in_blocks<WaveNet>, "audio"_a, "block"_a,
           "How long the audio takes, called block by block; the state is kept.")
      .def("reset", &WaveNet::reset, "Back to the rest state.")
      .def_prop_ro("features", &WaveNet::features);
}

}  // namespace tonezoo
