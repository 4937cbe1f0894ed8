// While one lives, results too small for a normal float become zero: a decaying tail then costs no more than
// a note. Threads: changes only the calling thread's floating-point mode, and puts it back.
#pragma once

#include <cstdint>

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace tonezoo {

class FlushDenormals {
 public:
#if defined(__SSE2__)
  FlushDenormals() noexcept : before_(_mm_getcsr()) { _mm_setcsr(before_ | 0x8040u); }  // FTZ | DAZ
  ~FlushDenormals() { _mm_setcsr(before_); }
#elif defined(__aarch64__)
  FlushDenormals() noexcept {
    __asm__ volatile("mrs %0, fpcr" : "=r"(before_));
    __asm__ volatile("msr fpcr, %0" ::"r"(before_ | (std::uint64_t(1) << 24)));  // FZ
  }
  ~FlushDenormals() { __asm__ volatile("msr fpcr, %0" ::"r"(before_)); }
#elif defined(__arm__) && defined(__VFP_FP__) && !defined(__SOFTFP__)
  // NEON always flushes; what is not NEON does in this mode alone (FZ, and DN for default NaNs), in which a
  // Cortex-A8 is also several times as fast at it. Changing the mode empties the pipeline, so only if need
  // be.
  FlushDenormals() noexcept {
    __asm__ volatile("vmrs %0, fpscr" : "=r"(before_)::"memory");
    if ((before_ & kRunFast) != kRunFast) set(before_ | kRunFast);
  }
  ~FlushDenormals() {
    if ((before_ & kRunFast) != kRunFast) set(before_);
  }
#else
  FlushDenormals() noexcept {}
  ~FlushDenormals() {}  // or a compiler would call it unused
#endif
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

 private:
#if defined(__aarch64__)
  std::uint64_t before_;
#elif defined(__SSE2__)
  std::uint32_t before_;
#elif defined(__arm__) && defined(__VFP_FP__) && !defined(__SOFTFP__)
  static constexpr std::uint32_t kRunFast = 0x03000000u;
  static void set(std::uint32_t mode) noexcept { __asm__ volatile("vmsr fpscr, %0" ::"r"(mode) : "memory"); }
  std::uint32_t before_;
#endif
};

}  // namespace tonezoo
