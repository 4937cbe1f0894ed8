// Arrays as they come from Python: dense float32 on the CPU, checked for their size.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <optional>
#include <string>

namespace tonezoo {
namespace bindings {

namespace nb = nanobind;

using Array = nb::ndarray<float, nb::c_contig, nb::device::cpu>;
using Input = nb::ndarray<const float, nb::c_contig, nb::device::cpu>;

// The data of `array`, after checking that it holds exactly `count` numbers; null when there is none.
template <class A>
auto data(const std::optional<A>& array, std::size_t count, const char* name) -> decltype(array->data()) {
  if (!array) return nullptr;
  if (array->size() != count)
    throw nb::value_error((std::string(name) + " holds " + std::to_string(array->size()) + " numbers; " +
                           std::to_string(count) + " are expected")
                              .c_str());
  return array->data();
}

template <class A>
auto need(const A& array, std::size_t count, const char* name) -> decltype(array.data()) {
  return data(std::optional<A>(array), count, name);
}

}  // namespace bindings
}  // namespace tonezoo
