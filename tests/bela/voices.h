// Models to switch between, made of weights that nobody trained: all that matters here is that they differ.
#pragma once

#include <memory>

#include "app/voice.h"
#include "check.h"

using namespace tonezoo;

// tanh(drive * x), and what makes switching hard: a transient for 30 ms after reset(), as networks have it.
class Shaper : public Network {
 public:
  Shaper(float drive, float offset) : drive_(drive), offset_(offset) {}
  void reset() noexcept override { transient_ = 0.9f; }
  void process(const float* in, float* out, std::size_t frames) noexcept override {
    for (std::size_t t = 0; t < frames; ++t) {
      transient_ *= 0.995f;
      out[t] = std::tanh(drive_ * in[t] + offset_) - std::tanh(offset_) + transient_;
    }
  }

 private:
  float drive_, offset_, transient_ = 0.9f;
};

// NaN after a while, then infinity: a model that has gone wrong.
class Broken : public Network {
 public:
  void reset() noexcept override { age_ = 0; }
  void process(const float* in, float* out, std::size_t frames) noexcept override {
    for (std::size_t t = 0; t < frames; ++t, ++age_) {
      const float zero = in[t] * 0.0f;
      out[t] = age_ < 5000 ? in[t] : age_ % 2 == 0 ? std::log(zero - 1.0f) : 1.0f / zero;
    }
  }

 private:
  int age_ = 0;
};

// An LSTM of random weights; a frame model if `frame`.
static inline std::unique_ptr<Network> random_network(std::size_t hidden, unsigned seed, bool frame,
                                                      std::size_t block) {
  const RecurrentShape shape = {RecurrentShape::kLstm, hidden, frame ? 16u : 1u, 1, false};
  const std::size_t count = frame ? FrameRecurrent::weight_count(shape) : shape.weight_count();
  Signal weights = noise(count, seed);
  // Much of the input and little of the past, so that it sounds like the guitar.
  for (std::size_t i = 0; i < count; ++i)
    weights[i] *= i < 4 * hidden * shape.inputs && !frame ? 4.0f : 0.25f;
  if (frame) {
    std::unique_ptr<FrameNetwork> made(new FrameNetwork);
    promise(made->engine.load(shape, weights.data(), count), "a frame model loads");
    made->start(block);
    return std::unique_ptr<Network>(made.release());
  }
  std::unique_ptr<RecurrentNetwork> made(new RecurrentNetwork);
  promise(made->engine.load(shape, weights.data(), count), "a model loads");
  return std::unique_ptr<Network>(made.release());
}
