// A recurrent layer so small that all its pre-activations fit the registers: latency is what counts.
// Threads: pack() is for load(); run() is safe in render().
#pragma once

#include <cstddef>

#include "gate_layout.h"
#include "recurrent_state.h"
#include "vectors.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {

// `groups` groups, and a remainder with `shared` slots in each vector (0: no remainder).
template <class Cell, int groups, int shared>
struct SmallLayer {
  static constexpr int kShared = shared == 0 ? 0 : static_cast<int>(kSlots) / shared;
  static constexpr int kVectors = static_cast<int>(kSlots) * groups + kShared;
  static constexpr std::size_t kLanes = Float::kLanes;

  // weight(slot, unit, k) of all rows in the order in which run() reads them.
  template <typename Weight>
  static void pack(const GateLayout& layout, const Weight& weight, float* to) {
    for (std::size_t k = 0; k < layout.hidden; ++k)
      to = layout.write(to, 0, layout.vectors(),
                        [&](int slot, std::size_t unit) { return weight(slot, unit, k); });
  }

  static void run(RecurrentState& state, const RecurrentInput& input) noexcept {
    constexpr std::size_t kRest = groups * kLanes;
    float* const c = state.c.data();
    for (std::size_t t = 0; t < input.frames; ++t) {
      const float* const h = state.before(t);
      float* const next = state.after(t);
      const float* weights = state.weights.data();
      Vectors<kVectors> sums;
      sums.start(splat(input.x[t]), state.audio.data(), input.drive + t * input.drive_step);
      Chains<kVectors <= 6>::multiply(sums, weights, h, state.hidden);
      // All groups take the first half of the way together, then the second: a processor sees only so far
      // ahead.
      Vectors<groups> halfway;
      Groups<groups>::first(sums, halfway, c);
      const Float rest = Remainder<shared>::first(sums, c + kRest);
      Groups<groups>::second(sums, halfway, h, next);
      Remainder<shared>::second(sums, rest, h + kRest, next + kRest);
    }
  }

 private:
  template <bool two, int dummy = 0>
  struct Chains {
    static TONEZOO_INLINE void multiply(Vectors<kVectors>& sums, const float*& weights, const float* h,
                                        std::size_t rows) {
      tonezoo::multiply(sums, weights, h, rows);
    }
  };
  template <int dummy>
  struct Chains<true, dummy> {
    static TONEZOO_INLINE void multiply(Vectors<kVectors>& sums, const float*& weights, const float* h,
                                        std::size_t rows) {
      multiply_on_two_chains(sums, weights, h, rows);
    }
  };

  template <int count, int dummy = 0>
  struct Groups {
    static constexpr int kFirst = static_cast<int>(kSlots) * (count - 1);
    static constexpr std::size_t kUnit = (count - 1) * kLanes;

    static TONEZOO_INLINE void first(const Vectors<kVectors>& sums, Vectors<count>& halfway, float* c) {
      Groups<count - 1>::first(sums, halfway.rest, c);
      halfway.last = Cell::first_half(vector_at<kFirst>(sums), vector_at<kFirst + 1>(sums),
                                      vector_at<kFirst + 2>(sums), vector_at<kFirst + 3>(sums), c + kUnit);
    }
    static TONEZOO_INLINE void second(const Vectors<kVectors>& sums, const Vectors<count>& halfway,
                                      const float* h, float* next) {
      Groups<count - 1>::second(sums, halfway.rest, h, next);
      store(next + kUnit,
            Cell::second_half(halfway.last, vector_at<kFirst + Cell::kLateSlot>(sums), load(h + kUnit)));
    }
  };
  template <int dummy>
  struct Groups<0, dummy> {
    static TONEZOO_INLINE void first(const Vectors<kVectors>&, Vectors<0>&, float*) {}
    static TONEZOO_INLINE void second(const Vectors<kVectors>&, const Vectors<0>&, const float*, float*) {}
  };

  // The remainder: the last vectors of `sums`. Lanes beyond its units hold finite nonsense that meets only
  // weights of zero.
  template <int slots, int dummy = 0>
  struct Remainder {  // 0
    static TONEZOO_INLINE Float first(const Vectors<kVectors>&, float*) { return splat(0.0f); }
    static TONEZOO_INLINE void second(const Vectors<kVectors>&, Float, const float*, float*) {}
  };
  template <int dummy>
  struct Remainder<2, dummy> {
    static TONEZOO_INLINE Float first(const Vectors<kVectors>& sums, float* c) {
      const Float a = vector_at<kVectors - 2>(sums), b = vector_at<kVectors - 1>(sums);
      return Cell::first_half(a, swap_halves(a), b, swap_halves(b), c);
    }
    static TONEZOO_INLINE void second(const Vectors<kVectors>& sums, Float halfway, const float* h,
                                      float* next) {
      static_assert(Cell::kLateSlot % 2 == 1, "the late slot is the upper half of its vector");
      const Float late = swap_halves(vector_at<kVectors - 2 + Cell::kLateSlot / 2>(sums));
      store(next, Cell::second_half(halfway, late, load(h)));
    }
  };
#if defined(TONEZOO_AVX512)
  template <int dummy>
  struct Remainder<4, dummy> {
    static TONEZOO_INLINE Float first(const Vectors<kVectors>& sums, float* c) {
      const Float a = vector_at<kVectors - 1>(sums), b = swap_quarters(a);
      return Cell::first_half(a, b, swap_halves(a), swap_halves(b), c);
    }
    static TONEZOO_INLINE void second(const Vectors<kVectors>& sums, Float halfway, const float* h,
                                      float* next) {
      const Float b = swap_quarters(vector_at<kVectors - 1>(sums));
      store(next, Cell::second_half(halfway, Cell::kLateSlot == 1 ? b : swap_halves(b), load(h)));
    }
  };
#endif
};

}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
