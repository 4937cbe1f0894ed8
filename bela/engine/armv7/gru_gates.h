// A GRU's gates on a Cortex-A8: from pre-activations to h, as gru_cell.h has them.
// Threads: safe in render(). ARMv7 only.
#pragma once

#include <cstddef>

#include "powers.h"
#include "product.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {
namespace armv7 {

struct GruGates {
  using Product = GruProduct;

  // `pairs` (at least 1) pairs of groups; `e` has r, z, x, y of two vectors each.
  static inline __attribute__((always_inline)) void run_pairs(const float* e, float* /*c*/, const float* h,
                                                              float* h_after, std::size_t pairs) {
    const float* k = kGateConstants;
    float spilled[8] __attribute__((aligned(16)));
    __asm__ volatile(
        TONEZOO_LOAD_GATE_CONSTANTS
        "1:\n"
        "vld1.32 {d16-d19}, [%[e]:128]!\n"  // r
        TONEZOO_POWERS
        TONEZOO_BOTH("vadd.f32", "q14", "q14", "q2", "q15", "q15", "q2")
        TONEZOO_RECIPROCALS("q3", "q14", "q6", "q4", "q15", "q7")
        "vld1.32 {d16-d19}, [%[e]:128]!\n"  // z
        TONEZOO_POWERS
        "vst1.32 {d28-d31}, [%[t]:128]\n"
        "vld1.32 {d16-d19}, [%[e]:128]!\n"  // x
        "vld1.32 {d20-d23}, [%[e]:128]!\n"  // y
        TONEZOO_BOTH("vmla.f32", "q8", "q10", "q3", "q9", "q11", "q4")
        TONEZOO_POWERS
        "vld1.32 {d16-d19}, [%[t]:128]\n"
        TONEZOO_BOTH("vadd.f32", "q3", "q14", "q2", "q4", "q15", "q2")    // 1 + e^-2n
        TONEZOO_BOTH("vsub.f32", "q14", "q2", "q14", "q15", "q2", "q15")  // 1 - e^-2n
        "vld1.32 {d24-d27}, [%[h]:128]!\n"
        TONEZOO_BOTH("vadd.f32", "q10", "q8", "q2", "q11", "q9", "q2")  // 1 + e^-z
        TONEZOO_BOTH("vmul.f32", "q14", "q14", "q8", "q15", "q15", "q9")
        TONEZOO_BOTH("vmul.f32", "q10", "q10", "q3", "q11", "q11", "q4")
        TONEZOO_BOTH("vmla.f32", "q14", "q12", "q3", "q15", "q13", "q4")
        TONEZOO_RECIPROCALS("q8", "q10", "q6", "q9", "q11", "q7")
        "subs %[n], %[n], #1\n"
        TONEZOO_BOTH("vmul.f32", "q8", "q14", "q8", "q9", "q15", "q9")
        "vst1.32 {d16-d19}, [%[a]:128]!\n"
        "bne 1b\n"
        : [e] "+r"(e), [h] "+r"(h), [a] "+r"(h_after), [n] "+r"(pairs), [k] "+r"(k)
        : [t] "r"(spilled)
        : "cc", "memory", "q0", "q1", "q2", "q3", "q4", "q6", "q7", "q8", "q9", "q10", "q11", "q12", "q13",
          "q14", "q15");
  }

  // One group; r and z go as a pair.
  static inline __attribute__((always_inline)) void run_single(const float* e, float* /*c*/, const float* h,
                                                               float* h_after) {
    const float* k = kGateConstants;
    __asm__ volatile(
        TONEZOO_LOAD_GATE_CONSTANTS
        "vld1.32 {d16-d19}, [%[e]:128]!\n"
        TONEZOO_POWERS
        "vadd.f32 q14, q14, q2\n"
        "vmov q5, q15\n"
        TONEZOO_RECIPROCAL("q3", "q14", "q6")
        "vld1.32 {d16-d19}, [%[e]:128]\n"
        "vmla.f32 q8, q9, q3\n"
        TONEZOO_POWER
        "vld1.32 {d24-d25}, [%[h]:128]\n"
        "vadd.f32 q3, q14, q2\n"
        "vsub.f32 q14, q2, q14\n"
        "vadd.f32 q10, q5, q2\n"
        "vmul.f32 q14, q14, q5\n"
        "vmul.f32 q10, q10, q3\n"
        "vmla.f32 q14, q12, q3\n"
        TONEZOO_RECIPROCAL("q8", "q10", "q6")
        "vmul.f32 q8, q14, q8\n"
        "vst1.32 {d16-d17}, [%[a]:128]\n"
        : [e] "+r"(e), [k] "+r"(k)
        : [h] "r"(h), [a] "r"(h_after)
        : "memory", "q0", "q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9", "q10", "q11", "q12", "q13",
          "q14", "q15");
  }
};

}  // namespace armv7
}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
