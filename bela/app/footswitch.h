// A footswitch: no bounce, a long press, and deaf to a pin that nothing is connected to.
// Threads: start() in setup(), sense() in render().
#pragma once

#include <cstddef>

namespace tonezoo {

enum class Press { kNone, kShort, kLong };

class Footswitch {
 public:
  // `has_long`: then a short press is told when it is let go, since only then it is known to be one.
  void start(float sample_rate, bool has_long) {
    bounce_ = static_cast<std::size_t>(0.005f * sample_rate);
    long_ = static_cast<std::size_t>(0.600f * sample_rate);
    second_ = static_cast<std::size_t>(sample_rate);
    has_long_ = has_long;
  }

  // Whether it is down now, `frames` samples after the last call.
  Press sense(bool down, std::size_t frames) noexcept {
    age_ = age_ + frames < second_ ? age_ + frames : second_;
    if (age_ == second_) presses_ = 0;
    if (down == down_) {
      differing_ = 0;
      return held(frames);
    }
    differing_ += frames;
    if (differing_ < bounce_) return Press::kNone;
    differing_ = 0;
    down_ = down;
    return down ? pressed() : released();
  }

 private:
  Press pressed() noexcept {
    held_ = 0;
    told_ = false;
    // No foot presses so often without a second of rest between any two: that is a pin in the air.
    age_ = 0;
    if (presses_ <= kMostPresses) ++presses_;
    if (presses_ > kMostPresses || has_long_) return Press::kNone;
    return Press::kShort;
  }
  Press released() noexcept {
    return has_long_ && !told_ && presses_ <= kMostPresses ? Press::kShort : Press::kNone;
  }
  Press held(std::size_t frames) noexcept {
    if (!down_ || !has_long_ || told_ || presses_ > kMostPresses) return Press::kNone;
    held_ += frames;
    if (held_ < long_) return Press::kNone;
    told_ = true;
    return Press::kLong;
  }

  static constexpr int kMostPresses = 12;
  std::size_t bounce_ = 0, long_ = 0, second_ = 1, differing_ = 0, held_ = 0, age_ = 0;
  int presses_ = 0;
  bool has_long_ = false, down_ = false, told_ = false;
};

}  // namespace tonezoo
