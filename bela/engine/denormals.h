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
#else
  FlushDenormals() noexcept {}  // ARMv7's NEON always flushes.
  ~FlushDenormals() {}          // or a compiler would call it unused
#endif
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

 private:
#if defined(__aarch64__)
  std::uint64_t before_;
#elif defined(__SSE2__)
  std::uint32_t before_;
#endif
};

}  // namespace tonezoo
