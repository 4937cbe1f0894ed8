// What must be true of the parts of a bank before anybody uses them. Values come from a file: believe none.
// Threads: pure functions. Floats are tested by their bits: -ffast-math takes for granted that none is NaN.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "bank_layout.h"

namespace tonezoo {
namespace bank {

inline bool within(std::uint32_t value, std::uint32_t low, std::uint32_t high) {
  return value >= low && value <= high;
}

inline bool finite(float x) {
  std::uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  return (bits & 0x7f800000u) != 0x7f800000u;
}

inline bool within(float value, float low, float high) {
  return finite(value) && value >= low && value <= high;
}

inline bool all_zero(const std::uint32_t* words, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (words[i] != 0) return false;
  }
  return true;
}

// The length of a UTF-8 character that starts with `first`, and the least code point it may stand for; 0:
// none.
inline std::size_t utf8_length(unsigned char first, std::uint32_t& least) {
  least = first < 0xe0 ? 0x80u : first < 0xf0 ? 0x800u : 0x10000u;
  if (first < 0xc2 || first > 0xf4) return 0;
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

// The bytes of the character at `at`, which ends before `end`; 0 if there is no printable one.
inline std::size_t character(const unsigned char* at, const unsigned char* end) {
  if (*at < 0x80) return *at >= 0x20 && *at != 0x7f ? 1 : 0;
  std::uint32_t least;
  const std::size_t length = utf8_length(*at, least);
  if (length == 0 || static_cast<std::size_t>(end - at) < length) return 0;
  std::uint32_t point = *at & (0x7fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((at[i] & 0xc0) != 0x80) return 0;
    point = (point << 6) | (at[i] & 0x3fu);
  }
  const bool surrogate = point >= 0xd800 && point <= 0xdfff, control = point < 0xa0;
  return point < least || point > 0x10ffff || surrogate || control ? 0 : length;
}

// Valid UTF-8, then zeros up to the end, one at least.
inline bool text(const char* field, std::size_t size) {
  const unsigned char *at = reinterpret_cast<const unsigned char*>(field), *end = at + size;
  while (at < end && *at != 0) {
    const std::size_t length = character(at, end);
    if (length == 0) return false;
    at += length;
  }
  if (at == end) return false;
  for (; at < end; ++at) {
    if (*at != 0) return false;
  }
  return true;
}

// Floats that an LSTM or GRU takes, and those of its start state. 64 bits: a hostile shape would overflow 32.
inline std::uint64_t recurrent_weights(const BankModel& m) {
  const std::uint64_t h = m.hidden, rows = (m.kind == BankModel::kLstm ? 4u : 3u) * h;
  const std::uint64_t states = m.kind == BankModel::kLstm ? 2u : 1u;
  std::uint64_t count = m.frame * (h + 1);
  for (std::uint32_t l = 0; l < m.layers; ++l) {
    count += rows * ((l == 0 ? m.frame : h) + h + 2) + states * h;
  }
  return count;
}

inline std::uint64_t recurrent_states(const BankModel& m) {
  return std::uint64_t{m.kind == BankModel::kLstm ? 2u : 1u} * m.hidden * m.layers;
}

// Floats that a WaveNet of this shape takes; 0 if the shape is none.
inline std::uint64_t wavenet_weights(const BankModel& m, const std::uint32_t* words, std::uint32_t count) {
  const std::uint32_t* const end = words + count;
  std::uint64_t weights = 1, history = 0;
  std::uint32_t channels_before = 0, head_before = 0;
  for (std::uint32_t a = 0; a < m.layers; ++a) {
    if (end - words < 6) return 0;
    for (int i = 0; i < 4; ++i) {
      if (!within(words[i], 1, kMaxWidth)) return 0;
    }
    const std::uint32_t input = words[0], channels = words[1], head = words[2], taps = words[3];
    const std::uint32_t bias = words[4], layers = words[5];
    if (bias > 1 || !within(layers, 1, kMaxConvLayers)) return 0;
    if (a == 0 ? input != 1 : input != channels_before || channels != head_before) return 0;
    if (a + 1 == m.layers && head != 1) return 0;
    weights += std::uint64_t{channels} * input + std::uint64_t{head} * (channels * taps + bias);
    words += 6;
    std::uint64_t delay = taps - 1;
    for (std::uint32_t l = 0; l < layers; ++l, words += 4) {
      float slope;
      if (end - words < 4) return 0;
      std::memcpy(&slope, &words[3], sizeof slope);
      if (!within(words[0], 1, kMaxWidth) || !within(words[1], 1, kMaxDelay)) return 0;
      if (words[2] >= kNumActivations || !within(slope, 0.0f, 1.0f)) return 0;
      delay += std::uint64_t{words[0] - 1} * words[1];
      weights += std::uint64_t{channels} * (std::uint64_t{channels} * words[0] + channels + 3);
    }
    history += channels * delay;
    if (delay >= kMaxDelay || history > kMaxHistory) return 0;
    channels_before = channels;
    head_before = head;
  }
  return words == end ? weights : 0;
}

}  // namespace bank
}  // namespace tonezoo
