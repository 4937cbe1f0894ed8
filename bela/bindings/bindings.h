// What the binding's files share: the array types, and one function for each file that adds its part to the
// module.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cstddef>

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

void bind_recurrent(nb::module_& m);
void bind_wavenet(nb::module_& m);
void bind_floor(nb::module_& m);

}  // namespace tonezoo
