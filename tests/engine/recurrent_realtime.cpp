// What Recurrent promises to render(), checked in C++11 without exceptions; exits with the number of the
// broken one. Linked as realtime_check.h says.
#include <cmath>
#include <limits>
#include <vector>

#include "engine/frame_recurrent.h"
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
  const int before = waits;
  check(before > 0, "what load() allocates is counted");
  const float knobs[] = {0.25f, 0.75f};
  net.process(dry.data(), wet.data(), dry.size());
  net.set_knobs(knobs);
  net.set_gains(0.5f, 2.0f);
  net.process(dry.data(), again.data(), dry.size());
  net.reset();
  check(waits == before, "nothing but load() allocates, frees or locks");
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

static bool all_finite(const std::vector<float>& signal) {
  for (const float x : signal) {
    if (!tonezoo::is_finite(x)) return false;
  }
  return true;
}

// What a broken converter and a hostile file may bring; a gain of 2^40 would make the input infinite.
static void nothing_but_numbers_comes_out(const RecurrentShape& shape) {
  const float infinity = std::numeric_limits<float>::infinity();
  const float bad[] = {infinity, -infinity, std::numeric_limits<float>::quiet_NaN(), 3e38f, -3e38f, 1e-40f};
  std::vector<float> signal(600);
  for (std::size_t i = 0; i < signal.size(); ++i) signal[i] = i % 3 == 0 ? bad[i / 3 % 6] : 0.5f;
  for (const float scale : {0.3f, 60.0f, tonezoo::kMaxWeight}) {
    std::vector<float> weights(tonezoo::FrameRecurrent::weight_count(shape));
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = i % 7 < 4 ? scale : -scale;
    Recurrent net;
    check(net.load(shape, weights.data(), shape.weight_count()), "weights up to the bound are taken");
    net.set_gains(1099511627776.0f, 1.0f);
    std::vector<float> wet(signal.size());
    net.process(signal.data(), wet.data(), signal.size());
    check(all_finite(wet), "nothing but numbers comes out, whatever goes in");
    if (shape.inputs != tonezoo::kFrameSamples) continue;
    tonezoo::FrameRecurrent frames;
    check(frames.load(shape, weights.data(), weights.size()), "the same of a frame model");
    const int before = waits;
    for (std::size_t t = 0; t + 16 <= signal.size(); t += 16) frames.step(&signal[t], &wet[t]);
    frames.reset();
    check(waits == before, "frames do not allocate, free or lock");
    check(all_finite(wet), "nothing but numbers comes out of a frame model");
  }
}

// Where results below the normal range were kept, a fading note would cost many times what it should.
static void nothing_subnormal_comes_out() {
  const RecurrentShape shape = {RecurrentShape::kLstm, 3, 1, 1, true};
  const std::vector<float> weights(shape.weight_count(), 0.0f);
  Recurrent net;
  check(net.load(shape, weights.data(), weights.size()), "zeros are taken");
  float x[4] = {1e-39f, -1e-40f, 1e-45f, 1e-30f};
  net.process(x, x, 4);
  for (int i = 0; i < 3; ++i) check(tonezoo::bits_of_magnitude(x[i]) == 0, "subnormal results are zeros");
  check(x[3] == 1e-30f, "normal ones stay");
}

// A note's state fades by a fifth with every sample, far below the normal range if it may.
static void a_state_that_fades_ends_in_zeros(std::size_t hidden) {
  const RecurrentShape shape = {RecurrentShape::kGru, hidden, 1, 1, false};
  std::vector<float> weights(shape.weight_count(), 0.0f);
  const std::size_t biases = 3 * hidden * (1 + hidden), h0 = biases + 6 * hidden;
  for (std::size_t u = 0; u < hidden; ++u) weights[biases + hidden + u] = 1.386f;  // z = 0.8
  for (std::size_t u = 0; u < hidden; ++u) weights[h0 + u] = 1.0f;
  Recurrent net;
  check(net.load(shape, weights.data(), weights.size()), "a fading net is taken");
  std::vector<float> silence(600, 0.0f), states(600 * hidden);
  net.process_states(silence.data(), silence.data(), states.data(), 600);
  bool small = false, subnormal = false;
  for (const float h : states) {
    const std::uint32_t bits = tonezoo::bits_of_magnitude(h);
    small = small || (bits != 0 && bits < 0x01000000u);
    subnormal = subnormal || (bits != 0 && bits < 0x00800000u);
  }
  check(small, "it fades to the smallest normal number");
  check(!subnormal, "and goes to zero from there");
  check(tonezoo::bits_of_magnitude(states.back()) == 0, "where it stays");
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
  nothing_subnormal_comes_out();
  const std::size_t sizes[] = {3, 20, 40, 96};
  for (const std::size_t hidden : sizes) {
    a_state_that_fades_ends_in_zeros(hidden);
    keeps_its_promises({RecurrentShape::kLstm, hidden, 3, 1, true});
    keeps_its_promises({RecurrentShape::kGru, hidden, 3, 2, false});
    for (const std::size_t inputs : {1u, 16u}) {
      nothing_but_numbers_comes_out({RecurrentShape::kLstm, hidden, inputs, 1, true});
      nothing_but_numbers_comes_out({RecurrentShape::kGru, hidden, inputs, 2, true});
    }
  }
  return failures;
}
