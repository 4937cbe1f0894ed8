// The pointwise halves of an LSTM and a GRU step, forward and backward, on vectors of batch lanes.
// Threads: pure functions on the memory handed in.
//
// A cell sees, for one unit, `recurrent` (bias_hh + W_hh h) and `input` (bias_ih + W_ih x) of each of its
// gate rows in PyTorch's order, and keeps what its backward needs in `saved` slots. Backward replaces the
// first slots by the gradients of the gate rows: slot r for recurrent row r, slot kInputSlot[r] for input row
// r.
#pragma once

#include "training/kernels/math.h"

namespace tonezoo {
inline namespace TONEZOO_SIMD {
namespace training {

// i, f, g, o as in torch.nn.LSTM:  c' = f c + i g,  h' = o tanh(c').
struct LstmCell {
  static constexpr int kRows = 4;
  static constexpr int kSaved = 5;  // i, f, g, o, tanh(c')
  static constexpr bool kHasCellState = true;
  static constexpr int kInputSlot[kRows] = {0, 1, 2, 3};

  static TONEZOO_INLINE Floats forward(const Floats (&recurrent)[kRows], const Floats (&input)[kRows],
                                       Floats (&saved)[kSaved], Floats& c, Floats /*h*/) {
    saved[0] = sigmoid(recurrent[0] + input[0]);
    saved[1] = sigmoid(recurrent[1] + input[1]);
    saved[2] = tanh(recurrent[2] + input[2]);
    saved[3] = sigmoid(recurrent[3] + input[3]);
    c = saved[1] * c + saved[0] * saved[2];
    saved[4] = tanh(c);
    return saved[3] * saved[4];
  }

  // Takes d = dL/dh', dc = dL/dc'; leaves dc = dL/dc and returns the part of dL/dh that skips the gates.
  static TONEZOO_INLINE Floats backward(Floats (&saved)[kSaved], Floats c, Floats /*h*/, Floats d,
                                        Floats& dc) {
    const Floats i = saved[0], f = saved[1], g = saved[2], o = saved[3], tc = saved[4];
    const Floats dcc = dc + d * o * (1.0f - tc * tc);
    dc = dcc * f;
    saved[0] = dcc * g * i * (1.0f - i);
    saved[1] = dcc * c * f * (1.0f - f);
    saved[2] = dcc * i * (1.0f - g * g);
    saved[3] = d * tc * o * (1.0f - o);
    return Floats{};
  }
};

// r, z, n as in torch.nn.GRU:  n = tanh(W_in x + b_in + r (W_hn h + b_hn)),  h' = (1 - z) n + z h.
struct GruCell {
  static constexpr int kRows = 3;
  static constexpr int kSaved = 4;  // r, z, W_hn h + b_hn, n
  static constexpr bool kHasCellState = false;
  static constexpr int kInputSlot[kRows] = {0, 1, 3};

  static TONEZOO_INLINE Floats forward(const Floats (&recurrent)[kRows], const Floats (&input)[kRows],
                                       Floats (&saved)[kSaved], Floats& /*c*/, Floats h) {
    saved[0] = sigmoid(recurrent[0] + input[0]);
    saved[1] = sigmoid(recurrent[1] + input[1]);
    saved[2] = recurrent[2];
    saved[3] = tanh(input[2] + saved[0] * recurrent[2]);
    return saved[3] + saved[1] * (h - saved[3]);
  }

  static TONEZOO_INLINE Floats backward(Floats (&saved)[kSaved], Floats /*c*/, Floats h, Floats d,
                                        Floats& /*dc*/) {
    const Floats r = saved[0], z = saved[1], recurrent_n = saved[2], n = saved[3];
    const Floats dn = d * (1.0f - z) * (1.0f - n * n);
    saved[0] = dn * recurrent_n * r * (1.0f - r);
    saved[1] = d * (h - n) * z * (1.0f - z);
    saved[2] = dn * r;
    saved[3] = dn;
    return d * z;
  }
};

}  // namespace training
}  // namespace TONEZOO_SIMD
}  // namespace tonezoo
