// The loss of one chunk and its gradient: pre-emphasised ESR and DC, as training/loss.py defines them.
// Threads: pure functions on the memory handed in.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "engine/simd.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {
namespace training {

struct LossWeights {
  float esr, dc, pre_emphasis, epsilon;
};

// Overwrites `prediction` [T][B] by the gradient of the loss with respect to it, and returns the loss.
//
// With e = target - prediction, p[n] = e[n+1] - k e[n], and m = mean of e over time:
// loss = a sum(p^2) + b sum(m^2), so d loss / d e[n] = 2 a (p[n-1] - k p[n]) + 2 b m / T.
inline float loss_and_gradient(const LossWeights& weights, const float* target, std::size_t steps,
                               std::size_t batch, float* prediction, std::vector<float>& scratch) {
  const std::size_t count = steps * batch;
  const float k = weights.pre_emphasis;
  scratch.assign(count + 3 * batch, 0.0f);
  float *error = scratch.data(), *mean = error + count, *before = mean + batch, *now = before + batch;
  double power = 0.0, emphasised = 0.0, squares = 0.0, mean_squares = 0.0;
  for (std::size_t n = 0; n < steps; ++n) {
    float row_power = 0.0f, row_emphasised = 0.0f, row_squares = 0.0f;
    for (std::size_t b = 0; b < batch; ++b) {
      const std::size_t i = n * batch + b;
      const float e = error[i] = target[i] - prediction[i];
      mean[b] += e;
      row_power += target[i] * target[i];
      if (n == 0) continue;
      const float p = e - k * error[i - batch], t = target[i] - k * target[i - batch];
      row_squares += p * p;
      row_emphasised += t * t;
    }
    power += row_power, emphasised += row_emphasised, squares += row_squares;
  }
  for (std::size_t b = 0; b < batch; ++b) {
    mean[b] /= static_cast<float>(steps);
    mean_squares += mean[b] * mean[b];
  }
  const double samples = static_cast<double>(std::max<std::size_t>((steps - 1) * batch, 1));
  const double a = weights.esr / (emphasised + weights.epsilon * samples);
  const double c =
      weights.dc / ((power / static_cast<double>(count) + weights.epsilon) * static_cast<double>(batch));

  const float to_p = static_cast<float>(2.0 * a),
              to_mean = static_cast<float>(2.0 * c / static_cast<double>(steps));
  for (std::size_t n = 0; n < steps; ++n) {
    for (std::size_t b = 0; b < batch; ++b) {
      const std::size_t i = n * batch + b;
      now[b] = n + 1 < steps ? error[i + batch] - k * error[i] : 0.0f;
      prediction[i] = to_p * (k * now[b] - before[b]) - to_mean * mean[b];
    }
    std::swap(now, before);
  }
  return static_cast<float>(a * squares + c * mean_squares);
}

}  // namespace training
}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
