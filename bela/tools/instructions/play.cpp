// Plays noise through a recurrent network of any shape, for counting instructions: the weights are noise too.
// Usage: play LSTM|GRU hidden inputs layers residual samples
#include <cstdlib>
#include <cstring>
#include <vector>

#include "engine/recurrent.h"

namespace {

constexpr std::size_t kBlock = 64;

// Uniform in +-scale, the same on every machine.
float noise(unsigned& state, float scale) {
  state = state * 1664525u + 1013904223u;
  return scale * (static_cast<float>(state >> 8) / 8388608.0f - 1.0f);
}

std::size_t number(const char* text) { return static_cast<std::size_t>(std::strtoul(text, nullptr, 10)); }

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) return 2;
  using tonezoo::RecurrentShape;
  const RecurrentShape shape = {
      std::strcmp(argv[1], "GRU") == 0 ? RecurrentShape::kGru : RecurrentShape::kLstm, number(argv[2]),
      number(argv[3]), number(argv[4]), number(argv[5]) != 0};
  if (!shape.valid()) return 2;
  unsigned state = 1;
  std::vector<float> weights(shape.weight_count());
  for (float& weight : weights) weight = noise(state, 0.2f);
  tonezoo::Recurrent net;
  if (!net.load(shape, weights.data(), weights.size())) return 1;
  float block[kBlock];
  float last = 0.0f;
  for (std::size_t left = number(argv[6]); left >= kBlock; left -= kBlock) {
    for (float& sample : block) sample = noise(state, 0.5f);
    net.process(block, block, kBlock);
    last += block[kBlock - 1];
  }
  return last > 1e30f ? 1 : 0;  // so that nothing is optimised away
}
