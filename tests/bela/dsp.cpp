// What each stage of the chain does to a signal.
#include <limits>

#include "app/cab.h"
#include "app/dc_block.h"
#include "app/equalizer.h"
#include "app/finite.h"
#include "app/gate.h"
#include "app/limiter.h"
#include "app/ramp.h"
#include "check.h"

using namespace tonezoo;

static double decibels(double ratio) { return 20.0 * std::log10(ratio); }

static void what_is_no_number_is_silence() {
  const float infinite = std::numeric_limits<float>::infinity();
  promise(bounded(std::numeric_limits<float>::quiet_NaN(), 1.0f) == 0.0f, "NaN is silence");
  promise(bounded(infinite, 1.0f) == 0.0f && bounded(-infinite, 1.0f) == 0.0f, "infinity is silence");
  promise(bounded(3.0f, 1.0f) == 1.0f && bounded(-3.0f, 1.0f) == -1.0f, "loud numbers are bounded");
  promise(bounded(0.25f, 1.0f) == 0.25f, "others stay");
}

static void a_ramp_arrives_exactly() {
  Ramp ramp;
  ramp.set_length(7);
  ramp.jump(0.3f);
  ramp.go(0.9f);
  float before = 0.3f;
  for (int t = 0; t < 7; ++t) {
    const float now = ramp.next();
    promise(now > before && now - before < 0.1f, "a ramp rises evenly", now - before);
    before = now;
  }
  promise(ramp.next() == 0.9f && !ramp.moving(), "a ramp ends at its target");
}

static void an_offset_goes_and_a_bass_stays() {
  DcBlock block;
  block.start(44100.0f);
  Signal x = sine(41.2f, 0.5f, 88200);
  for (float& v : x) v += 0.4f;
  in_blocks(x, 48, [&](float* p, std::size_t n) { block.process(p, n); });
  double mean = 0.0;
  const std::size_t period = 44100 / 41.2 * 20;
  for (std::size_t t = x.size() - period; t < x.size(); ++t) mean += x[t] / static_cast<double>(period);
  promise(std::fabs(mean) < 0.002, "an offset is gone after a second", mean);
  const double loss = decibels(rms(&x[66150], 22050) / (0.5 / std::sqrt(2.0)));
  promise(std::fabs(loss) < 0.2, "a bass's low E loses at most 0.2 dB", loss);
}

static void the_gate_tells_a_note_from_hum() {
  Gate gate;
  gate.start(44100.0f);
  gate.set_threshold(gain_of_db(-50.0f));
  Signal hum = sine(100.0f, gain_of_db(-60.0f), 44100), note = sine(330.0f, 0.2f, 22050);
  in_blocks(hum, 16, [&](float* p, std::size_t n) { gate.process(p, n); });
  promise(gate.gain() == 0.0f && peak(&hum[22050], 22050) == 0.0f, "hum below the threshold is silenced");
  const Signal dry = note;
  in_blocks(note, 16, [&](float* p, std::size_t n) { gate.process(p, n); });
  promise(gate.gain() == 1.0f, "a note opens the gate");
  promise(std::fabs(rms(&note[441], 21609) / rms(&dry[441], 21609) - 1.0) < 0.01, "a note passes whole");
  promise(greatest_step(note.data(), note.size()) < 1.5f * greatest_step(dry.data(), dry.size()),
          "it opens softly");
  Signal fading = sine(330.0f, gain_of_db(-53.0f), 44100);
  in_blocks(fading, 16, [&](float* p, std::size_t n) { gate.process(p, n); });
  promise(gate.gain() == 1.0f, "what was let in stays in until 6 dB below the threshold");

  Gate off;
  off.start(44100.0f);
  Signal quiet = sine(330.0f, 1e-4f, 1000);
  const Signal before = quiet;
  off.process(quiet.data(), quiet.size());
  promise(quiet == before, "a gate that is off changes nothing");
}

static double gain_at(float frequency, float bass, float mid, float treble) {
  Equalizer eq;
  eq.start(44100.0f);
  eq.set_gains(bass, mid, treble);
  Signal x = sine(frequency, 0.1f, 44100);
  in_blocks(x, 37, [&](float* p, std::size_t n) { eq.process(p, n); });
  return decibels(rms(&x[22050], 22050) / (0.1 / std::sqrt(2.0)));
}

static void the_equalizer_does_what_its_knobs_say() {
  for (const float db : {-12.0f, -3.0f, 6.0f, 12.0f}) {
    promise(std::fabs(gain_at(30.0f, db, 0, 0) - db) < 0.8, "bass", gain_at(30.0f, db, 0, 0));
    promise(std::fabs(gain_at(650.0f, 0, db, 0) - db) < 0.2, "middle", gain_at(650.0f, 0, db, 0));
    promise(std::fabs(gain_at(12000.0f, 0, 0, db) - db) < 0.8, "treble", gain_at(12000.0f, 0, 0, db));
    promise(std::fabs(gain_at(8000.0f, db, 0, 0)) < 0.2, "bass leaves the top alone");
    promise(std::fabs(gain_at(60.0f, 0, 0, db)) < 0.2, "treble leaves the bottom alone");
  }
  Equalizer eq;
  eq.start(44100.0f);
  Signal x = noise(1000);
  const Signal before = x;
  eq.process(x.data(), x.size());
  promise(x == before, "a flat equalizer changes nothing");
}

static void a_turned_knob_does_not_click() {
  Equalizer eq;
  eq.start(44100.0f);
  Signal x = sine(110.0f, 0.2f, 44100);
  std::size_t at = 0;
  in_blocks(x, 64, [&](float* p, std::size_t n) {
    if (at++ % 100 == 50)
      eq.set_gains(at % 200 < 100 ? 12.0f : -12.0f, at % 200 < 100 ? -12.0f : 12.0f, 12.0f);
    eq.process(p, n);
  });
  const float steady = 0.2f * gain_of_db(12.0f) * 6.2832f * 110.0f / 44100.0f;
  promise(greatest_step(x.data(), x.size()) < 1.1f * steady, "no step beyond the loudest steady one",
          greatest_step(x.data(), x.size()) / steady);
}

static void the_limiter_never_reaches_full_scale() {
  Limiter limiter;
  float last = 0.0f;
  for (float x = 0.0f; x < 64.0f; x += 0.01f) {
    float y = x, mirrored = -x;
    limiter.process(&y, 1);
    limiter.process(&mirrored, 1);
    promise(y >= last && y < 1.0f, "louder in is not softer out, and below full scale", y);
    promise(y == -mirrored, "both halves alike");
    promise(x > 0.7f || y == x, "below -3 dB nothing changes");
    last = y;
  }
  promise(limiter.take_least_gain() < 0.02f && limiter.take_least_gain() == 1.0f,
          "what it took is told once");
}

static Signal convolved(const Signal& x, const Signal& h) {
  Signal y(x.size());
  for (std::size_t t = 0; t < x.size(); ++t) {
    double sum = 0.0;
    for (std::size_t j = 0; j < h.size() && j <= t; ++j) sum += static_cast<double>(h[j]) * x[t - j];
    y[t] = static_cast<float>(sum);
  }
  return y;
}

static void a_cab_is_a_convolution_in_any_block_size() {
  const Signal x = noise(20000);
  for (const std::size_t taps : {1u, 3u, 200u}) {
    Signal h = noise(taps, 7);
    for (float& v : h) v *= 0.05f;
    const Signal right = convolved(x, h);
    CabResponse response;
    promise(response.load(h.data(), h.size()), "a response loads");
    for (const std::size_t block : {1u, 16u, 37u, 64u}) {
      Cab cab;
      promise(cab.start(64), "there is memory");
      cab.go(&response);
      Signal y = x;
      in_blocks(y, block, [&](float* p, std::size_t n) { cab.process(p, n); });
      float worst = 0.0f;
      for (std::size_t t = 128; t < y.size(); ++t) worst = std::fmax(worst, std::fabs(y[t] - right[t]));
      promise(worst < 1e-5f, "a cab is a convolution", worst);
    }
  }
  CabResponse none;
  promise(!none.load(x.data(), 0) && !none.load(x.data(), kMostTaps + 1),
          "a length out of bounds is refused");
}

static void another_cab_comes_without_a_step() {
  const float taps[3][4] = {{0.9f, 0.0f, 0.0f, 0.0f}, {-0.2f, -0.6f, 0.0f, 0.0f}, {0.1f, 0.1f, 0.1f, 0.6f}};
  CabResponse responses[3];
  for (int i = 0; i < 3; ++i) promise(responses[i].load(taps[i], 4), "a response loads");
  Cab cab;
  promise(cab.start(661), "there is memory");
  Signal x = sine(110.0f, 0.5f, 44100);
  std::size_t blocks = 0;
  in_blocks(x, 16, [&](float* p, std::size_t n) {
    if (blocks % 17 == 0) cab.go(blocks % 4 == 3 ? nullptr : &responses[blocks % 4]);
    ++blocks;
    cab.process(p, n);
  });
  // The fade between two opposite responses adds 2 * 0.5 / 661 a sample to the sine's own slope.
  const float most = 0.5f * 6.2832f * 110.0f / 44100.0f + 1.0f / 661.0f;
  promise(greatest_step(x.data(), x.size()) < 1.02f * most, "no step",
          greatest_step(x.data(), x.size()) / most);
}

int main() {
  what_is_no_number_is_silence();
  a_ramp_arrives_exactly();
  an_offset_goes_and_a_bass_stays();
  the_gate_tells_a_note_from_hum();
  the_equalizer_does_what_its_knobs_say();
  a_turned_knob_does_not_click();
  the_limiter_never_reaches_full_scale();
  a_cab_is_a_convolution_in_any_block_size();
  another_cab_comes_without_a_step();
  return broken_promises;
}
