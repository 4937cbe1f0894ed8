// What WaveNet promises to render(), checked in C++11 without exceptions; exits with the number of the broken
// one. Linked as realtime_check.h says.
#include <cmath>
#include <vector>

#include "engine/wavenet.h"
#include "realtime_check.h"

using tonezoo::Activation;
using tonezoo::WaveNet;

static void reset_mends_what_lost_its_numbers() {
  const tonezoo::WaveNetLayer layer = {3, 41, {Activation::kLeakyReLU, 0.01f}};
  const tonezoo::WaveNetArray array = {1, 1, 1, 1, false, &layer, 1};
  // head_scale, rechannel, head, conv, its bias, mixin, layer1x1, its bias: loud input is infinite from the
  // first layer on, and its difference from itself no number.
  const float weights[] = {1.0f, 1e38f, 1.0f, 1.0f, -1.0f, 1.0f, 0.0f, 0.0f, 0.0f, 0.0f};
  WaveNet net;
  check(net.load({&array, 1}, weights, sizeof weights / sizeof *weights), "huge weights are taken");
  std::vector<float> quiet(200), fresh(200), wet(200, 1e6f);
  for (std::size_t i = 0; i < quiet.size(); ++i) quiet[i] = 1e-37f * static_cast<float>(i);
  net.process(quiet.data(), fresh.data(), fresh.size());
  net.process(wet.data(), wet.data(), wet.size());
  check(!tonezoo::is_finite(wet[199]), "a net can lose its numbers");
  net.reset();
  net.process(quiet.data(), wet.data(), wet.size());
  check(wet == fresh && tonezoo::is_finite(wet[199]) && wet[199] > 1.0f, "reset() gives them back");
}

int main() {
  const tonezoo::WaveNetLayer layers[] = {{3, 1, {Activation::kTanh, 0.01f}},
                                          {6, 41, {Activation::kLeakyReLU, 0.01f}}};
  const tonezoo::WaveNetArray arrays[] = {{1, 5, 3, 1, false, layers, 2}, {5, 3, 1, 16, true, layers, 2}};
  const tonezoo::WaveNetShape shape = {arrays, 2};
  std::vector<float> weights(shape.weight_count());
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = 0.3f * std::sin(1.7f * static_cast<float>(i));
  std::vector<float> dry(1000), wet(1000), again(1000);
  for (std::size_t i = 0; i < dry.size(); ++i) dry[i] = std::sin(0.05f * static_cast<float>(i));

  WaveNet net;
  check(net.load(shape, weights.data(), weights.size()), "weights that fit are taken");
  const int before = waits;
  check(before > 0, "what load() allocates is counted");
  net.process(dry.data(), wet.data(), dry.size());
  net.reset();
  check(waits == before, "process() and reset() do not allocate, free or lock");

  again = dry;
  net.process(again.data(), again.data(), again.size());
  check(again == wet, "the output may overwrite the input");

  net.reset();
  check(!net.load(shape, weights.data(), weights.size() - 1), "weights that do not fit are refused");
  const tonezoo::WaveNetShape broken = {arrays + 1, 1};
  check(!net.load(broken, weights.data(), broken.weight_count()), "a shape out of bounds is refused");
  net.process(dry.data(), again.data(), dry.size());
  check(again == wet, "a refused load changes nothing");

  check(net.load(shape, weights.data(), weights.size()), "a net can be loaded again");
  for (std::size_t i = 0; i < dry.size(); i += 10) net.process(&dry[i], &again[i], 10);
  check(again == wet, "the length of the blocks changes nothing");

  reset_mends_what_lost_its_numbers();
  return failures;
}
