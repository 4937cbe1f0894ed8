// What a WaveNet looks like: NAM's layer arrays. The bounds are those of zoo/architecture/wavenet.py.
// Threads: plain values; setup() only.
#pragma once

#include <cstddef>
#include <cstdint>

#include "wavenet_activation.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {

struct WaveNetLayer {
  std::size_t kernel_size;  // 1..256
  std::size_t dilation;     // 1..2^20
  Activation activation;

  std::size_t delay() const { return (kernel_size - 1) * dilation; }
  bool valid() const {
    return kernel_size >= 1 && kernel_size <= 256 && dilation >= 1 && dilation <= (std::size_t{1} << 20) &&
           activation.negative_slope >= 0.0f && activation.negative_slope <= 1.0f;
  }
};

struct WaveNetArray {
  std::size_t input_size, channels, head_size, head_kernel_size;  // 1..256 each
  bool head_bias;
  const WaveNetLayer* layers;
  std::size_t num_layers;  // 1..64

  // The longest delay from this array's input to its head.
  std::size_t delay() const {
    std::size_t sum = head_kernel_size - 1;
    for (std::size_t l = 0; l < num_layers; ++l) sum += layers[l].delay();
    return sum;
  }

  bool valid() const {
    for (const std::size_t n : {input_size, channels, head_size, head_kernel_size}) {
      if (n < 1 || n > 256) return false;
    }
    if (num_layers < 1 || num_layers > 64) return false;
    for (std::size_t l = 0; l < num_layers; ++l) {
      if (!layers[l].valid()) return false;
    }
    return delay() < (std::size_t{1} << 20);
  }

  std::uint64_t weight_count() const {
    std::uint64_t count = channels * input_size + head_size * (channels * head_kernel_size + head_bias);
    for (std::size_t l = 0; l < num_layers; ++l) {
      count += channels * (channels * layers[l].kernel_size + 1 + 1 + channels + 1);
    }
    return count;
  }
};

struct WaveNetShape {
  const WaveNetArray* arrays;
  std::size_t num_arrays;  // 1..8

  bool valid() const {
    if (num_arrays < 1 || num_arrays > 8) return false;
    for (std::size_t a = 0; a < num_arrays; ++a) {
      if (!arrays[a].valid()) return false;
      if (a > 0 && arrays[a].input_size != arrays[a - 1].channels) return false;
      if (a > 0 && arrays[a].channels != arrays[a - 1].head_size) return false;
    }
    return arrays[0].input_size == 1 && arrays[num_arrays - 1].head_size == 1;
  }

  // Floats that WaveNet::load() takes, in this order, matrices by rows: head_scale [1]; for each array
  // rechannel [channels][input], head [head][channels][tap], its bias [head] if it has one, and for each
  // layer conv [channels][channels][tap], its bias, mixin [channels], layer1x1 [channels][channels], its
  // bias. Oldest tap first.
  // 64 bits: on a board the bounds alone would let it overflow.
  std::uint64_t weight_count() const {
    std::uint64_t count = 1;
    for (std::size_t a = 0; a < num_arrays; ++a) count += arrays[a].weight_count();
    return count;
  }
};

}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
