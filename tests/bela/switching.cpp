// Every model to every other while sound runs: no gap, no step, no change of loudness.
#include <algorithm>

#include "app/switcher.h"
#include "voices.h"

constexpr std::size_t kCall = 16, kRate = 44100, kModels = 7;

// Three strings that do not decay, so that every moment has a known level.
static Signal chord(std::size_t samples) {
  Signal x = sine(110.0f, 0.12f, samples);
  const Signal e = sine(164.8f, 0.12f, samples), a = sine(220.0f, 0.12f, samples);
  for (std::size_t t = 0; t < samples; ++t) x[t] += e[t] + a[t];
  return x;
}

static void furnish(Voice* voices) {
  for (std::size_t m = 0; m < kModels; ++m) {
    for (std::unique_ptr<Network>& network : voices[m].networks) {
      if (m < 3) {
        network.reset(new Shaper(1.0f + 6.0f * static_cast<float>(m), 0.2f));
      } else if (m == 3) {
        network.reset(new Shaper(-5.0f, 0.1f));
      } else {
        network = random_network(8 + 8 * m, static_cast<unsigned>(m), m == 6, kCall);
      }
    }
    voices[m].cost = 0.2f;
  }
}

constexpr std::size_t kWindow = 4410;  // what loudness is measured over: 100 ms

static Signal alone(Voice& voice, const Signal& dry) {
  Switcher switcher;
  switcher.start(kRate, 1.0f);
  switcher.go(&voice);
  Signal y = dry;
  in_blocks(y, kCall, [&](float* p, std::size_t n) {
    float* const both[2] = {p, p};
    switcher.process(both, n);
  });
  return y;
}

// Trims all to one loudness.
static void level(Voice* voices, const Signal& dry) {
  for (std::size_t m = 0; m < kModels; ++m) {
    voices[m].trim = 1.0f;
    const Signal y = alone(voices[m], dry);
    voices[m].trim = static_cast<float>(0.15 / rms(&y[y.size() - kRate / 2], kRate / 2));
  }
}

struct Steady {
  float step, least, most;
};
static Steady steady(Voice& voice, const Signal& dry) {
  const Signal y = alone(voice, dry);
  const float* const settled = &y[y.size() - kRate / 2];
  Steady s = {greatest_step(settled, kRate / 2), 1e9f, 0.0f};
  for (std::size_t t = 0; t + kWindow <= kRate / 2; t += kWindow / 4) {
    const float now = static_cast<float>(rms(settled + t, kWindow));
    s.least = std::min(s.least, now);
    s.most = std::max(s.most, now);
  }
  return s;
}

static void switches_from_each_to_each(float cost) {
  Voice voices[kModels];
  furnish(voices);
  const Signal dry = chord(kRate);
  level(voices, dry);
  for (Voice& voice : voices) voice.cost = cost;
  Steady alone_is[kModels];
  for (std::size_t m = 0; m < kModels; ++m) alone_is[m] = steady(voices[m], dry);

  for (std::size_t a = 0; a < kModels; ++a) {
    for (std::size_t b = 0; b < kModels; ++b) {
      if (a == b) continue;
      Switcher switcher;
      switcher.start(kRate, 1.0f);
      switcher.go(&voices[a]);
      Signal y = dry;
      std::size_t at = 0;
      in_blocks(y, kCall, [&](float* p, std::size_t n) {
        float* const both[2] = {p, p};
        if (at == kRate / 2 / kCall * kCall) switcher.go(&voices[b]);
        at += n;
        switcher.process(both, n);
      });
      promise(switcher.settled() && switcher.heard() == &voices[b], "the new model is heard in the end");
      const float* const heard = &y[kRate / 4];
      const std::size_t samples = y.size() - kRate / 4;
      const float most = std::max(alone_is[a].step, alone_is[b].step);
      promise(greatest_step(heard, samples) <= 1.1f * most, "no step above the models' own",
              greatest_step(heard, samples) / most);
      if (cost > 0.5f) continue;  // two that do not fit: there is a gap, and it is soft
      for (std::size_t t = 0; t + kWindow <= samples; t += 441) {
        const double now = rms(heard + t, kWindow);
        const double low = std::min(alone_is[a].least, alone_is[b].least);
        const double high = std::max(alone_is[a].most, alone_is[b].most);
        promise(now > low * 0.891 && now < high * 1.122, "loudness within 1 dB", 20 * std::log10(now / low));
      }
    }
  }
}

static void a_flood_of_requests_leaves_the_old_model_sounding() {
  Voice voices[kModels];
  furnish(voices);
  const Signal dry = chord(2 * kRate);
  Switcher switcher;
  switcher.start(kRate, 1.0f);
  switcher.go(&voices[1]);
  Signal y = dry;
  std::size_t at = 0, requests = 0;
  in_blocks(y, kCall, [&](float* p, std::size_t n) {
    float* const both[2] = {p, p};
    if (at > kRate / 2 && at < 3 * kRate / 2) switcher.go(&voices[++requests % kModels]);
    at += n;
    switcher.process(both, n);
  });
  promise(switcher.settled(), "it settles when they end");
  for (std::size_t t = kRate / 4; t + 882 < y.size(); t += 441) {
    promise(rms(&y[t], 882) > 0.1, "no gap of 20 ms", rms(&y[t], 882));
  }
}

static void a_second_channel_starts_softly_and_plays_the_same() {
  Voice voices[kModels];
  furnish(voices);
  Switcher switcher;
  switcher.start(kRate, 1.0f);
  switcher.set_channels(2);
  switcher.go(&voices[4]);
  Signal left = chord(kRate), right = left;
  for (std::size_t t = 0; t < left.size(); t += kCall) {
    float* const both[2] = {&left[t], &right[t]};
    if (t == kRate / 2 / kCall * kCall) switcher.go(&voices[2]);
    switcher.process(both, std::min(kCall, left.size() - t));
  }
  promise(left == right, "both channels alike");
}

static void a_broken_model_is_silent_at_worst() {
  Voice voice;
  for (std::unique_ptr<Network>& network : voice.networks) network.reset(new Broken);
  const Signal y = alone(voice, chord(kRate));
  for (const float v : y) promise(is_finite(v), "no NaN leaves");
  promise(rms(&y[kRate / 2], kRate / 2) > 0.05, "it starts again when it has lost its numbers");
}

int main() {
  switches_from_each_to_each(0.2f);
  switches_from_each_to_each(0.8f);
  a_flood_of_requests_leaves_the_old_model_sounding();
  a_second_channel_starts_softly_and_plays_the_same();
  a_broken_model_is_silent_at_worst();
  return broken_promises > 100 ? 100 : broken_promises;
}
