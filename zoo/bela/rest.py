"""Where a network comes to rest in silence: a pedal that starts it there makes no sound by switching.

The state is found in double precision, by the twin's equations, one silent sample after the other.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from zoo.architecture import Recurrent
from zoo.bela.bank import Floats
from zoo.bela.networks import start_state
from zoo.snapshot import Snapshot

Doubles: TypeAlias = npt.NDArray[np.float64]

MOST_SECONDS = 2.0
STILL = 1e-9  # the largest change from one sample to the next that counts as rest


def rest_state(snapshot: Snapshot) -> tuple[Floats, bool]:
    """The state after silence, in the order of `zoo.bela.networks.with_state`, and whether it is at rest.

    Args:
        snapshot: LSTM or GRU without knobs.

    Returns:
        Shape (states,); False if it still moves after two seconds.
    """
    architecture = snapshot.architecture
    assert isinstance(architecture, Recurrent)
    layers = [_Layer(snapshot, index) for index in range(architecture.num_layers)]
    for _ in range(round(MOST_SECONDS * snapshot.sample_rate)):
        x, moved = np.zeros(architecture.input_size), 0.0
        for layer in layers:
            moved = max(moved, layer.step(x))
            x = layer.h
        if moved < STILL:
            break
    else:
        return _state(layers), False
    return _state(layers), True


def _state(layers: list[_Layer]) -> Floats:
    parts = [part for layer in layers for part in (layer.h, layer.c)[: layer.parts]]
    return np.concatenate(parts).astype(np.float32)


class _Layer:
    """One layer's weights and state."""

    def __init__(self, snapshot: Snapshot, index: int) -> None:
        a, w = snapshot.architecture, snapshot.weights
        assert isinstance(a, Recurrent)
        self._lstm, self.parts, hidden = a.cell == "LSTM", 2 if a.cell == "LSTM" else 1, a.hidden_size
        self._w_ih, self._w_hh, self._b_ih = (
            w[f"rec.{name}_l{index}"].astype(np.float64) for name in ("weight_ih", "weight_hh", "bias_ih")
        )
        self._b_hh = w.get(f"rec.bias_hh_l{index}", np.zeros(1, np.float32)).astype(np.float64)
        first = self.parts * index * hidden
        state = start_state(snapshot)[first : first + self.parts * hidden].astype(np.float64)
        self.h, self.c = state[:hidden], state[hidden:]

    def step(self, x: Doubles) -> float:
        """One sample; the largest change of the state."""
        driven, fed = self._w_ih @ x + self._b_ih, self._w_hh @ self.h + self._b_hh
        before, cell = self.h, self.c
        if self._lstm:
            i, f, g, o = (driven + fed).reshape(4, -1)
            self.c = _sigmoid(f) * self.c + _sigmoid(i) * np.tanh(g)
            self.h = _sigmoid(o) * np.tanh(self.c)
            return float(max(np.abs(self.h - before).max(), np.abs(self.c - cell).max()))
        (x_r, x_z, x_n), (h_r, h_z, h_n) = driven.reshape(3, -1), fed.reshape(3, -1)
        z = _sigmoid(x_z + h_z)
        self.h = (1.0 - z) * np.tanh(x_n + _sigmoid(x_r + h_r) * h_n) + z * before
        return float(np.abs(self.h - before).max())


def _sigmoid(x: Doubles) -> Doubles:
    return 0.5 + 0.5 * np.tanh(0.5 * x)
