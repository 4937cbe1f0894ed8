// Reads banks as the board does, says what it makes of each, and plays the tests of those that it takes.
// Usage: bank_probe FILE...   One line a file: why it is refused, or "taken" and the worst error over
// tolerance.
//        bank_probe --cut FILE   How many of all shorter files are refused.
#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

#include "app/bank.h"
#include "engine/recurrent.h"
#include "engine/wavenet.h"

namespace {

using namespace tonezoo;

// A WaveNet's layers as the engine wants them; `arrays` points into `layers`.
struct Layers {
  WaveNetArray arrays[kMaxArrays];
  WaveNetLayer layers[kMaxArrays * kMaxConvLayers];

  WaveNetShape fill(const BankModel& m, const std::uint32_t* words) {
    WaveNetLayer* next = layers;
    for (std::uint32_t a = 0; a < m.layers; ++a) {
      arrays[a] = {words[0], words[1], words[2], words[3], words[4] != 0, next, words[5]};
      words += 6;
      for (std::size_t l = 0; l < arrays[a].num_layers; ++l, words += 4) {
        float slope;
        std::memcpy(&slope, &words[3], sizeof slope);
        *next++ = {words[0], words[1], {static_cast<Activation::Kind>(words[2]), slope}};
      }
    }
    return {arrays, m.layers};
  }
};

template <class Net>
float worst(Net& net, const Bank& bank, const BankModel& m) {
  std::vector<float> in(m.test_samples), out(m.test_samples);
  for (std::uint32_t t = 0; t < m.test_samples; ++t) in[t] = m.in_gain * bank.test_in(m)[t];
  net.reset();
  net.process(in.data(), out.data(), m.test_samples);
  float error = 0.0f;
  for (std::uint32_t t = 0; t < m.test_samples; ++t) {
    const float off = std::fabs(m.out_gain * out[t] - bank.test_out(m)[t]) / m.tolerance;
    if (!(off <= error)) error = off;
  }
  return error;
}

// Its error over its tolerance; negative if the engine does not take it.
float play(const Bank& bank, const BankModel& m) {
  if (m.kind == BankModel::kWaveNet) {
    std::unique_ptr<Layers> layers(new Layers);
    WaveNet net;
    return net.load(layers->fill(m, bank.shape(m)), bank.weights(m), m.weights.count) ? worst(net, bank, m)
                                                                                      : -1.0f;
  }
  if (m.frame != 1) return 0.0f;
  const auto cell = m.kind == BankModel::kGru ? RecurrentShape::kGru : RecurrentShape::kLstm;
  Recurrent net;
  if (!net.load({cell, m.hidden, 1, m.layers, m.residual()}, bank.weights(m), m.weights.count)) return -1.0f;
  return worst(net, bank, m);
}

// Each in a buffer of its own, so that a sanitiser sees a byte too many.
int cut(const char* path) {
  std::vector<char> whole;
  std::FILE* const file = std::fopen(path, "rb");
  if (file == nullptr) return 1;
  for (int c; (c = std::fgetc(file)) != EOF;) whole.push_back(static_cast<char>(c));
  std::fclose(file);
  std::size_t refused = 0;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    refused += Bank().parse(whole.data(), size) != nullptr;
  }
  std::printf("%zu of %zu refused\n", refused, whole.size());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::strcmp(argv[1], "--cut") == 0) return cut(argv[2]);
  for (int i = 1; i < argc; ++i) {
    Bank bank;
    if (const char* why = bank.read(argv[i])) {
      std::printf("%s\n", why);
      continue;
    }
    float error = 0.0f, taps = 0.0f;
    for (std::uint32_t m = 0; m < bank.size(); ++m) error = std::fmax(error, play(bank, bank.model(m)));
    for (std::uint32_t c = 0; c < bank.cabs(); ++c) {
      for (std::uint32_t t = 0; t < bank.cab(c).taps.count; ++t) taps += bank.taps(bank.cab(c))[t];
    }
    std::printf("taken %g %u models %u cabs %g\n", static_cast<double>(error), bank.size(), bank.cabs(),
                static_cast<double>(taps));
  }
  return 0;
}
