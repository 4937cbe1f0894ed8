// A matrix times a panel of batch lanes: out[row][lane] = sum over k of w[row][k] in[k][lane].
// Threads: multiply() reads the matrix, so many may share it.
//
// Rows are taken in tiles whose sums fill the registers; a weight is a broadcast, and the matrix is packed in
// the order in which it is read.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "training/kernels/math.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {
namespace training {

// Rows whose kVectors sums each fill the registers, leaving room for the panel and a weight.
template <std::size_t kVectors>
constexpr std::size_t kTileRows = (kRegisters == 32 ? 24 : 12) / kVectors;

constexpr std::size_t kLastRows = 4;  // what is left over is one tile of a multiple of so many

// GCC unrolls 16 turns unasked; a loop over registers that stays a loop goes through memory.
#define TONEZOO_UNROLLED _Pragma("GCC unroll 24")

// A matrix packed in tiles for panels of kVectors vectors.
template <std::size_t kVectors>
class PackedMatrix {
 public:
  static constexpr std::size_t kWidth = kVectors * kLanes;

  // `at(row, k)` gives the elements.
  template <class At>
  void pack(std::size_t rows, std::size_t columns, At at) {
    columns_ = columns;
    whole_ = rows / kTile;
    last_ = (rows % kTile + kLastRows - 1) / kLastRows * kLastRows;
    values_.clear();
    values_.reserve(padded_rows() * columns);
    std::size_t row = 0;
    const auto pack_tile = [&](std::size_t tile) {
      for (std::size_t k = 0; k < columns; ++k)
        for (std::size_t r = row; r < row + tile; ++r) values_.push_back(r < rows ? at(r, k) : 0.0f);
      row += tile;
    };
    for (std::size_t t = 0; t < whole_; ++t) pack_tile(kTile);
    pack_tile(last_);
  }

  // Rows that multiply() writes: the last tile may run past the matrix, with zeros.
  std::size_t padded_rows() const { return whole_ * kTile + last_; }

  // out [padded_rows()][kWidth] = the product with in [columns][kWidth].
  TONEZOO_INLINE void multiply(const float* in, float* out) const {
    multiply_tiles<false>(in, out, nullptr, 0);
  }

  // Adds the product to `out`, and meanwhile has what lies at `next` brought into the caches, little by
  // little: fetched all at once, it would make everything else wait.
  TONEZOO_INLINE void multiply_add(const float* in, float* out, const float* next, std::size_t count) const {
    const std::size_t turns = std::max<std::size_t>(1, columns_ * (whole_ + (last_ > 0)));
    const std::size_t stride = std::min<std::size_t>(16, (count + turns - 1) / turns);
    multiply_tiles<true>(in, out, next, stride);
  }

 private:
  static constexpr std::size_t kTile = kTileRows<kVectors>;

  template <bool kAdd>
  TONEZOO_INLINE void multiply_tiles(const float* in, float* out, const float* next,
                                     std::size_t stride) const {
    const float* w = values_.data();
    for (std::size_t t = 0; t < whole_; ++t, w += kTile * columns_, out += kTile * kWidth) {
      multiply_tile<kTile, kAdd>(w, in, out, next, stride);
      next += columns_ * stride;
    }
    multiply_last<kLastRows, kAdd>(w, in, out, next, stride);
  }

  template <std::size_t kRows, bool kAdd>
  TONEZOO_INLINE void multiply_last(const float* w, const float* in, float* out, const float* next,
                                    std::size_t stride) const {
    if (last_ == kRows) multiply_tile<kRows, kAdd>(w, in, out, next, stride);
    if constexpr (kRows < kTile) multiply_last<kRows + kLastRows, kAdd>(w, in, out, next, stride);
  }

  template <std::size_t kRows, bool kAdd>
  TONEZOO_INLINE void multiply_tile(const float* w, const float* in, float* out, const float* next,
                                    std::size_t stride) const {
    Floats total[kRows][kVectors];
    TONEZOO_UNROLLED
    for (std::size_t r = 0; r < kRows; ++r)
      for (std::size_t n = 0; n < kVectors; ++n) total[r][n] = kAdd ? get(out + r * kWidth, n) : Floats{};
    for (std::size_t k = 0; k < columns_; ++k, w += kRows, in += kWidth) {
      if constexpr (kAdd) __builtin_prefetch(next + k * stride);
      Floats v[kVectors];
      for (std::size_t n = 0; n < kVectors; ++n) v[n] = get(in, n);
      TONEZOO_UNROLLED
      for (std::size_t r = 0; r < kRows; ++r)
        for (std::size_t n = 0; n < kVectors; ++n) total[r][n] += w[r] * v[n];
    }
    TONEZOO_UNROLLED
    for (std::size_t r = 0; r < kRows; ++r)
      for (std::size_t n = 0; n < kVectors; ++n) put(out + r * kWidth, n, total[r][n]);
  }

  std::size_t columns_ = 0, whole_ = 0, last_ = 0;
  std::vector<float> values_;
};

}  // namespace training
}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
