// A recurrent layer so small that all its pre-activations fit the registers: latency is what counts.
// Threads: pack() is for load(); run() is safe in render().
//
// The first A groups are finished before the rest, and the next sample's products begin with them: so one
// part's gates are under way while the other part's products are computed.
#pragma once

#include <cstddef>

#include "gate_layout.h"
#include "recurrent_state.h"
#include "vectors.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {

#if defined(TONEZOO_AVX512)
constexpr int kRegisters = 32;
#else
constexpr int kRegisters = 16;
#endif

// A groups, then B groups and a remainder with `Shared` slots in each vector (0: no remainder).
template <class Cell, int A, int B, int Shared>
struct SmallLayer {
  static constexpr int kShared = Shared == 0 ? 0 : static_cast<int>(kSlots) / Shared;
  static constexpr int kFirst = 4 * A, kSecond = 4 * B + kShared;
  static constexpr std::size_t kLanes = Float::kLanes;

  // weight(slot, unit, k) of all rows in the order in which run() reads them.
  template <typename Weight>
  static void pack(const GateLayout& layout, const Weight& weight, float* to) {
    const std::size_t split = rows_of_first(layout.hidden), all = layout.vectors();
    const auto write = [&](std::size_t k, std::size_t first, std::size_t last) {
      to = layout.write(to, first, last, [&](int slot, std::size_t unit) { return weight(slot, unit, k); });
    };
    for (std::size_t k = 0; k < split; ++k) write(k, 0, all);
    for (std::size_t k = split; k < layout.hidden; ++k) write(k, 0, kFirst);
    for (std::size_t k = split; k < layout.hidden; ++k) write(k, kFirst, all);
  }

  static void run(RecurrentState& state, const RecurrentInput& input) noexcept {
    const std::size_t split = rows_of_first(state.hidden), left = state.hidden - split;
    float* const c = state.c.data();
    const float* const audio = state.audio.data();
    for (std::size_t t = 0; t < input.frames; ++t) {
      const float* h = state.before(t);
      float* const next = state.after(t);
      const float* weights = state.weights.data();
      const float* drive = input.drive + t * input.drive_step;
      Vectors<kFirst> first;
      Vectors<kSecond> second;
      first.start(splat(input.x[t]), audio, drive);
      second.start(splat(input.x[t]), audio + kFirst * kLanes, drive + kFirst * kLanes);
      multiply_both(first, second, weights, h, split);
      Chains<kFirst, (kFirst > 0 && 2 * kFirst + kSecond + 2 <= kRegisters)>::multiply(first, weights,
                                                                                       h + split, left);
      Groups<A>::finish(first, h, c, next);
      Chains<kSecond, (kSecond > 0 && 2 * kSecond + 2 <= kRegisters)>::multiply(second, weights, h + split,
                                                                                left);
      constexpr std::size_t kB = A * kLanes, kRest = (A + B) * kLanes;
      Groups<B>::finish(second, h + kB, c + kB, next + kB);
      Remainder<Shared>::finish(second, h + kRest, c + kRest, next + kRest);
    }
  }

 private:
  static std::size_t rows_of_first(std::size_t hidden) { return hidden < A * kLanes ? hidden : A * kLanes; }

  template <int count, bool two>
  struct Chains {
    static TONEZOO_INLINE void multiply(Vectors<count>& sums, const float*& weights, const float* h,
                                        std::size_t rows) {
      tonezoo::multiply(sums, weights, h, rows);
    }
  };
  template <int count>
  struct Chains<count, true> {
    static TONEZOO_INLINE void multiply(Vectors<count>& sums, const float*& weights, const float* h,
                                        std::size_t rows) {
      multiply_on_two_chains(sums, weights, h, rows);
    }
  };
  template <bool two>
  struct Chains<0, two> {
    static TONEZOO_INLINE void multiply(Vectors<0>&, const float*&, const float*, std::size_t) {}
  };

  static constexpr std::size_t kRow = (kFirst + kSecond) * kLanes;

  static TONEZOO_INLINE void accumulate(Vectors<kFirst>& first, Vectors<kSecond>& second,
                                        const float* weights, float h) {
    const Float x = splat(h);
    first.accumulate(x, weights);
    second.accumulate(x, weights + kFirst * kLanes);
  }

  static TONEZOO_INLINE void multiply_both(Vectors<kFirst>& first, Vectors<kSecond>& second,
                                           const float*& weights, const float* h, std::size_t rows) {
    std::size_t k = 0;
    if (kFirst + kSecond <= 6) {  // one chain's latency would show
      Vectors<kFirst> first_odd;
      Vectors<kSecond> second_odd;
      first_odd.clear();
      second_odd.clear();
      for (; k + 2 <= rows; k += 2, weights += 2 * kRow) {
        accumulate(first, second, weights, h[k]);
        accumulate(first_odd, second_odd, weights + kRow, h[k + 1]);
      }
      first.add_all(first_odd);
      second.add_all(second_odd);
    }
    for (; k + 4 <= rows; k += 4, weights += 4 * kRow) {
      accumulate(first, second, weights, h[k]);
      accumulate(first, second, weights + kRow, h[k + 1]);
      accumulate(first, second, weights + 2 * kRow, h[k + 2]);
      accumulate(first, second, weights + 3 * kRow, h[k + 3]);
    }
    for (; k < rows; ++k, weights += kRow) accumulate(first, second, weights, h[k]);
  }

  // The gates of the first `count` groups in `sums`.
  template <int count, int dummy = 0>
  struct Groups {
    template <int vectors>
    static TONEZOO_INLINE void finish(const Vectors<vectors>& sums, const float* h, float* c, float* next) {
      constexpr int g = count - 1, v = 4 * g;
      constexpr std::size_t unit = g * kLanes;
      Groups<count - 1>::finish(sums, h, c, next);
      store(next + unit, Cell::at_once(vector_at<v>(sums), vector_at<v + 1>(sums), vector_at<v + 2>(sums),
                                       vector_at<v + 3>(sums), load(h + unit), c + unit));
    }
  };
  template <int dummy>
  struct Groups<0, dummy> {
    template <int vectors>
    static TONEZOO_INLINE void finish(const Vectors<vectors>&, const float*, float*, float*) {}
  };

  // The gates of the remainder: the last vectors of `sums`. Lanes beyond its units hold finite nonsense that
  // meets only weights of zero.
  template <int shared, int dummy = 0>
  struct Remainder {  // 0
    template <int vectors>
    static TONEZOO_INLINE void finish(const Vectors<vectors>&, const float*, float*, float*) {}
  };
  template <int dummy>
  struct Remainder<2, dummy> {
    template <int vectors>
    static TONEZOO_INLINE void finish(const Vectors<vectors>& sums, const float* h, float* c, float* next) {
      const Float a = vector_at<vectors - 2>(sums), b = vector_at<vectors - 1>(sums);
      store(next, Cell::at_once(a, swap_halves(a), b, swap_halves(b), load(h), c));
    }
  };
#if defined(TONEZOO_AVX512)
  template <int dummy>
  struct Remainder<4, dummy> {
    template <int vectors>
    static TONEZOO_INLINE void finish(const Vectors<vectors>& sums, const float* h, float* c, float* next) {
      const Float a = vector_at<vectors - 1>(sums), b = swap_quarters(a);
      store(next, Cell::at_once(a, b, swap_halves(a), swap_halves(b), load(h), c));
    }
  };
#endif
};

}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
