// Pre-activations on a Cortex-A8: bias + weights * (inputs, h), for blocks of two groups of units or of one.
// Threads: safe in render(). ARMv7 only.
//
// Written by hand, for compilers spill the sums. A vmla of four floats takes the multiplier two cycles, and a
// load of two vectors goes beside it: so each pair of products is followed by the load that fills the
// registers which it has just read, and the loop runs at the multiplier's speed. The loads run ahead of the
// products by one round, beyond the end of the weights by kReadAhead floats.
#pragma once

#include <cstddef>

#include "segment.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {
namespace armv7 {

constexpr std::size_t kReadAhead = 24;

// Registers: q8..q15 sums, q0..q3 and q6, q7 weights, q4 values.
#define TONEZOO_LOAD_A "vld1.32 {d0-d3}, [%[w]:128]!\n"
#define TONEZOO_LOAD_B "vld1.32 {d4-d7}, [%[w]:128]!\n"
#define TONEZOO_LOAD_C "vld1.32 {d12-d15}, [%[w]:128]!\n"
#define TONEZOO_TWO(sum0, sum1, w0, w1, x) \
  "vmla.f32 " sum0 ", " w0 ", " x          \
  "\n"                                     \
  "vmla.f32 " sum1 ", " w1 ", " x "\n"
#define TONEZOO_TWO_A(sum0, sum1, x) TONEZOO_TWO(sum0, sum1, "q0", "q1", x) TONEZOO_LOAD_A
#define TONEZOO_TWO_B(sum0, sum1, x) TONEZOO_TWO(sum0, sum1, "q2", "q3", x) TONEZOO_LOAD_B
#define TONEZOO_TWO_C(sum0, sum1, x) TONEZOO_TWO(sum0, sum1, "q6", "q7", x) TONEZOO_LOAD_C

// One row of weights times the value x: by cell, and by groups in a block.
#define TONEZOO_LSTM_ROW_2(x)    \
  TONEZOO_TWO_A("q8", "q9", x)   \
  TONEZOO_TWO_B("q10", "q11", x) \
  TONEZOO_TWO_A("q12", "q13", x) \
  TONEZOO_TWO_B("q14", "q15", x)
#define TONEZOO_LSTM_ROW_1(x)  \
  TONEZOO_TWO_A("q8", "q9", x) \
  TONEZOO_TWO_B("q10", "q11", x)
// A GRU's slot x takes no part in the recurrent rows, and its slot y none in those of the inputs.
#define TONEZOO_GRU_INPUT_ROW_2(x) \
  TONEZOO_TWO_A("q8", "q9", x)     \
  TONEZOO_TWO_B("q10", "q11", x)   \
  TONEZOO_TWO_C("q12", "q13", x)
#define TONEZOO_GRU_ROW_2(x)     \
  TONEZOO_TWO_A("q8", "q9", x)   \
  TONEZOO_TWO_B("q10", "q11", x) \
  TONEZOO_TWO_C("q14", "q15", x)
#define TONEZOO_GRU_LAST(sum, x) \
  "vmla.f32 " sum ", q2, " x     \
  "\n"                           \
  "vld1.32 {d4-d5}, [%[w]:128]!\n"
#define TONEZOO_GRU_INPUT_ROW_1(x) TONEZOO_TWO_A("q8", "q9", x) TONEZOO_GRU_LAST("q10", x)
#define TONEZOO_GRU_ROW_1(x) TONEZOO_TWO_A("q8", "q9", x) TONEZOO_GRU_LAST("q11", x)

// All rows of the segment at byte `at`; `l` keeps its labels apart from other segments'.
#define TONEZOO_SEGMENT(at, l, ROW)                                \
  "ldr %[v], [%[s], #" #at                                         \
  "]\n"                                                            \
  "ldr %[n], [%[s], #" #at                                         \
  " + 4]\n"                                                        \
  "cmp %[n], #0\n"                                                 \
  "beq 2" #l                                                       \
  "f\n"                                                            \
  "1" #l                                                           \
  ":\n"                                                            \
  "vld1.32 {d8-d9}, [%[v]]!\n"                                     \
  "subs %[n], %[n], #1\n" ROW("d8[0]") ROW("d8[1]") ROW("d9[0]")   \
      ROW("d9[1]") "bne 1" #l                                      \
                   "b\n"                                           \
                   "2" #l                                          \
                   ":\n"                                           \
                   "ldr %[n], [%[s], #" #at                        \
                   " + 8]\n"                                       \
                   "cmp %[n], #0\n"                                \
                   "beq 4" #l                                      \
                   "f\n"                                           \
                   "3" #l                                          \
                   ":\n"                                           \
                   "vld1.32 {d8[0]}, [%[v]]!\n"                    \
                   "subs %[n], %[n], #1\n" ROW("d8[0]") "bne 3" #l \
                                                        "b\n"      \
                                                        "4" #l ":\n"

// `blocks` blocks: from their biases, by the weights, to the pre-activations `e`.
#define TONEZOO_PRODUCT(FIRST_LOADS, SUMS, INPUT_ROW, ROW)                                                \
  const float* v;                                                                                         \
  std::size_t n;                                                                                          \
  __asm__ volatile(                                                                                       \
      FIRST_LOADS                                                                                         \
      "5:\n"                                                                                              \
      "vldmia %[b]!, " SUMS "\n" TONEZOO_SEGMENT(0, 1, INPUT_ROW)                                         \
          TONEZOO_SEGMENT(12, 2, ROW) "vstmia %[e]!, " SUMS                                               \
                                      "\n"                                                                \
                                      "subs %[m], %[m], #1\n"                                             \
                                      "bne 5b\n"                                                          \
      : [w] "+r"(weights), [b] "+r"(bias), [e] "+r"(e), [m] "+r"(blocks), [v] "=&r"(v), [n] "=&r"(n)      \
      : [s] "r"(&segments)                                                                                \
      : "cc", "memory", "q0", "q1", "q2", "q3", "q4", "q6", "q7", "q8", "q9", "q10", "q11", "q12", "q13", \
        "q14", "q15")

static_assert(sizeof(Segment) == 12, "the offsets in TONEZOO_PRODUCT are of three words");

// Rows of a block: for LSTM the slots i, f, g, o; for GRU r, z, x (inputs) or r, z, y (h). Each slot has a
// vector for each group. Biases and `e`: the cell's four slots. `blocks` is at least 1.
struct LstmProduct {
  static inline __attribute__((always_inline)) void pairs(const Segments& segments, const float* weights,
                                                          const float* bias, float* e, std::size_t blocks) {
    TONEZOO_PRODUCT(TONEZOO_LOAD_A TONEZOO_LOAD_B, "{d16-d31}", TONEZOO_LSTM_ROW_2, TONEZOO_LSTM_ROW_2);
  }
  static inline __attribute__((always_inline)) void single(const Segments& segments, const float* weights,
                                                           const float* bias, float* e) {
    std::size_t blocks = 1;
    TONEZOO_PRODUCT(TONEZOO_LOAD_A TONEZOO_LOAD_B, "{d16-d23}", TONEZOO_LSTM_ROW_1, TONEZOO_LSTM_ROW_1);
  }
};

struct GruProduct {
  static inline __attribute__((always_inline)) void pairs(const Segments& segments, const float* weights,
                                                          const float* bias, float* e, std::size_t blocks) {
    TONEZOO_PRODUCT(TONEZOO_LOAD_A TONEZOO_LOAD_B TONEZOO_LOAD_C, "{d16-d31}", TONEZOO_GRU_INPUT_ROW_2,
                    TONEZOO_GRU_ROW_2);
  }
  static inline __attribute__((always_inline)) void single(const Segments& segments, const float* weights,
                                                           const float* bias, float* e) {
    std::size_t blocks = 1;
    TONEZOO_PRODUCT(TONEZOO_LOAD_A "vld1.32 {d4-d5}, [%[w]:128]!\n", "{d16-d23}", TONEZOO_GRU_INPUT_ROW_1,
                    TONEZOO_GRU_ROW_1);
  }
};

#undef TONEZOO_LOAD_A
#undef TONEZOO_LOAD_B
#undef TONEZOO_LOAD_C
#undef TONEZOO_TWO
#undef TONEZOO_TWO_A
#undef TONEZOO_TWO_B
#undef TONEZOO_TWO_C
#undef TONEZOO_LSTM_ROW_1
#undef TONEZOO_LSTM_ROW_2
#undef TONEZOO_GRU_INPUT_ROW_1
#undef TONEZOO_GRU_INPUT_ROW_2
#undef TONEZOO_GRU_ROW_1
#undef TONEZOO_GRU_ROW_2
#undef TONEZOO_GRU_LAST
#undef TONEZOO_SEGMENT
#undef TONEZOO_PRODUCT

}  // namespace armv7
}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
