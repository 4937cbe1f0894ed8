// What Recurrent promises to render(), checked in C++11 without exceptions; exits with the number of the
// broken one. Linked with --wrap=malloc, so that every allocation is counted.
#include <cmath>
#include <limits>
#include <vector>

#include "engine/recurrent.h"
#include "realtime_check.h"

using tonezoo::Recurrent;
using tonezoo::RecurrentShape;

static void keeps_its_promises(const RecurrentShape& shape) {
  std::vector<float> weights(shape.weight_count());
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = 0.3f * std::sin(1.7f * static_cast<float>(i));
  std::vector<float> dry(1000), wet(1000), again(1000);
  for (std::size_t i = 0; i < dry.size(); ++i) dry[i] = std::sin(0.05f * static_cast<float>(i));

  Recurrent net;
  net.process(dry.data(), wet.data(), dry.size());
  check(wet == std::vector<float>(1000, 0.0f), "a net that is not loaded is silent");
  check(net.load(shape, weights.data(), weights.size()), "weights that fit are taken");
  const int before = allocations;
  check(before > 0, "allocations are counted");
  const float knobs[] = {0.25f, 0.75f};
  net.process(dry.data(), wet.data(), dry.size());
  net.set_knobs(knobs);
  net.set_gains(0.5f, 2.0f);
  net.process(dry.data(), again.data(), dry.size());
  net.reset();
  check(allocations == before, "nothing but load() allocates");
  check(again != wet, "knobs and gains are heard");

  const float middle[] = {0.5f, 0.5f};
  net.set_knobs(middle);
  net.set_gains(1.0f, 1.0f);
  again = dry;
  net.process(again.data(), again.data(), again.size());
  check(again == wet, "the output may overwrite the input, and knobs start in the middle");

  net.reset();
  check(!net.load(shape, weights.data(), weights.size() - 1), "weights that do not fit are refused");
  RecurrentShape broken = shape;
  broken.hidden = 0;
  check(!net.load(broken, weights.data(), broken.weight_count()), "a shape out of bounds is refused");
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), 1e13f}) {
    std::vector<float> damaged = weights;
    damaged[damaged.size() / 2] = bad;
    check(!net.load(shape, damaged.data(), damaged.size()), "weights out of bounds are refused");
  }
  net.process(dry.data(), again.data(), dry.size());
  check(again == wet, "a refused load changes nothing");

  check(net.load(shape, weights.data(), weights.size()), "a net can be loaded again");
  for (std::size_t i = 0; i < dry.size(); i += 10) net.process(&dry[i], &again[i], 10);
  check(again == wet, "the length of the blocks changes nothing");
}

// In steps that meet every tie between two integers, where rounding must agree with itself.
static void powers_are_right() {
  double worst = 0.0;
  for (int step = -30 * 64; step <= 30 * 64; ++step) {
    const float x = static_cast<float>(step) / 64.0f;
    alignas(64) float y[tonezoo::Float::kLanes];
    tonezoo::store(y, tonezoo::value(tonezoo::power_of_two(tonezoo::splat(x))));
    worst = std::fmax(worst, std::fabs(y[0] / std::exp2(static_cast<double>(x)) - 1.0));
    tonezoo::store(y, tonezoo::value(tonezoo::power_of_two_at_once(tonezoo::splat(x))));
    worst = std::fmax(worst, std::fabs(y[0] / std::exp2(static_cast<double>(x)) - 1.0));
  }
  check(worst < 3e-7, "powers of two are right");
}

int main() {
  powers_are_right();
  const std::size_t sizes[] = {3, 20, 40, 96};
  for (const std::size_t hidden : sizes) {
    keeps_its_promises({RecurrentShape::kLstm, hidden, 3, 1, true});
    keeps_its_promises({RecurrentShape::kGru, hidden, 3, 2, false});
  }
  return failures;
}
