// One of a WaveNet's layer arrays: its weights, and the history that its convolutions look back on.
// Threads: shape() allocates and place() fills: setup() only. run_layers() and run_head() are safe in
// render().
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

#include "wavenet_activation.h"
#include "wavenet_history.h"
#include "wavenet_matrix.h"
#include "wavenet_narrow.h"
#include "wavenet_shape.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {

// Hands out pieces of one block of memory, each aligned; counts only, while there is no block yet.
class Pieces {
 public:
  explicit Pieces(float* memory = nullptr) : memory_(memory) {}
  float* take(std::size_t floats) {
    float* piece = memory_ ? memory_ + taken_ : nullptr;
    taken_ += (floats + kLine - 1) / kLine * kLine;
    return piece;
  }
  std::uint64_t taken() const { return taken_; }

 private:
  static constexpr std::size_t kLine = 16;  // floats in a cache line, and in the widest vector
  float* memory_;
  std::uint64_t taken_ = 0;
};

// What a block needs besides weights and history; all arrays share one.
struct Workspace {
  static constexpr std::size_t kStride = kBlock + 16;  // an odd number of cache lines
  const float** inputs;                                // a matrix's input rows
  const float* dry;                                    // [kBlock]
  Rows active;                                         // a layer's activations
  Rows stream;                                         // what leaves an array's last layer
};

class LayerArray {
 public:
  // False when there is no memory. The last array of a WaveNet passes nothing on but its head.
  bool shape(const WaveNetArray& array, bool last) {
    channels_ = array.channels;
    last_ = last;
    num_layers_ = array.num_layers;
    layers_.reset(new (std::nothrow) Layer[num_layers_]);
    if (!layers_) return false;
    rechannel_.shape(channels_, array.input_size);
    for (std::size_t l = 0; l < num_layers_; ++l) {
      const WaveNetLayer& from = array.layers[l];
      Layer& layer = layers_[l];
      layer.narrow = channels_ <= kMostNarrow && (from.activation.kind == Activation::kTanh ||
                                                  from.activation.kind == Activation::kLeakyReLU);
      layer.taps = from.kernel_size;
      layer.dilation = from.dilation;
      layer.activation = from.activation;
      layer.past.shape(channels_, from.delay());
      layer.conv.shape(channels_, channels_ * from.kernel_size + 1);
      layer.mix.shape(channels_, channels_);
    }
    head_past_.shape(channels_, array.head_kernel_size - 1);
    head_.shape(array.head_size, channels_ * array.head_kernel_size);
    head_bias_ = array.head_bias;
    return true;
  }

  void place(Pieces& pieces) {
    rechannel_.place(pieces.take(rechannel_.size()));
    for (std::size_t l = 0; l < num_layers_; ++l) {
      Layer& layer = layers_[l];
      layer.conv.place(pieces.take(layer.conv.size()));
      layer.mix.place(pieces.take(layer.mix.size()));
      layer.past.place(pieces.take(layer.past.size()));
    }
    head_.place(pieces.take(head_.size()));
    head_past_.place(pieces.take(head_past_.size()));
  }

  // Takes its weights in the order of WaveNetShape::weight_count() and returns what follows.
  const float* fill(const float* w) {
    w = fill_kernel(rechannel_, rechannel_.inputs(), 1, w, false);
    w = fill_kernel(head_, channels_, head_.inputs() / channels_, w, head_bias_);
    for (std::size_t l = 0; l < num_layers_; ++l) {
      Layer& layer = layers_[l];
      w = fill_kernel(layer.conv, channels_, layer.taps, w, true);
      for (std::size_t o = 0; o < channels_; ++o) layer.conv.weight(o, layer.conv.inputs() - 1) = *w++;
      w = fill_kernel(layer.mix, channels_, 1, w, true);
    }
    return w;
  }

  std::size_t channels() const { return channels_; }

  // The most rows that one of its matrices reads.
  std::size_t most_inputs() const {
    std::size_t most = rechannel_.inputs() > head_.inputs() ? rechannel_.inputs() : head_.inputs();
    for (std::size_t l = 0; l < num_layers_; ++l) {
      most = layers_[l].conv.inputs() > most ? layers_[l].conv.inputs() : most;
    }
    return most;
  }

  // Where the head's sum for this block is; to be set before run_layers(), which adds to it.
  Rows head_sum() const { return head_past_.now(); }

  // `settle`: takes the first frame as what had been there for ever. Unless it is the last array, what leaves
  // its last layer is in `work.stream`, which may also be `in`.
  void run_layers(const Workspace& work, Rows in, std::size_t frames, bool settle) {
    for (std::size_t i = 0; i < rechannel_.inputs(); ++i) work.inputs[i] = in.first + i * in.stride;
    rechannel_.multiply(work.inputs, {nullptr, 0}, layers_[0].past.now(), frames);
    for (std::size_t l = 0; l < num_layers_; ++l) {
      Layer& layer = layers_[l];
      settle ? layer.past.settle() : layer.past.complete(frames);
      const bool end = l + 1 == num_layers_;
      const Rows nobody = {nullptr, 0};
      const Rows out = !end ? layers_[l + 1].past.now() : last_ ? nobody : work.stream;
      if (layer.narrow)
        run_narrow_layer(layer, work, out, frames);
      else
        run_layer(layer, work, out, frames);
      layer.past.advance(frames);
    }
  }

  void run_head(const Workspace& work, Rows out, std::size_t frames, bool settle) {
    settle ? head_past_.settle() : head_past_.complete(frames);
    list_past(head_past_, head_.inputs() / channels_, 1, channels_, work.inputs);
    head_.multiply(work.inputs, {nullptr, 0}, out, frames);
    head_past_.advance(frames);
  }

 private:
  struct Layer {
    bool narrow;
    std::size_t taps, dilation;
    Activation activation;
    History past;  // of the layer's input
    Matrix conv;   // over the past and the dry signal
    Matrix mix;    // NAM's "layer1x1"
  };

  // `out` is null where nobody hears it.
  void run_layer(const Layer& layer, const Workspace& work, Rows out, std::size_t frames) {
    *list_past(layer.past, layer.taps, layer.dilation, channels_, work.inputs) = work.dry;
    layer.conv.multiply(work.inputs, {nullptr, 0}, work.active, frames);
    activate(layer.activation, work.active, head_past_.now(), channels_, frames);
    if (!out.first) return;
    for (std::size_t i = 0; i < channels_; ++i) work.inputs[i] = work.active.from(i, 0).first;
    layer.mix.multiply(work.inputs, layer.past.now(), out, frames);
  }

  void run_narrow_layer(const Layer& layer, const Workspace& work, Rows out, std::size_t frames) {
    list_past(layer.past, layer.taps, layer.dilation, 1, work.inputs);
    const NarrowWeights weights = {layer.conv.tile(0), layer.mix.tile(0)};
    const NarrowRows rows = {work.inputs, layer.taps, work.dry, layer.past.now(), head_past_.now(), out};
    if (layer.activation.kind == Activation::kTanh)
      run_narrow(channels_, weights, rows, TanhOf(), frames);
    else
      run_narrow(channels_, weights, rows, LeakyReluOf{splat(layer.activation.negative_slope)}, frames);
  }

  // Lists the first `channels` rows of `taps` delays, the longest delay first, and returns the list's end.
  static const float** list_past(const History& past, std::size_t taps, std::size_t dilation,
                                 std::size_t channels, const float** list) {
    for (std::size_t k = taps; k-- > 0;) {
      const Rows rows = past.ago(k * dilation);
      for (std::size_t c = 0; c < channels; ++c) *list++ = rows.from(c, 0).first;
    }
    return list;
  }

  // From PyTorch's [output][input][tap].
  static const float* fill_kernel(Matrix& matrix, std::size_t inputs, std::size_t taps, const float* w,
                                  bool bias) {
    for (std::size_t o = 0; o < matrix.outputs(); ++o) {
      for (std::size_t i = 0; i < inputs; ++i) {
        for (std::size_t k = 0; k < taps; ++k) matrix.weight(o, k * inputs + i) = *w++;
      }
    }
    for (std::size_t o = 0; o < matrix.outputs(); ++o) matrix.bias(o) = bias ? *w++ : 0.0f;
    return w;
  }

  std::size_t channels_ = 0, num_layers_ = 0;
  bool last_ = false, head_bias_ = false;
  std::unique_ptr<Layer[]> layers_;
  Matrix rechannel_, head_;
  History head_past_;  // of the sums that the head sees
};

}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
