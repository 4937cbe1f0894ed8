// One model for one channel, of whatever architecture, as the rest of the app sees it.
// Threads: made off the audio thread; reset() and process() in render(): no allocation, lock, I/O or throw.
#pragma once

#include <cstddef>

#include "../engine/frame_recurrent.h"
#include "../engine/recurrent.h"
#include "../engine/wavenet.h"
#include "finite.h"
#include "frame_queue.h"
#include "piece.h"

namespace tonezoo {

class Network {
 public:
  virtual ~Network() {}
  // Back to the rest state: how the model is after a long silence.
  virtual void reset() noexcept = 0;
  // At most kPiece finite samples. What comes out need not be finite: whoever plays it checks.
  virtual void process(const float* in, float* out, std::size_t frames) noexcept = 0;
};

class RecurrentNetwork : public Network {
 public:
  Recurrent engine;
  void reset() noexcept override { engine.reset(); }
  void process(const float* in, float* out, std::size_t frames) noexcept override {
    engine.process(in, out, frames);
  }
};

// With the gains that the engine's WaveNet has not.
class WaveNetNetwork : public Network {
 public:
  WaveNet engine;
  void set_gains(float in, float out) noexcept {
    in_gain_ = in;
    out_gain_ = out;
  }
  void reset() noexcept override { engine.reset(); }
  void process(const float* in, float* out, std::size_t frames) noexcept override {
    for (std::size_t t = 0; t < frames; ++t) out[t] = in_gain_ * in[t];
    engine.process(out, out, frames);
    for (std::size_t t = 0; t < frames; ++t) out[t] *= out_gain_;
  }

 private:
  float in_gain_ = 1.0f, out_gain_ = 1.0f;
};

class FrameNetwork : public Network {
 public:
  FrameRecurrent engine;
  // How many samples each call of render() brings; known in setup(). Without it, a multiple of 16.
  void start(std::size_t block_size) { queue_.start(block_size); }
  void reset() noexcept override {
    engine.reset();
    queue_.reset();
  }
  void process(const float* in, float* out, std::size_t frames) noexcept override {
    queue_.process(in, out, frames, [this](float* frame) { engine.step(frame, frame); });
  }

 private:
  FrameQueue queue_;
};

}  // namespace tonezoo
