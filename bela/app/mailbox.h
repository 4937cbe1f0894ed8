// Hands whole values from one thread to another without a lock; only the latest counts.
// Threads: post() by one writer, fetch() by one reader; neither waits nor allocates.
//
// Three places: one that the writer fills, one that the reader reads, one between them that they swap.
// However fast the writer is, nothing overflows and the reader gets the last word.
#pragma once

#include <atomic>

namespace tonezoo {

template <class T>
class Mailbox {
 public:
  void post(const T& value) noexcept {
    places_[mine_] = value;
    mine_ = between_.exchange(mine_ | kFresh, std::memory_order_acq_rel) & kPlace;
  }
  // True if there was something new; then `value` is the latest.
  bool fetch(T& value) noexcept {
    if ((between_.load(std::memory_order_relaxed) & kFresh) == 0) return false;
    yours_ = between_.exchange(yours_, std::memory_order_acq_rel) & kPlace;
    value = places_[yours_];
    return true;
  }

 private:
  static constexpr unsigned kPlace = 3, kFresh = 4;
  T places_[3] = {};
  std::atomic<unsigned> between_{1};
  unsigned mine_ = 0, yours_ = 2;
};

}  // namespace tonezoo
