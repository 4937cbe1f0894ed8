// A recurrent layer of any size, in blocks of up to three groups: throughput is what counts.
// Threads: pack() is for load(); run() is safe in render().
//
// While one block's products are computed, the gates of the block before go through their stages in between:
// a processor looks only so far ahead, and would otherwise wait for one or the other. Where the weights
// exceed the first-level cache, every second sample takes the blocks in reverse, so that it begins with
// weights still there.
#pragma once

#include <cstddef>

#include "gate_layout.h"
#include "recurrent_five.h"
#include "recurrent_pending.h"
#include "recurrent_state.h"
#include "vectors.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {

constexpr std::size_t kMaxGroupsPerBlock = 3;
constexpr std::size_t kMaxBlocks = kMaxHidden / Float::kLanes;
constexpr std::size_t kFirstLevelCache = 28 * 1024;  // of 32 KiB, the smallest in use
constexpr std::size_t kInterleavedRows = 6 * (Float::kLanes >= 8 ? 4 : 2);

struct Block {
  std::size_t groups, first_group;
  std::size_t first_row;  // the row of weights that comes first; those before it come last
  const float* weights;

  std::size_t first_unit() const { return first_group * Float::kLanes; }
  std::size_t first_vector() const { return first_group * kSlots; }
};

template <class Cell, int groups, int pending>
struct BlockStep {
  static constexpr int kVectors = 4 * groups;
  static constexpr std::size_t kLanes = Float::kLanes, kRow = kVectors * kLanes;
  static constexpr std::size_t kStep = kInterleavedRows / 6;
  using Gates = Waiting<Cell, pending>;

  // e = the powers of this block's pre-activations; on the way, what is pending gets finished.
  static void run(const Block& block, const RecurrentState& state, float x, const float* drive,
                  const float* h, const Pending& wait, float* e) noexcept {
    const std::size_t offset = block.first_vector() * kLanes;
    const float* weights = block.weights;
    Vectors<kVectors> sums;
    sums.start(splat(x), state.audio.data() + offset, drive + offset);
    const float* row = h + block.first_row;
    if (pending > 0) {
      step(sums, weights, row);
      Gates::template stage2<0>(wait);
      step(sums, weights, row + kStep);
      Gates::template stage2<1>(wait);
      step(sums, weights, row + 2 * kStep);
      Gates::template stage2<2>(wait);
      Gates::template stage3<0>(wait);
      step(sums, weights, row + 3 * kStep);
      Gates::template stage3<1>(wait);
      step(sums, weights, row + 4 * kStep);
      Gates::template stage3<2>(wait);
      step(sums, weights, row + 5 * kStep);
      row += kInterleavedRows;
    }
    multiply(sums, weights, row, static_cast<std::size_t>(h + state.hidden - row));
    multiply(sums, weights, h, block.first_row);
    sums.write(e);
    for (int v = 0; v < kVectors; ++v) Cell::stage1(v % static_cast<int>(kSlots), e + v * kLanes);
  }

 private:
  static TONEZOO_INLINE void step(Vectors<kVectors>& sums, const float*& weights, const float* h) {
    if (kStep == 4)
      accumulate_four(sums, weights, h);
    else
      for (std::size_t k = 0; k < kStep; ++k) sums.accumulate(splat(h[k]), weights + k * kRow);
    weights += kStep * kRow;
  }
};

template <class Cell>
class LargeLayer {
 public:
  // False when there is no memory.
  bool plan(const GateLayout& layout, const float* weights) {
    five_ = FiveGroups<Cell>::suits(layout);
    if (five_) return scratch_.resize(FiveGroups<Cell>::kScratch);
    const std::size_t hidden = layout.hidden, group = kSlots * Float::kLanes * hidden;
    const std::size_t most = groups_per_block(layout.groups, group * sizeof(float));
    count_ = (layout.groups + most - 1) / most;
    if (count_ == 1 && layout.groups > 1) count_ = 2;
    std::size_t first = 0;
    for (std::size_t b = 0; b < count_; ++b) {  // as even as can be, the larger first
      const std::size_t groups = layout.groups / count_ + (b < layout.groups % count_);
      blocks_[b] = Block{groups, first, 0, weights};
      weights += groups * group;
      first += groups;
    }
    // Enough rows must come before those that wait for the gates that the rows before are to hide.
    const std::size_t own = blocks_[0].groups * Float::kLanes;
    const std::size_t waiting = count_ > 0 ? blocks_[count_ - 1].first_unit() : 0;
    interleaves_ = hidden >= kInterleavedRows && waiting >= kInterleavedRows / 6 * 4;
    to_and_fro_ = interleaves_ && layout.groups * group * sizeof(float) > kFirstLevelCache &&
                  hidden >= own + kInterleavedRows;
    if (to_and_fro_) blocks_[0].first_row = own;
    backwards_ = false;
    return scratch_.resize(2 * kMaxGroupsPerBlock * kSlots * Float::kLanes);
  }

  template <typename Weight>
  void pack(const GateLayout& layout, const Weight& weight, float* to) const {
    if (five_) return FiveGroups<Cell>::pack(layout, weight, to);
    for (std::size_t b = 0; b < count_; ++b) {
      const Block& block = blocks_[b];
      for (std::size_t row = 0; row < layout.hidden; ++row) {
        const std::size_t k = (block.first_row + row) % layout.hidden;
        to = layout.write(to, block.first_vector(), block.first_vector() + kSlots * block.groups,
                          [&](int slot, std::size_t unit) { return weight(slot, unit, k); });
      }
    }
  }

  void reset() noexcept { backwards_ = false; }

  void run(RecurrentState& state, const RecurrentInput& input) noexcept {
    float* e = scratch_.data();
    if (five_) return FiveGroups<Cell>::run(state, input, e);
    float* other = e + kMaxGroupsPerBlock * kSlots * Float::kLanes;
    Pending wait = {0, nullptr, nullptr, nullptr, nullptr};
    for (std::size_t t = 0; t < input.frames; ++t) {
      const float* const h = state.before(t);
      for (std::size_t i = 0; i < count_; ++i) {
        const Block& block = blocks_[backwards_ ? count_ - 1 - i : i];
        step(block.groups, wait.groups)(block, state, input.x[t], input.drive + t * input.drive_step, h, wait,
                                        e);
        const std::size_t unit = block.first_unit();
        wait = Pending{block.groups, e, state.c.data() + unit, state.after(t) + unit, h + unit};
        e = other;
        other = wait.e;
        if (!interleaves_) finish<Cell>(wait);
      }
      backwards_ = to_and_fro_ && !backwards_;
    }
    finish<Cell>(wait);
  }

 private:
  // Where not all weights stay in the first-level cache, one block's should.
  static std::size_t groups_per_block(std::size_t groups, std::size_t bytes_per_group) {
    const std::size_t fit = kFirstLevelCache / bytes_per_group;
    return fit == 0 || fit >= groups || fit > kMaxGroupsPerBlock ? kMaxGroupsPerBlock : fit;
  }

  using Step = void (*)(const Block&, const RecurrentState&, float, const float*, const float*,
                        const Pending&, float*);
  static Step step(std::size_t groups, std::size_t pending) {
    static constexpr Step kSteps[3][4] = {{BlockStep<Cell, 1, 0>::run, BlockStep<Cell, 1, 1>::run,
                                           BlockStep<Cell, 1, 2>::run, BlockStep<Cell, 1, 3>::run},
                                          {BlockStep<Cell, 2, 0>::run, BlockStep<Cell, 2, 1>::run,
                                           BlockStep<Cell, 2, 2>::run, BlockStep<Cell, 2, 3>::run},
                                          {BlockStep<Cell, 3, 0>::run, BlockStep<Cell, 3, 1>::run,
                                           BlockStep<Cell, 3, 2>::run, BlockStep<Cell, 3, 3>::run}};
    return kSteps[groups - 1][pending];
  }

  Block blocks_[kMaxBlocks];
  std::size_t count_ = 0;
  bool five_ = false, interleaves_ = false, to_and_fro_ = false, backwards_ = false;
  AlignedFloats scratch_;
};

}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
