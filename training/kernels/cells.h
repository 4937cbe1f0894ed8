// The pointwise halves of an LSTM and a GRU step, forward and backward, on vectors of batch lanes.
// Threads: pure functions on the memory handed in.
//
// A cell sees the sums of one unit's gate rows, in PyTorch's order: biases, W_ih x and W_hh h together. A GRU
// keeps the two parts of its third gate apart, so that one comes as `apart`: W_in x + b_in. Forward sees row
// r multiplied by kScale[r], which the weights take on beforehand.
//
// Forward comes in two halves, so that a step's units can go through the first together and then through the
// second: one unit's long chain of dependent operations would leave the processor waiting.
#pragma once

#include "training/kernels/math.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {
namespace training {

// i, f, g, o as in torch.nn.LSTM:  c' = f c + i g,  h' = o tanh(c').
struct LstmCell {
  static constexpr std::size_t kRows = 4;
  static constexpr float kScale[kRows] = {kSigmoidScale, kSigmoidScale, kTanhScale, kSigmoidScale};
  static constexpr std::size_t kSaved = 6;     // i, f, g, o, tanh(c'), c
  static constexpr std::size_t kLateSlot = 4;  // the slot that the second half fills
  static constexpr bool kHasCellState = true;
  static constexpr bool kLastRowApart = false;

  // Fills all of `saved` but tanh(c'), and moves c on to c'.
  static TONEZOO_INLINE void first_half(const Floats (&gate)[kRows], Floats /*apart*/, Floats& c,
                                        Floats (&saved)[kSaved]) {
    saved[0] = sigmoid_of_scaled(gate[0]);
    saved[1] = sigmoid_of_scaled(gate[1]);
    saved[2] = tanh_of_scaled(gate[2]);
    saved[3] = sigmoid_of_scaled(gate[3]);
    saved[5] = c;
    c = saved[1] * c + saved[0] * saved[2];
  }

  // Completes `saved` and returns h'.
  static TONEZOO_INLINE Floats second_half(Floats c, Floats /*h*/, Floats (&saved)[kSaved]) {
    saved[4] = tanh(c);
    return saved[3] * saved[4];
  }

  // Takes d = dL/dh' and dc = dL/dc'; leaves the gradients of the gate rows, dc = dL/dc, and returns the part
  // of dL/dh that skips the gates.
  static TONEZOO_INLINE Floats backward(const Floats (&saved)[kSaved], Floats /*h*/, Floats d, Floats& dc,
                                        Floats (&gate)[kRows], Floats& /*apart*/) {
    const Floats i = saved[0], f = saved[1], g = saved[2], o = saved[3], tc = saved[4], c = saved[5];
    const Floats dcc = dc + d * o * (1.0f - tc * tc);
    dc = dcc * f;
    gate[0] = dcc * g * (i - i * i);
    gate[1] = dcc * c * (f - f * f);
    gate[2] = dcc * i * (1.0f - g * g);
    gate[3] = d * tc * (o - o * o);
    return Floats{};
  }
};

// r, z, n as in torch.nn.GRU:  n = tanh(W_in x + b_in + r (W_hn h + b_hn)),  h' = (1 - z) n + z h.
struct GruCell {
  static constexpr std::size_t kRows = 3;
  static constexpr float kScale[kRows] = {kSigmoidScale, kSigmoidScale, 1.0f};
  static constexpr std::size_t kSaved = 4;  // r, z, W_hn h + b_hn, n
  static constexpr std::size_t kLateSlot = 3;
  static constexpr bool kHasCellState = false;
  static constexpr bool kLastRowApart = true;

  static TONEZOO_INLINE void first_half(const Floats (&gate)[kRows], Floats apart, Floats& /*c*/,
                                        Floats (&saved)[kSaved]) {
    saved[0] = sigmoid_of_scaled(gate[0]);
    saved[1] = sigmoid_of_scaled(gate[1]);
    saved[2] = gate[2];
    saved[3] = apart + saved[0] * gate[2];
  }

  static TONEZOO_INLINE Floats second_half(Floats /*c*/, Floats h, Floats (&saved)[kSaved]) {
    saved[3] = tanh(saved[3]);
    return saved[3] + saved[1] * (h - saved[3]);
  }

  static TONEZOO_INLINE Floats backward(const Floats (&saved)[kSaved], Floats h, Floats d, Floats& /*dc*/,
                                        Floats (&gate)[kRows], Floats& apart) {
    const Floats r = saved[0], z = saved[1], recurrent = saved[2], n = saved[3];
    apart = d * (1.0f - z) * (1.0f - n * n);
    gate[0] = apart * recurrent * (r - r * r);
    gate[1] = d * (h - n) * (z - z * z);
    gate[2] = apart * r;
    return d * z;
  }
};

}  // namespace training
}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
