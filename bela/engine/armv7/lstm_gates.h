// An LSTM's gates on a Cortex-A8: from pre-activations to c and h, as lstm_cell.h has them.
// Threads: safe in render(). ARMv7 only.
#pragma once

#include <cstddef>

#include "powers.h"
#include "product.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {
namespace armv7 {

struct LstmGates {
  using Product = LstmProduct;

  // `pairs` (at least 1) pairs of groups; `e` has i, f, g, o of two vectors each.
  static inline __attribute__((always_inline)) void run_pairs(const float* e, float* c, const float* /*h*/,
                                                              float* h_after, std::size_t pairs) {
    const float* k = kGateConstants;
    float spilled[8] __attribute__((aligned(16)));
    __asm__ volatile(
        TONEZOO_LOAD_GATE_CONSTANTS
        "1:\n"
        "vld1.32 {d16-d19}, [%[e]:128]!\n"  // i
        TONEZOO_POWERS
        TONEZOO_BOTH("vadd.f32", "q3", "q14", "q2", "q4", "q15", "q2")  // 1 + e^-i
        "vld1.32 {d16-d19}, [%[e]:128]!\n"                       // f
        TONEZOO_POWERS
        TONEZOO_BOTH("vadd.f32", "q14", "q14", "q2", "q15", "q15", "q2")
        "vst1.32 {d28-d31}, [%[t]:128]\n"   // 1 + e^-f
        "vld1.32 {d16-d19}, [%[e]:128]!\n"  // g
        TONEZOO_POWERS
        "vld1.32 {d12-d15}, [%[t]:128]\n"
        TONEZOO_BOTH("vadd.f32", "q10", "q14", "q2", "q11", "q15", "q2")
        TONEZOO_BOTH("vsub.f32", "q14", "q2", "q14", "q15", "q2", "q15")
        "vld1.32 {d24-d27}, [%[c]:128]\n"
        TONEZOO_BOTH("vmul.f32", "q3", "q3", "q10", "q4", "q4", "q11")  // (1 + e^-i) (1 + e^-2g)
        TONEZOO_BOTH("vmul.f32", "q14", "q14", TONEZOO_CELL_SCALE, "q15", "q15", TONEZOO_CELL_SCALE)
        TONEZOO_BOTH("vmul.f32", "q10", "q3", "q6", "q11", "q4", "q7")
        TONEZOO_BOTH("vmul.f32", "q14", "q14", "q6", "q15", "q15", "q7")
        TONEZOO_BOTH("vmla.f32", "q14", "q12", "q3", "q15", "q13", "q4")
        TONEZOO_RECIPROCALS("q8", "q10", "q6", "q9", "q11", "q7")
        TONEZOO_BOTH("vmul.f32", "q12", "q14", "q8", "q13", "q15", "q9")
        "vld1.32 {d16-d19}, [%[e]:128]!\n"  // o
        "vst1.32 {d24-d27}, [%[c]:128]\n"
        TONEZOO_POWERS
        "vld1.32 {d16-d19}, [%[c]:128]!\n"
        TONEZOO_BOTH("vadd.f32", "q3", "q14", "q2", "q4", "q15", "q2")  // 1 + e^-o
        TONEZOO_POWERS
        TONEZOO_BOTH("vadd.f32", "q10", "q14", "q2", "q11", "q15", "q2")
        TONEZOO_BOTH("vsub.f32", "q14", "q2", "q14", "q15", "q2", "q15")
        TONEZOO_BOTH("vmul.f32", "q10", "q10", "q3", "q11", "q11", "q4")
        TONEZOO_RECIPROCALS("q8", "q10", "q6", "q9", "q11", "q7")
        "subs %[n], %[n], #1\n"
        TONEZOO_BOTH("vmul.f32", "q8", "q14", "q8", "q9", "q15", "q9")
        "vst1.32 {d16-d19}, [%[h]:128]!\n"
        "bne 1b\n"
        : [e] "+r"(e), [c] "+r"(c), [h] "+r"(h_after), [n] "+r"(pairs), [k] "+r"(k)
        : [t] "r"(spilled)
        : "cc", "memory", "q0", "q1", "q2", "q3", "q4", "q6", "q7", "q8", "q9", "q10", "q11", "q12", "q13",
          "q14", "q15");
  }

  // One group; i and f, then g and o, go as a pair.
  static inline __attribute__((always_inline)) void run_single(const float* e, float* c, const float* /*h*/,
                                                               float* h_after) {
    const float* k = kGateConstants;
    __asm__ volatile(
        TONEZOO_LOAD_GATE_CONSTANTS
        "vld1.32 {d16-d19}, [%[e]:128]!\n"
        TONEZOO_POWERS
        TONEZOO_BOTH("vadd.f32", "q3", "q14", "q2", "q4", "q15", "q2")  // of i and f
        "vld1.32 {d16-d19}, [%[e]:128]\n"
        TONEZOO_POWERS
        "vld1.32 {d24-d25}, [%[c]:128]\n"
        TONEZOO_BOTH("vadd.f32", "q8", "q14", "q2", "q5", "q15", "q2")  // of g and o
        "vsub.f32 q14, q2, q14\n"
        "vmul.f32 q3, q3, q8\n"
        "vmul.f32 q14, q14, " TONEZOO_CELL_SCALE "\n"
        "vmul.f32 q10, q3, q4\n"
        "vmul.f32 q14, q14, q4\n"
        "vmla.f32 q14, q12, q3\n"
        TONEZOO_RECIPROCAL("q8", "q10", "q6")
        "vmul.f32 q8, q14, q8\n"
        "vst1.32 {d16-d17}, [%[c]:128]\n"
        TONEZOO_POWER
        "vadd.f32 q10, q14, q2\n"
        "vsub.f32 q14, q2, q14\n"
        "vmul.f32 q10, q10, q5\n"
        TONEZOO_RECIPROCAL("q8", "q10", "q6")
        "vmul.f32 q8, q14, q8\n"
        "vst1.32 {d16-d17}, [%[h]:128]\n"
        : [e] "+r"(e), [k] "+r"(k)
        : [c] "r"(c), [h] "r"(h_after)
        : "memory", "q0", "q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9", "q10", "q11", "q12", "q13",
          "q14", "q15");
  }
};

}  // namespace armv7
}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
