// NAM's WaveNet (A1 and A2), of any size given at run time, in blocks of any length.
// Threads: load() runs in setup() and may fail. reset(), process() and process_states() run in render(): no
// allocation, lock, I/O or throw. One thread at a time.
//
// In each layer of an array, with x its input and `dry` the audio:
//   a = activation(conv(x) + mixin * dry),  x <- x + layer1x1(a),  head <- head + a
// An array's head starts as what the head of the array before it put out; the output is head_scale times the
// last. At rest all samples before the first are 0 and every layer has long settled on them (NAM's
// "pad_start"). Input that is NaN or infinite counts as 0, and beyond +-1e6 as +-1e6.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

#include "aligned.h"
#include "denormals.h"
#include "finite.h"
#include "wavenet_array.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {

class WaveNet {
 public:
  // False, and unchanged, if the shape is out of bounds, `count` does not fit it or there is no memory for
  // it.
  bool load(const WaveNetShape& shape, const float* weights, std::size_t count) {
    if (!shape.valid() || count != shape.weight_count()) return false;
    WaveNet made;
    if (!made.allocate(shape)) return false;
    made.head_scale_ = *weights++;
    for (std::size_t a = 0; a < made.num_arrays_; ++a) weights = made.arrays_[a].fill(weights);
    made.reset();
    swap(made);
    return true;
  }

  // Channels of what the last head sees.
  std::size_t features() const { return num_arrays_ ? arrays_[num_arrays_ - 1].channels() : 0; }

  void reset() noexcept {
    const float silence = 0.0f;
    float ignored;
    run(&silence, &ignored, nullptr, 1, true);
  }

  // `out` may be `in`.
  void process(const float* in, float* out, std::size_t frames) noexcept {
    process_states(in, out, nullptr, frames);
  }

  // As process(), and `states` gets what the last head sees: [frames][features()].
  void process_states(const float* in, float* out, float* states, std::size_t frames) noexcept {
    const FlushDenormals flush;
    for (std::size_t done = 0; done < frames;) {
      const std::size_t n = frames - done < kBlock ? frames - done : kBlock;
      run(in + done, out + done, states ? states + done * features() : nullptr, n, false);
      done += n;
    }
  }

 private:
  bool allocate(const WaveNetShape& shape) {
    num_arrays_ = shape.num_arrays;
    arrays_.reset(new (std::nothrow) LayerArray[num_arrays_]);
    if (!arrays_) return false;
    std::size_t inputs = 0, channels = 0;
    for (std::size_t a = 0; a < num_arrays_; ++a) {
      if (!arrays_[a].shape(shape.arrays[a], a + 1 == num_arrays_)) return false;
      inputs = std::max(inputs, arrays_[a].most_inputs());
      channels = std::max(channels, arrays_[a].channels());
    }
    inputs_.reset(new (std::nothrow) const float*[inputs]);
    Pieces counted;
    place(counted, channels);
    if (!inputs_ || counted.taken() > kMostFloats) return false;
    if (!memory_.resize(static_cast<std::size_t>(counted.taken()))) return false;
    Pieces pieces(memory_.data());
    place(pieces, channels);
    return true;
  }

  void place(Pieces& pieces, std::size_t channels) {
    constexpr std::size_t kStride = Workspace::kStride;
    dry_ = pieces.take(kStride);
    wet_ = pieces.take(kStride);
    work_.inputs = inputs_.get();
    work_.dry = dry_;
    work_.active = {pieces.take(channels * kStride), kStride};
    work_.stream = {pieces.take(channels * kStride), kStride};
    for (std::size_t a = 0; a < num_arrays_; ++a) arrays_[a].place(pieces);
  }

  void swap(WaveNet& other) noexcept {
    memory_.swap(other.memory_);
    std::swap(arrays_, other.arrays_);
    std::swap(inputs_, other.inputs_);
    std::swap(num_arrays_, other.num_arrays_);
    std::swap(work_, other.work_);
    std::swap(dry_, other.dry_);
    std::swap(wet_, other.wet_);
    std::swap(head_scale_, other.head_scale_);
  }

  // `frames` is at most kBlock.
  void run(const float* in, float* out, float* states, std::size_t frames, bool settle) noexcept {
    for (std::size_t t = 0; t < frames; ++t) dry_[t] = bounded(in[t], kLoudest);
    Rows rows = {dry_, 0};
    set_zero(arrays_[0].head_sum(), arrays_[0].channels(), frames);
    for (std::size_t a = 0; a < num_arrays_; ++a) {
      const bool last = a + 1 == num_arrays_;
      arrays_[a].run_layers(work_, rows, frames, settle);
      if (last && states != nullptr) transpose(arrays_[a].head_sum(), features(), frames, states);
      arrays_[a].run_head(work_, last ? Rows{wet_, 0} : arrays_[a + 1].head_sum(), frames, settle);
      rows = work_.stream;
    }
    for (std::size_t t = 0; t < frames; ++t) out[t] = head_scale_ * wet_[t];
  }

  static void set_zero(Rows rows, std::size_t channels, std::size_t frames) {
    for (std::size_t c = 0; c < channels; ++c) {
      for (std::size_t t = 0; t < frames; t += Float::kLanes) {
        store_unaligned(rows.first + c * rows.stride + t, splat(0.0f));
      }
    }
  }

  static void transpose(Rows rows, std::size_t channels, std::size_t frames, float* out) {
    for (std::size_t t = 0; t < frames; ++t) {
      for (std::size_t c = 0; c < channels; ++c) *out++ = rows.first[c * rows.stride + t];
    }
  }

  static constexpr std::uint64_t kMostFloats = std::uint64_t{1} << 28;  // 1 GiB of weights and history
  static constexpr float kLoudest = 1e6f;                               // no layer overflows

  AlignedFloats memory_;
  std::unique_ptr<LayerArray[]> arrays_;
  std::unique_ptr<const float*[]> inputs_;
  std::size_t num_arrays_ = 0;
  Workspace work_ = {};
  float *dry_ = nullptr, *wet_ = nullptr;
  float head_scale_ = 0.0f;
};

}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
