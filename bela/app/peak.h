// The greatest number since it was last asked for: how a meter gets from the audio thread to the page.
// Threads: note() in render(), take() by one other thread; neither waits.
#pragma once

#include <atomic>

namespace tonezoo {

class Peak {
 public:
  void note(float value) noexcept {
    float most = most_.load(std::memory_order_relaxed);
    while (value > most && !most_.compare_exchange_weak(most, value, std::memory_order_relaxed)) {
    }
  }
  float take() noexcept { return most_.exchange(0.0f, std::memory_order_relaxed); }

 private:
  std::atomic<float> most_{0.0f};
};

}  // namespace tonezoo
