// Powers of two in assembly, for two vectors at a time: what all gates are made of (see lstm_cell.h).
// Threads: text for inline assembly; safe in render(). ARMv7 only.
//
// x becomes a fixed-point number of 26 binary places, which holds it within +-32 without a comparison; its
// integer part is added to the exponent of 2^f, a polynomial in the fraction f in +-1/2 (exp2.h's).
// Registers: q0, q1 the polynomial (and the cell's scale), q2 ones; q8, q9 x; q6..q15 are overwritten; the
// powers are in q14, q15. q3..q5 are free.
#pragma once

#include "../lstm_cell.h"
#include "../simd.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {
namespace armv7 {

constexpr float kGateConstants[12] __attribute__((aligned(16))) = {0.6931471824645996f,
                                                                   0.24022281169891357f,
                                                                   0.055505599826574326f,
                                                                   0.009669708088040352f,
                                                                   0.001330026425421238f,
                                                                   LstmCell::kCellScale,
                                                                   0.0f,
                                                                   0.0f,
                                                                   1.0f,
                                                                   1.0f,
                                                                   1.0f,
                                                                   1.0f};
#define TONEZOO_LOAD_GATE_CONSTANTS \
  "vld1.32 {d0-d3}, [%[k]:128]!\n"  \
  "vld1.32 {d4-d5}, [%[k]:128]\n"
#define TONEZOO_CELL_SCALE "d2[1]"

#define TONEZOO_BOTH(operation, a0, b0, c0, a1, b1, c1) \
  operation " " a0 ", " b0 ", " c0 "\n" operation " " a1 ", " b1 ", " c1 "\n"

#define TONEZOO_POWERS                                                   \
  TONEZOO_BOTH("vcvt.s32.f32", "q8", "q8", "#26", "q9", "q9", "#26")     \
  TONEZOO_BOTH("vrshr.s32", "q10", "q8", "#26", "q11", "q9", "#26")      \
  TONEZOO_BOTH("vshl.i32", "q8", "q8", "#6", "q9", "q9", "#6")           \
  TONEZOO_BOTH("vshl.i32", "q10", "q10", "#23", "q11", "q11", "#23")     \
  TONEZOO_BOTH("vcvt.f32.s32", "q8", "q8", "#32", "q9", "q9", "#32")     \
  TONEZOO_BOTH("vmul.f32", "q12", "q8", "q8", "q13", "q9", "q9")         \
  TONEZOO_BOTH("vmul.f32", "q14", "q8", "d0[0]", "q15", "q9", "d0[0]")   \
  TONEZOO_BOTH("vmul.f32", "q6", "q8", "d1[0]", "q7", "q9", "d1[0]")     \
  TONEZOO_BOTH("vmul.f32", "q8", "q8", "d2[0]", "q9", "q9", "d2[0]")     \
  TONEZOO_BOTH("vmla.f32", "q14", "q12", "d0[1]", "q15", "q13", "d0[1]") \
  TONEZOO_BOTH("vmla.f32", "q6", "q12", "d1[1]", "q7", "q13", "d1[1]")   \
  TONEZOO_BOTH("vmla.f32", "q6", "q12", "q8", "q7", "q13", "q9")         \
  TONEZOO_BOTH("vmla.f32", "q14", "q12", "q6", "q15", "q13", "q7")       \
  TONEZOO_BOTH("vadd.f32", "q14", "q14", "q2", "q15", "q15", "q2")       \
  TONEZOO_BOTH("vadd.i32", "q14", "q14", "q10", "q15", "q15", "q11")

// The same for q8 alone, to q14.
#define TONEZOO_POWER          \
  "vcvt.s32.f32 q8, q8, #26\n" \
  "vrshr.s32 q10, q8, #26\n"   \
  "vshl.i32 q8, q8, #6\n"      \
  "vcvt.f32.s32 q8, q8, #32\n" \
  "vshl.i32 q10, q10, #23\n"   \
  "vmul.f32 q12, q8, q8\n"     \
  "vmul.f32 q6, q8, d1[0]\n"   \
  "vmul.f32 q14, q8, d0[0]\n"  \
  "vmul.f32 q8, q8, d2[0]\n"   \
  "vmla.f32 q6, q12, d1[1]\n"  \
  "vmla.f32 q14, q12, d0[1]\n" \
  "vmla.f32 q6, q12, q8\n"     \
  "vadd.f32 q14, q14, q2\n"    \
  "vmla.f32 q14, q12, q6\n"    \
  "vadd.i32 q14, q14, q10\n"

// r = 1 / d by an estimate and two Newton steps, with t0 and t1 to work in: 23 bits.
#define TONEZOO_RECIPROCALS(r0, d0, t0, r1, d1, t1)                                                       \
  "vrecpe.f32 " r0 ", " d0                                                                                \
  "\n"                                                                                                    \
  "vrecpe.f32 " r1 ", " d1 "\n" TONEZOO_BOTH("vrecps.f32", t0, d0, r0, t1, d1, r1)                        \
      TONEZOO_BOTH("vmul.f32", r0, r0, t0, r1, r1, t1) TONEZOO_BOTH("vrecps.f32", t0, d0, r0, t1, d1, r1) \
          TONEZOO_BOTH("vmul.f32", r0, r0, t0, r1, r1, t1)
#define TONEZOO_RECIPROCAL(r, d, t) \
  "vrecpe.f32 " r ", " d            \
  "\n"                              \
  "vrecps.f32 " t ", " d ", " r     \
  "\n"                              \
  "vmul.f32 " r ", " r ", " t       \
  "\n"                              \
  "vrecps.f32 " t ", " d ", " r     \
  "\n"                              \
  "vmul.f32 " r ", " r ", " t "\n"

}  // namespace armv7
}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
