// What the arithmetic alone costs on this core: the yardstick of the render benchmark.
#include <chrono>

#include "bindings.h"
#include "engine/aligned.h"

namespace tonezoo {
namespace {

using namespace nb::literals;

// Runs `body` and returns the seconds it took.
template <typename Body>
double seconds(Body body) {
  const auto start = std::chrono::steady_clock::now();
  body();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

constexpr std::size_t kAccumulators = 8;

// Multiplies and adds `vectors` vectors, in full unrolled rows of accumulators, `repeats` times. With
// `Stream` each takes its own weights from memory; without, all operands are in registers.
template <bool Stream>
float multiply(const float* weights, std::size_t vectors, std::size_t repeats) {
  Float sums[kAccumulators];
  for (Float& s : sums) s = splat(0.0f);
  const Float x = load(weights);
  for (std::size_t r = 0; r < repeats; ++r) {
    const float* w = weights;
    for (std::size_t v = 0; v < vectors; v += kAccumulators) {
      for (std::size_t a = 0; a < kAccumulators; ++a) {
        sums[a] = mul_add(x, Stream ? load(w + a * Float::kLanes) : x, sums[a]);
      }
      __asm__ volatile("" : "+r"(w)::"memory");
      w += kAccumulators * Float::kLanes;
    }
  }
  for (std::size_t a = 1; a < kAccumulators; ++a) sums[0] = add(sums[0], sums[a]);
  return sum(sums[0]);
}

// Seconds for `repeats` samples of a network with `macs` weights: the slower of peak arithmetic and of
// streaming that many float32 weights through the multipliers.
double fma_floor(std::size_t macs, std::size_t repeats) {
  const std::size_t row = kAccumulators * Float::kLanes;
  const std::size_t vectors = (macs + row - 1) / row * kAccumulators;
  AlignedFloats weights;
  if (!weights.resize(vectors * Float::kLanes)) throw std::bad_alloc();
  nb::gil_scoped_release release;
  volatile float sink;
  const double peak = seconds([&] { sink = multiply<false>(weights.data(), vectors, repeats); });
  const double stream = seconds([&] { sink = multiply<true>(weights.data(), vectors, repeats); });
  (void)sink;
  return peak > stream ? peak : stream;
}

}  // namespace

void bind_floor(nb::module_& m) {
  m.def("fma_floor", &fma_floor, "macs"_a, "repeats"_a,
        "Seconds that multiplying and adding `macs` float32 weights `repeats` times takes at best on this "
        "core.");
}

}  // namespace tonezoo
