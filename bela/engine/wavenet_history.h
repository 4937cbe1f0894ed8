// The last samples of many channels, one row for each, readable as plain arrays at any delay.
// Threads: the constructor allocates nothing; all members are safe in render().
//
// A ring whose first samples are kept a second time behind its end, so that a block at any delay is
// contiguous: no test for the end in the inner loops, and never a long copy.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace tonezoo {

// Frames that are worked on at once; a multiple of every vector's length. Longer blocks are cut.
constexpr std::size_t kBlock = 64;

// One row of samples for each channel, `stride` floats apart.
struct Rows {
  float* first;
  std::size_t stride;

  // The rows from `row` on, from frame `t` on.
  Rows from(std::size_t row, std::size_t t) const { return {first + row * stride + t, stride}; }
};

class History {
 public:
  // `delay` is the longest that will be asked for.
  void shape(std::size_t channels, std::size_t delay) {
    channels_ = channels;
    delay_ = delay;
    // Few wraps for short delays; none at all, for the block starts anew each time, when nothing is kept.
    ring_ = delay == 0 ? kBlock : round_up(delay + kBlock < kShortest ? kShortest : delay + kBlock);
    // An odd number of cache lines, so that the rows do not compete for the same sets of the cache.
    stride_ = ring_ + kBlock;
    if ((stride_ / kLine) % 2 == 0) stride_ += kLine;
  }

  std::size_t size() const { return channels_ * stride_; }

  // `memory`: size() floats, aligned to kLine floats.
  void place(float* memory) { memory_ = memory; }

  // As if the first frame of the block being written had been there for ever.
  void settle() {
    for (std::size_t c = 0; c < channels_; ++c) {
      float* row = memory_ + c * stride_;
      std::fill(row, row + stride_, row[at_]);
    }
  }

  // The block being written.
  Rows now() const { return {memory_ + at_, stride_}; }

  // The same, `delay` samples earlier.
  Rows ago(std::size_t delay) const {
    return {memory_ + (at_ >= delay ? at_ - delay : at_ + ring_ - delay), stride_};
  }

  // To be called when the block of `frames` (at most kBlock) stands at now(), before ago() reads from it.
  void complete(std::size_t frames) {
    if (delay_ == 0) return;
    const std::size_t end = at_ + frames;
    if (at_ < kBlock) copy(at_, end < kBlock ? end : kBlock, at_ + ring_);
    if (end > ring_) copy(ring_, end, 0);
  }

  // On to the next block.
  void advance(std::size_t frames) {
    if (delay_ == 0) return;
    at_ += frames;
    if (at_ >= ring_) at_ -= ring_;
  }

 private:
  static constexpr std::size_t kLine = 16;       // floats in a cache line
  static constexpr std::size_t kShortest = 256;  // a power of two, at least 2 * kBlock

  static std::size_t round_up(std::size_t n) { return (n + kLine - 1) / kLine * kLine; }

  void copy(std::size_t from, std::size_t to, std::size_t target) {
    for (std::size_t c = 0; c < channels_; ++c) {
      float* row = memory_ + c * stride_;
      std::memcpy(row + target, row + from, (to - from) * sizeof(float));
    }
  }

  std::size_t channels_ = 0, delay_ = 0, ring_ = 0, stride_ = 0, at_ = 0;
  float* memory_ = nullptr;
};

}  // namespace tonezoo
