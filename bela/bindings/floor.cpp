// What the arithmetic of a recurrent network alone costs on this core: the yardstick of the render benchmark.
#include <chrono>
#include <new>

#include "bindings.h"
#include "engine/aligned.h"
#include "engine/vectors.h"

namespace tonezoo {
namespace {

using namespace nb::literals;

// As many accumulators as keep two multipliers with a latency of four cycles busy.
constexpr std::size_t kSums = 8, kRow = kSums * Float::kLanes;

// Seconds that it takes to stream the float32 weights of `macs` multiplications and additions through the
// multipliers, `repeats` times.
double fma_floor(std::size_t macs, std::size_t repeats) {
  const std::size_t rows = (macs + kRow - 1) / kRow;
  AlignedFloats weights;
  if (!weights.resize(rows * kRow)) throw std::bad_alloc();
  nb::gil_scoped_release release;
  const auto start = std::chrono::steady_clock::now();
  Vectors<kSums> sums;
  sums.clear();
  const Float x = splat(1.0f);
  for (std::size_t r = 0; r < repeats; ++r) {
    const float* w = weights.data();
    for (std::size_t row = 0; row < rows; ++row, w += kRow) {
      __asm__ volatile("" : "+r"(w));  // or the compiler might prepare all of it but once
      sums.accumulate(x, w);
    }
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  sums.write(weights.data());
  return elapsed.count();
}

}  // namespace

void bind_floor(nb::module_& m) {
  m.def("fma_floor", &fma_floor, "macs"_a, "repeats"_a,
        "Seconds that multiplying and adding `macs` float32 weights `repeats` times takes on this core.");
}

}  // namespace tonezoo
