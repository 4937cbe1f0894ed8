// Floats on an aligned piece of heap, sized once.
// Threads: resize() allocates: setup() only. data() is safe everywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "simd.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {

class AlignedFloats {
 public:
  AlignedFloats() = default;
  ~AlignedFloats() { std::free(block_); }
  AlignedFloats(const AlignedFloats&) = delete;
  AlignedFloats& operator=(const AlignedFloats&) = delete;

  // `count` zeros; false, and unchanged, when there is no memory for them.
  bool resize(std::size_t count) {
    const std::size_t bytes = count * sizeof(float) + kAlignment;
    void* block = std::malloc(bytes);
    if (block == nullptr) return false;
    std::memset(block, 0, bytes);
    std::free(block_);
    block_ = block;
    const std::uintptr_t start = reinterpret_cast<std::uintptr_t>(block) + kAlignment - 1;
    data_ = reinterpret_cast<float*>(start & ~static_cast<std::uintptr_t>(kAlignment - 1));
    size_ = count;
    return true;
  }

  void swap(AlignedFloats& other) noexcept {
    std::swap(block_, other.block_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
  }

  float* data() noexcept { return data_; }
  const float* data() const noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }

 private:
  void* block_ = nullptr;
  float* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
