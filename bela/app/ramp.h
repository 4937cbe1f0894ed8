// A value that goes to its target in a straight line, so that no setting is ever heard as a step.
// Threads: set_length() in setup(); everything in render().
#pragma once

#include <cstddef>

namespace tonezoo {

class Ramp {
 public:
  // `samples`: from any value to any other, at least 1.
  void set_length(std::size_t samples) { length_ = samples > 0 ? samples : 1; }
  void jump(float value) noexcept {
    value_ = target_ = value;
    left_ = 0;
  }
  void go(float target) noexcept {
    if (target == target_) return;
    target_ = target;
    left_ = length_;
    step_ = (target_ - value_) / static_cast<float>(length_);
  }
  float next() noexcept {
    if (left_ == 0) return value_;
    value_ = --left_ == 0 ? target_ : value_ + step_;
    return value_;
  }
  float value() const noexcept { return value_; }
  float target() const noexcept { return target_; }
  bool moving() const noexcept { return left_ > 0; }

  void multiply(float* x, std::size_t frames) noexcept {
    if (left_ == 0 && value_ == 1.0f) return;
    for (std::size_t t = 0; t < frames; ++t) x[t] *= next();
  }

 private:
  std::size_t length_ = 1, left_ = 0;
  float value_ = 0.0f, target_ = 0.0f, step_ = 0.0f;
};

}  // namespace tonezoo
