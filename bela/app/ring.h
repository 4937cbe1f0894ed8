// A queue between exactly one writing and one reading thread, without a lock.
// Threads: put() by the writer, take() by the reader; neither waits nor allocates.
#pragma once

#include <atomic>
#include <cstddef>

namespace tonezoo {

// `size`: a power of two. A full ring refuses what is put.
template <class T, std::size_t size>
class Ring {
  static_assert(size > 0 && (size & (size - 1)) == 0, "the size is a power of two");

 public:
  bool put(const T& value) noexcept {
    const std::size_t end = end_.load(std::memory_order_relaxed);
    if (end - begin_.load(std::memory_order_acquire) == size) return false;
    values_[end & (size - 1)] = value;
    end_.store(end + 1, std::memory_order_release);
    return true;
  }
  bool take(T& value) noexcept {
    const std::size_t begin = begin_.load(std::memory_order_relaxed);
    if (begin == end_.load(std::memory_order_acquire)) return false;
    value = values_[begin & (size - 1)];
    begin_.store(begin + 1, std::memory_order_release);
    return true;
  }

 private:
  T values_[size];
  std::atomic<std::size_t> begin_{0}, end_{0};
};

}  // namespace tonezoo
