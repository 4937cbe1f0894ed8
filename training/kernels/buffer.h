// Aligned floats that grow and never shrink: a training step reuses the memory of the one before.
// Threads: one owner at a time.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

#include "engine/simd.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {
namespace training {

class Buffer {
 public:
  Buffer() = default;
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { std::free(data_); }

  // At least `count` floats, contents unspecified. Throws std::bad_alloc and keeps the old memory if there
  // are none.
  void resize(std::size_t count) {
    if (count <= capacity_) return;
    const std::size_t align = count * sizeof(float) < kHugePage ? kAlignment : kHugePage;
    const std::size_t bytes = (count * sizeof(float) + align - 1) / align * align;
    float* grown = static_cast<float*>(std::aligned_alloc(align, bytes));
    if (grown == nullptr) throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
    if (align == kHugePage) madvise(grown, bytes, MADV_HUGEPAGE);  // a wish: a tape runs through many pages
#endif
    std::free(data_);
    data_ = grown;
    capacity_ = bytes / sizeof(float);
  }

  void zeros(std::size_t count) {
    resize(count);
    std::memset(data_, 0, count * sizeof(float));
  }

  float* at(std::size_t index) { return data_ + index; }
  const float* at(std::size_t index) const { return data_ + index; }

 private:
  static constexpr std::size_t kHugePage = std::size_t{1} << 21;

  float* data_ = nullptr;
  std::size_t capacity_ = 0;
};

}  // namespace training
}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
