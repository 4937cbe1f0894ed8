// Promises, and the numbers that tests of sound need. A program returns how many promises were broken.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <vector>

static int broken_promises = 0;
static void promise(bool kept, const char* what, double number = 0.0) {
  if (kept) return;
  ++broken_promises;
  std::printf("broken: %s (%.6g)\n", what, number);
}

using Signal = std::vector<float>;

static inline Signal sine(float frequency, float amplitude, std::size_t samples, float rate = 44100.0f) {
  Signal x(samples);
  for (std::size_t t = 0; t < samples; ++t) {
    x[t] = amplitude *
           static_cast<float>(std::sin(6.283185307179586 * frequency * static_cast<double>(t) / rate));
  }
  return x;
}

// White, -1..1, the same in every run.
static inline Signal noise(std::size_t samples, unsigned seed = 1) {
  Signal x(samples);
  for (float& v : x) {
    seed = seed * 1664525u + 1013904223u;
    v = static_cast<float>(static_cast<int>(seed >> 8) - (1 << 23)) / static_cast<float>(1 << 23);
  }
  return x;
}

static inline double rms(const float* x, std::size_t samples) {
  double sum = 0.0;
  for (std::size_t t = 0; t < samples; ++t) sum += static_cast<double>(x[t]) * x[t];
  return std::sqrt(sum / static_cast<double>(samples));
}

static inline float peak(const float* x, std::size_t samples) {
  float most = 0.0f;
  for (std::size_t t = 0; t < samples; ++t) most = std::fmax(most, std::fabs(x[t]));
  return most;
}

static inline float greatest_step(const float* x, std::size_t samples) {
  float most = 0.0f;
  for (std::size_t t = 1; t < samples; ++t) most = std::fmax(most, std::fabs(x[t] - x[t - 1]));
  return most;
}

// Runs `process(x, frames)` over a signal in blocks.
template <class Process>
static void in_blocks(Signal& x, std::size_t block, Process process) {
  for (std::size_t done = 0; done < x.size(); done += block) {
    process(x.data() + done, block < x.size() - done ? block : x.size() - done);
  }
}
