// Plays a model as a board would, under qemu: what to play comes on standard input, all of it little-endian
// 32-bit words; the output goes to standard output. Usage: board_player block
//
//   recurrent: 0, cell, hidden, inputs, layers, residual, then weights
//   wavenet:   1, arrays, for each array input, channels, head, head kernel, head bias, layers, and for each
//              layer kernel, dilation, activation, negative slope; then weights
// Both end with the number of samples and the samples.
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "engine/recurrent.h"
#include "engine/wavenet.h"

namespace {

std::vector<std::uint32_t> words;
std::size_t position = 0;

std::uint32_t word() { return position < words.size() ? words[position++] : 0; }

float number() {
  const std::uint32_t bits = word();
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

std::vector<float> numbers(std::uint64_t count) {
  std::vector<float> all;
  for (std::uint64_t i = 0; i < count; ++i) all.push_back(number());
  return all;
}

template <class Net>
int play(Net& net, std::size_t block) {
  std::vector<float> audio = numbers(word());
  for (std::size_t at = 0; at < audio.size(); at += block) {
    const std::size_t left = audio.size() - at;
    net.process(&audio[at], &audio[at], left < block ? left : block);
  }
  return std::fwrite(audio.data(), sizeof(float), audio.size(), stdout) == audio.size() ? 0 : 1;
}

int play_recurrent(std::size_t block) {
  const auto cell = word() == 1 ? tonezoo::RecurrentShape::kGru : tonezoo::RecurrentShape::kLstm;
  const std::size_t hidden = word(), inputs = word(), layers = word();
  const tonezoo::RecurrentShape shape = {cell, hidden, inputs, layers, word() != 0};
  const std::vector<float> weights = numbers(shape.weight_count());
  tonezoo::Recurrent net;
  return net.load(shape, weights.data(), weights.size()) ? play(net, block) : 3;
}

int play_wavenet(std::size_t block) {
  std::vector<std::vector<tonezoo::WaveNetLayer>> layers(word());
  std::vector<tonezoo::WaveNetArray> arrays;
  for (auto& own : layers) {
    const std::size_t input = word(), channels = word(), head = word(), head_kernel = word();
    const bool head_bias = word() != 0;
    own.resize(word());
    for (auto& layer : own) {
      layer.kernel_size = word();
      layer.dilation = word();
      layer.activation.kind = static_cast<tonezoo::Activation::Kind>(word());
      layer.activation.negative_slope = number();
    }
    arrays.push_back({input, channels, head, head_kernel, head_bias, own.data(), own.size()});
  }
  const tonezoo::WaveNetShape shape = {arrays.data(), arrays.size()};
  const std::vector<float> weights = numbers(shape.weight_count());
  tonezoo::WaveNet net;
  return net.load(shape, weights.data(), weights.size()) ? play(net, block) : 3;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::size_t block = std::strtoul(argv[1], nullptr, 10);
  std::uint32_t buffer[4096];
  for (ssize_t got; (got = read(0, buffer, sizeof buffer)) > 0;) {
    const std::size_t end = words.size();
    while (got % 4 != 0) {  // a pipe may cut a word
      const ssize_t more = read(0, reinterpret_cast<char*>(buffer) + got, 4 - got % 4);
      if (more <= 0) return 2;
      got += more;
    }
    words.resize(end + got / 4);
    std::memcpy(&words[end], buffer, got);
  }
  return word() == 0 ? play_recurrent(block) : play_wavenet(block);
}
