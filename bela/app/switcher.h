// Plays one model and changes to another without a gap or a click.
// Threads: start() in setup(); everything else in render(): no allocation, no lock.
//
// Two models that fit at once: the new one starts from its rest state and runs in silently on the live input
// for 100 ms, by when it sounds as if it had always played; then 15 ms of crossfade. A new request during the
// run-in starts over with that; one during the crossfade waits for its end. Two that do not fit: the old one
// fades out, the new one runs in, then fades in. A null voice is the clean sound: it needs no run-in.
#pragma once

#include <cstddef>
#include <cstring>

#include "likeness.h"
#include "piece.h"
#include "ramp.h"
#include "voice.h"

namespace tonezoo {

class Switcher {
 public:
  // `budget`: what all models that run at once may cost; 1 is a whole sample's time.
  void start(float sample_rate, float budget) {
    run_in_ = static_cast<std::size_t>(0.100f * sample_rate);
    fade_ = static_cast<std::size_t>(0.015f * sample_rate);
    budget_ = budget;
    for (Slot& slot : slots_) slot.gain.set_length(fade_);
  }

  // The first voice after start() runs in and fades in from silence.
  void go(Voice* voice) noexcept {
    wanted_ = voice;
    if (phase_ == kNothing) {
      swap_in(voice);
      enter(kWarm, voice == nullptr ? 0 : run_in_);
    }
  }
  // Whether each model is played at its own loudness trim, or as it is.
  void match_levels(bool on) noexcept { matched_ = on; }
  // 1 or 2: how many channels process() gets. A voice that plays on starts its second channel at rest.
  void set_channels(std::size_t channels) noexcept {
    if (channels > channels_ && now().voice != nullptr) now().voice->networks[1]->reset();
    channels_ = channels;
    if (phase_ == kRunIn || phase_ == kFade) settle();
  }

  const Voice* heard() const noexcept { return now().voice; }
  // Nothing but the wanted voice is referred to any more.
  bool settled() const noexcept { return phase_ == kSteady && now().voice == wanted_; }

  // At most kPiece samples for each channel, replaced by what is heard.
  void process(float* const* x, std::size_t frames) noexcept {
    begin();
    if (phase_ == kRunIn || phase_ == kFade) {
      play_both(x, frames);
    } else {
      play_one(x, frames);
    }
    count(frames);
  }

 private:
  enum Phase { kNothing, kSteady, kRunIn, kFade, kOut, kWarm, kIn };
  struct Slot {
    Voice* voice = nullptr;
    Ramp gain;
  };

  Slot& now() noexcept { return slots_[current_]; }
  const Slot& now() const noexcept { return slots_[current_]; }
  Slot& next() noexcept { return slots_[1 - current_]; }

  void enter(Phase phase, std::size_t samples) noexcept {
    phase_ = phase;
    left_ = length_ = samples;
  }
  float cost(const Voice* voice) const noexcept {
    return voice == nullptr ? 0.0f : voice->cost * static_cast<float>(channels_);
  }
  float level(const Voice* voice) const noexcept { return voice != nullptr && matched_ ? voice->trim : 1.0f; }
  void prepare(Slot& slot, Voice* voice) noexcept {
    slot.voice = voice;
    slot.gain.jump(level(voice));
    if (voice != nullptr) voice->reset(channels_);
  }
  void swap_in(Voice* voice) noexcept {
    next().voice = nullptr;
    prepare(now(), voice);
  }
  void settle() noexcept {
    next().voice = nullptr;
    enter(kSteady, 0);
  }

  // What a request changes at the start of a piece.
  void begin() noexcept {
    if (phase_ == kSteady && wanted_ != now().voice) {
      leave();
    } else if (phase_ == kRunIn && wanted_ != next().voice) {
      settle();
      if (wanted_ != now().voice) leave();
    }
  }
  void leave() noexcept {
    if (cost(now().voice) + cost(wanted_) > budget_) return enter(kOut, fade_);
    prepare(next(), wanted_);
    alike_.forget();
    enter(kRunIn, wanted_ == nullptr ? kCleanRunIn : run_in_);
  }

  void play(Slot& slot, std::size_t channel, const float* in, float* out, std::size_t frames) noexcept {
    if (slot.voice == nullptr) {
      if (out != in) std::memcpy(out, in, frames * sizeof(float));
    } else {
      slot.voice->process(channel, in, out, frames);
    }
  }
  // The same for all channels, so it is worked out once.
  void gains(Slot& slot, float* gain, std::size_t frames) noexcept {
    slot.gain.go(level(slot.voice));
    for (std::size_t t = 0; t < frames; ++t) gain[t] = slot.gain.next();
  }

  void play_one(float* const* x, std::size_t frames) noexcept {
    float gain[kPiece];
    gains(now(), gain, frames);
    for (std::size_t t = 0; t < frames; ++t) gain[t] *= fade_gain(t);
    for (std::size_t c = 0; c < channels_; ++c) {
      play(now(), c, x[c], x[c], frames);
      for (std::size_t t = 0; t < frames; ++t) x[c][t] *= gain[t];
    }
  }
  float fade_gain(std::size_t t) const noexcept {
    if (phase_ == kSteady) return 1.0f;
    if (phase_ == kWarm || phase_ == kNothing) return 0.0f;
    const float there = position(t), soft = there * there * (3.0f - 2.0f * there);
    return phase_ == kIn ? soft : 1.0f - soft;
  }
  float position(std::size_t t) const noexcept {
    const std::size_t done = length_ - left_ + t + 1;
    return done >= length_ ? 1.0f : static_cast<float>(done) / static_cast<float>(length_);
  }

  void play_both(float* const* x, std::size_t frames) noexcept {
    float old_gain[kPiece], new_gain[kPiece], other[kPiece];
    gains(now(), old_gain, frames);
    gains(next(), new_gain, frames);
    if (phase_ == kFade) {
      for (std::size_t t = 0; t < frames; ++t) {
        const Crossfade fade(position(t), correlation_);
        old_gain[t] *= fade.a;
        new_gain[t] *= fade.b;
      }
    }
    for (std::size_t c = 0; c < channels_; ++c) {
      play(next(), c, x[c], other, frames);
      play(now(), c, x[c], x[c], frames);
      if (phase_ == kRunIn) alike_.hear(x[c], other, frames);
      for (std::size_t t = 0; t < frames; ++t) {
        x[c][t] = old_gain[t] * x[c][t] + (phase_ == kFade ? new_gain[t] * other[t] : 0.0f);
      }
    }
  }

  void count(std::size_t frames) noexcept {
    if (phase_ == kSteady || phase_ == kNothing) return;
    left_ -= frames < left_ ? frames : left_;
    if (left_ > 0) return;
    switch (phase_) {
      case kRunIn:
        correlation_ = alike_.correlation();
        return enter(kFade, fade_);
      case kFade:
        current_ = 1 - current_;
        return settle();
      case kOut:
        swap_in(wanted_);
        return enter(kWarm, wanted_ == nullptr ? 0 : run_in_);
      case kWarm:
        return enter(kIn, fade_);
      default:
        return settle();
    }
  }

  static constexpr std::size_t kCleanRunIn = 10 * kPiece;  // long enough to hear how alike they are
  Slot slots_[2];
  std::size_t current_ = 0, channels_ = 1;
  Voice* wanted_ = nullptr;
  Phase phase_ = kNothing;
  std::size_t run_in_ = 0, fade_ = 1, length_ = 0, left_ = 0;
  float budget_ = 1.0f, correlation_ = 1.0f;
  bool matched_ = true;
  Likeness alike_;
};

}  // namespace tonezoo
