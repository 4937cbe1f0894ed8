// What the binding's files share: the array types, and one function for each file that adds its part to the
// module.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <stdexcept>

#include "engine/simd.h"

namespace tonezoo {

namespace nb = nanobind;

using Signal = nb::ndarray<const float, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using NumpySignal = nb::ndarray<nb::numpy, float, nb::ndim<1>>;
using NumpyMatrix = nb::ndarray<nb::numpy, float, nb::ndim<2>>;

// Owned by the array that is made from it.
inline nb::capsule owner_of(float* values) {
  return nb::capsule(values, [](void* p) noexcept { delete[] static_cast<float*>(p); });
}

inline NumpySignal to_numpy(float* values, std::size_t samples) {
  return NumpySignal(values, {samples}, owner_of(values));
}

inline NumpyMatrix to_numpy(float* values, std::size_t rows, std::size_t columns) {
  return NumpyMatrix(values, {rows, columns}, owner_of(values));
}

// Seconds that `net` takes for `audio` in blocks of `block` samples (the last one shorter).
template <class Net>
double seconds_in_blocks(Net& net, const Signal& audio, std::size_t block) {
  if (block == 0) throw std::invalid_argument("a block holds a sample at least");
  const std::size_t samples = audio.size();
  const std::unique_ptr<float[]> out(new float[samples]);
  nb::gil_scoped_release release;
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t done = 0; done < samples; done += block)
    net.process(audio.data() + done, out.get() + done, std::min(block, samples - done));
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  volatile float used = samples > 0 ? out[samples - 1] : 0.0f;
  (void)used;
  return elapsed.count();
}

void bind_recurrent(nb::module_& m);
void bind_wavenet(nb::module_& m);
void bind_floor(nb::module_& m);

}  // namespace tonezoo
