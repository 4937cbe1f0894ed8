// How long each model of a bank really takes here, for whoever has a board.
// Threads: setup(), before sound runs.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <vector>

#include "../engine/denormals.h"
#include "rack.h"

namespace tonezoo {

// Prints, for each model, time over what there is for one sample: the best of several runs, since whatever
// else runs here can only make one slower.
inline void bench(Rack& rack, unsigned sample_rate, std::size_t block_size) {
  const FlushDenormals flush;
  const std::size_t block = block_size < kPiece ? block_size : kPiece;
  std::vector<float> in(block), out(block);
  unsigned seed = 1;
  for (float& x : in) {
    seed = seed * 1664525u + 1013904223u;
    x = 0.25f * static_cast<float>(static_cast<int>(seed) / 2147483648.0);
  }
  std::printf("%-32s %-8s %6s %6s %14s %12s\n", "model", "kind", "hidden", "frame", "ns a sample",
              "of real time");
  static const char* const kKinds[] = {"", "LSTM", "GRU", "WaveNet"};
  for (int m = 0; m < rack.size(); ++m) {
    const BankModel& record = *rack.model(m).record;
    double best = 1e30;
    for (int run = 0; run < 5; ++run) {
      const std::size_t calls = sample_rate / 5 / block + 1;
      rack.model(m).voice.reset(1);
      const auto start = std::chrono::steady_clock::now();
      for (std::size_t i = 0; i < calls; ++i) rack.model(m).voice.process(0, in.data(), out.data(), block);
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
      const double each = took.count() / static_cast<double>(calls * block);
      best = each < best ? each : best;
    }
    std::printf("%-32s %-8s %6u %6u %14.0f %11.2f%%\n", record.name, kKinds[record.kind],
                static_cast<unsigned>(record.hidden), static_cast<unsigned>(record.frame), best * 1e9,
                best * sample_rate * 100.0);
  }
  std::fflush(stdout);
}

}  // namespace tonezoo
