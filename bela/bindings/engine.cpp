// The engine as a Python module, compiled once for each instruction set (see CMakeLists.txt).
#include <nanobind/nanobind.h>

#include "engine/simd.h"

namespace nb = nanobind;

NB_MODULE(TONEZOO_MODULE, m) { m.attr("lanes") = tonezoo::Float::kLanes; }
