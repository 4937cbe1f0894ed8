// How often something may happen: `rate` times a second on average, `burst` times at once.
// Threads: one.
#pragma once

namespace tonezoo {

class Allowance {
 public:
  Allowance(double rate, double burst) : rate_(rate), burst_(burst), left_(burst) {}
  // `now` in seconds, never less than before.
  bool take(double now) {
    left_ += rate_ * (now - before_);
    if (left_ > burst_) left_ = burst_;
    before_ = now;
    if (left_ < 1.0) return false;
    left_ -= 1.0;
    return true;
  }

 private:
  double rate_, burst_, left_, before_ = 0.0;
};

}  // namespace tonezoo
