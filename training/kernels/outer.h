// Sums of outer products: grad[column][row] += sum over time and lanes of a[t][row] b[t][column].
// Threads: pure functions on the memory handed in.
#pragma once

#include <algorithm>
#include <cstddef>

#include "training/kernels/math.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {
namespace training {

// [time][row][lane] with `stride` floats from one time to the next.
struct Panel {
  const float* data;
  std::size_t rows, stride;
};

template <std::size_t kVectors>
class OuterProducts {
 public:
  // grad [b.rows][a.rows].
  static void add(const Panel& a, const Panel& b, std::size_t steps, float* grad) {
    constexpr std::size_t kChunk = 12;  // columns whose panel stays in the first cache under all rows of a
    for (std::size_t begin = 0; begin < b.rows; begin += kChunk) {
      const std::size_t end = std::min(b.rows, begin + kChunk);
      std::size_t row = 0;
      for (; row + kRows <= a.rows; row += kRows) add_rows<kRows>(a, row, b, begin, end, steps, grad);
      for (; row < a.rows; ++row) add_rows<1>(a, row, b, begin, end, steps, grad);
    }
  }

 private:
  static constexpr std::size_t kWidth = kVectors * kLanes;
  static constexpr std::size_t kRows = 4;
  static constexpr std::size_t kColumns = kRegisters == 32 ? 6 : 3;

  template <std::size_t kTileRows>
  static TONEZOO_INLINE void add_rows(const Panel& a, std::size_t row, const Panel& b, std::size_t begin,
                                      std::size_t end, std::size_t steps, float* grad) {
    float* out = grad + row;
    std::size_t column = begin;
    for (; column + kColumns <= end; column += kColumns)
      add_tile<kTileRows, kColumns>(a, row, b, column, steps, out);
    if (kColumns > 2)
      for (; column + 2 <= end; column += 2) add_tile<kTileRows, 2>(a, row, b, column, steps, out);
    for (; column < end; ++column) add_tile<kTileRows, 1>(a, row, b, column, steps, out);
  }

  template <std::size_t kTileRows, std::size_t kTileColumns>
  static TONEZOO_INLINE void add_tile(const Panel& a, std::size_t row, const Panel& b, std::size_t column,
                                      std::size_t steps, float* out) {
    Floats total[kTileRows][kTileColumns] = {};
    const float* x = a.data + row * kWidth;
    const float* y = b.data + column * kWidth;
    for (std::size_t t = 0; t < steps; ++t, x += a.stride, y += b.stride)
      for (std::size_t n = 0; n < kVectors; ++n) {
        Floats v[kTileColumns];
        for (std::size_t c = 0; c < kTileColumns; ++c) v[c] = get(y + c * kWidth, n);
        for (std::size_t r = 0; r < kTileRows; ++r) {
          const Floats u = get(x + r * kWidth, n);
          for (std::size_t c = 0; c < kTileColumns; ++c) total[r][c] += u * v[c];
        }
      }
    for (std::size_t c = 0; c < kTileColumns; ++c) {
      float* sums = out + (column + c) * a.rows;
      if constexpr (kTileRows == 4)
        add_sums_of_four(total[0][c], total[1][c], total[2][c], total[3][c], sums);
      else
        for (std::size_t r = 0; r < kTileRows; ++r) sums[r] += sum(total[r][c]);
    }
  }
};

}  // namespace training
}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
