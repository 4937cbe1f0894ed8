// Plays noise through a recurrent network of any shape, for counting instructions: the weights are noise too.
// Usage: play LSTM|GRU hidden inputs layers residual block samples model-block
//
// `block` samples come at a time, as Bela brings them, and mark() is called before each; `model-block` is 1,
// or 16 for a model that takes and gives so many in one step.
#include <cstdlib>
#include <cstring>
#include <vector>

#include "app/frame_queue.h"
#include "engine/frame_recurrent.h"
#include "engine/recurrent.h"

// Where a trace starts and ends.
extern "C" __attribute__((noinline)) void mark() { __asm__ volatile("" ::: "memory"); }

namespace {

using tonezoo::FrameRecurrent;
using tonezoo::RecurrentShape;

// Uniform in +-scale, the same on every machine.
float noise(unsigned& state, float scale) {
  state = state * 1664525u + 1013904223u;
  return scale * (static_cast<float>(state >> 8) / 8388608.0f - 1.0f);
}

std::size_t number(const char* text) { return static_cast<std::size_t>(std::strtoul(text, nullptr, 10)); }

std::vector<float> some_weights(std::size_t count) {
  unsigned state = 1;
  std::vector<float> weights(count);
  for (float& weight : weights) weight = noise(state, 0.2f);
  return weights;
}

template <typename Process>
int play(std::size_t block, std::size_t samples, const Process& process) {
  unsigned state = 2;
  std::vector<float> audio(block);
  float last = 0.0f;
  for (std::size_t left = samples; left >= block; left -= block) {
    for (float& sample : audio) sample = noise(state, 0.5f);
    mark();
    for (std::size_t at = 0; at < block; at += tonezoo::kPiece) {  // as the pedal's chain has it
      process(&audio[at], block - at < tonezoo::kPiece ? block - at : tonezoo::kPiece);
    }
    last += audio[block - 1];
  }
  mark();
  return last > 1e30f ? 1 : 0;  // so that nothing is optimised away
}

int play_frames(const RecurrentShape& shape, std::size_t block, std::size_t samples) {
  const std::vector<float> weights = some_weights(FrameRecurrent::weight_count(shape));
  FrameRecurrent net;
  if (!net.load(shape, weights.data(), weights.size())) return 1;
  tonezoo::FrameQueue queue;
  queue.start(block);
  return play(block, samples, [&](float* audio, std::size_t count) {
    queue.process(audio, audio, count, [&](float* frame) { net.step(frame, frame); });
  });
}

int play_samples(const RecurrentShape& shape, std::size_t block, std::size_t samples) {
  const std::vector<float> weights = some_weights(shape.weight_count());
  tonezoo::Recurrent net;
  if (!net.load(shape, weights.data(), weights.size())) return 1;
  return play(block, samples, [&](float* audio, std::size_t count) { net.process(audio, audio, count); });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 9) return 2;
  const RecurrentShape shape = {
      std::strcmp(argv[1], "GRU") == 0 ? RecurrentShape::kGru : RecurrentShape::kLstm, number(argv[2]),
      number(argv[3]), number(argv[4]), number(argv[5]) != 0};
  const std::size_t block = number(argv[6]), samples = number(argv[7]);
  const bool frames = number(argv[8]) == tonezoo::kFrameSamples;
  if (!shape.valid() || block == 0) return 2;
  return frames ? play_frames(shape, block, samples) : play_samples(shape, block, samples);
}
