// Adam with L2 weight decay, a clipped gradient and an average of the weights, as training/optimizer.py.
// Threads: pure functions on the memory handed in.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "engine/simd.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {
namespace training {

// One parameter and what the optimizer keeps of it; `average` may be null.
struct Parameter {
  float *value, *mean, *square, *average;
  std::size_t count;
};

struct AdamSettings {
  float weight_decay, clip_norm, averaging, young;  // `young`: updates for which the average is hardly one
};

template <std::size_t count>
using Gradients = std::array<float*, count>;

// Of all gradients together; not finite where one of them is not.
template <std::size_t count>
double norm(const std::array<Parameter, count>& parameters, const Gradients<count>& gradients) {
  double squares = 0.0;
  for (std::size_t p = 0; p < count; ++p)
    for (std::size_t i = 0; i < parameters[p].count; ++i)
      squares += static_cast<double>(gradients[p][i]) * gradients[p][i];
  return std::sqrt(squares);
}

// One update of all parameters, the `step`-th (from 1), by gradients of this norm.
template <std::size_t count>
void adam(const std::array<Parameter, count>& parameters, const Gradients<count>& gradients, double norm,
          double rate, std::size_t step, const AdamSettings& settings) {
  constexpr double kFirst = 0.9, kSecond = 0.999, kTiny = 1e-8;  // Kingma & Ba, ICLR 2015
  const float clip = static_cast<float>(std::min(1.0, settings.clip_norm / (norm + 1e-6)));
  const double age = static_cast<double>(step);
  const float first = static_cast<float>(1.0 - kFirst), second = static_cast<float>(1.0 - kSecond);
  const float factor = static_cast<float>(rate / (1.0 - std::pow(kFirst, age)));
  const float root = static_cast<float>(1.0 / std::sqrt(1.0 - std::pow(kSecond, age)));
  const float tiny = static_cast<float>(kTiny);
  const float keep = std::min(settings.averaging, static_cast<float>(age / (age + settings.young)));
  for (std::size_t p = 0; p < count; ++p) {
    const Parameter& at = parameters[p];
    for (std::size_t i = 0; i < at.count; ++i) {
      const float gradient = clip * gradients[p][i] + settings.weight_decay * at.value[i];
      at.mean[i] += first * (gradient - at.mean[i]);
      at.square[i] += second * (gradient * gradient - at.square[i]);
      at.value[i] -= factor * at.mean[i] / (std::sqrt(at.square[i]) * root + tiny);
      if (at.average != nullptr) at.average[i] += (1.0f - keep) * (at.value[i] - at.average[i]);
    }
  }
}

}  // namespace training
}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
