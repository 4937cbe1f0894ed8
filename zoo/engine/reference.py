"""The engine's slow twin in numpy, double precision: the oracle that every native path is compared with.

Mono, full scale = 1.0, at the snapshot's own rate. Nothing here is shared with the native code.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from zoo.architecture import Recurrent, WaveNet
from zoo.snapshot import Snapshot

Doubles: TypeAlias = npt.NDArray[np.float64]


def render_reference(
    snapshot: Snapshot, audio: npt.ArrayLike, *, knobs: Sequence[float] | None = None
) -> Doubles:
    """What `zoo.engine.render` should give, shape (samples,), in float64; arguments as there, unchecked."""
    snapshot = snapshot.at_size(1.0)
    dry = 10.0 ** (snapshot.input_gain_db / 20.0) * np.asarray(audio, dtype=np.float64)
    wet = _network_output(snapshot, dry, knobs)
    gained: Doubles = 10.0 ** (snapshot.output_gain_db / 20.0) * wet
    return gained


def _network_output(snapshot: Snapshot, dry: Doubles, knobs: Sequence[float] | None) -> Doubles:
    architecture = snapshot.architecture
    if isinstance(architecture, WaveNet):
        from zoo.engine.reference_wavenet import wavenet_output

        return wavenet_output(architecture, snapshot.weights, dry)
    assert isinstance(architecture, Recurrent)
    settings = [0.5] * architecture.num_knobs if knobs is None else knobs
    inputs = np.column_stack([dry, *(np.full_like(dry, value) for value in settings)])
    h = recurrent_states(snapshot, inputs)
    weights = snapshot.weights
    wet: Doubles = h @ weights["lin.weight"][0].astype(np.float64) + float(weights["lin.bias"][0])
    return wet + dry if architecture.residual else wet


def recurrent_states(snapshot: Snapshot, inputs: Doubles) -> Doubles:
    """The last layer's h for ``inputs`` of shape (samples, input_size): shape (samples, hidden_size)."""
    architecture = snapshot.architecture
    assert isinstance(architecture, Recurrent)
    step = _lstm_layer if architecture.cell == "LSTM" else _gru_layer
    for layer in range(architecture.num_layers):
        suffix = f"_l{layer}"
        tensors = {
            name.removesuffix(suffix): array.astype(np.float64)
            for name, array in snapshot.weights.items()
            if name.endswith(suffix)
        }
        inputs = step(tensors, inputs)
    return inputs


def _sigmoid(x: Doubles) -> Doubles:
    return 0.5 + 0.5 * np.tanh(0.5 * x)


def _lstm_layer(w: dict[str, Doubles], x: Doubles) -> Doubles:
    """PyTorch's LSTM: c = f c + i g, h = o tanh(c); i, f, o are sigmoids and g is a tanh."""
    hidden = w["rec.weight_hh"].shape[1]
    bias = w["rec.bias_ih"] + w.get("rec.bias_hh", 0.0)
    driven = x @ w["rec.weight_ih"].T + bias
    h, c = w.get("rec.h0", np.zeros(hidden)), w.get("rec.c0", np.zeros(hidden))
    out = np.empty((len(x), hidden))
    recurrent = np.ascontiguousarray(w["rec.weight_hh"].T)
    for t, drive in enumerate(driven):
        i, f, g, o = (drive + h @ recurrent).reshape(4, hidden)
        c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
        h = out[t] = _sigmoid(o) * np.tanh(c)
    return out


def _gru_layer(w: dict[str, Doubles], x: Doubles) -> Doubles:
    """PyTorch's GRU: n = tanh(x_n + r h_n), h = (1 - z) n + z h; the bias of h_n lies inside r's reach."""
    hidden = w["rec.weight_hh"].shape[1]
    driven = x @ w["rec.weight_ih"].T + w["rec.bias_ih"]
    h = w.get("rec.h0", np.zeros(hidden))
    out = np.empty((len(x), hidden))
    recurrent, bias = np.ascontiguousarray(w["rec.weight_hh"].T), w["rec.bias_hh"]
    for t, drive in enumerate(driven):
        x_r, x_z, x_n = drive.reshape(3, hidden)
        h_r, h_z, h_n = (h @ recurrent + bias).reshape(3, hidden)
        z = _sigmoid(x_z + h_z)
        h = out[t] = (1.0 - z) * np.tanh(x_n + _sigmoid(x_r + h_r) * h_n) + z * h
    return out
