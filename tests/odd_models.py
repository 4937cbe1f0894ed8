"""Models that the gate has something to say about, made by hand: every weight has its reason."""

from __future__ import annotations

import numpy as np

from zoo.architecture import Recurrent
from zoo.snapshot import Snapshot

OPEN, SHUT = 20.0, -20.0


def oscillator() -> Snapshot:
    """Two units that turn each other round for ever, once kicked.

    Input and output gates stand open and the forget gate shut, so ``h' = tanh(tanh(W h + x))``; W turns by a
    tenth of a circle and grows threefold.
    """
    angle = 2 * np.pi / 10
    turn = 3.0 * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return _two_units(recurrent=turn, output=0.5)


def decaying() -> Snapshot:
    """The same turned by a factor below one: it rings for a moment and falls silent."""
    angle = 2 * np.pi / 10
    turn = 0.9 * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return _two_units(recurrent=turn, output=0.5)


def overflowing() -> Snapshot:
    """Its output layer adds up to more than a float holds."""
    return _two_units(output=3e38)


def deafening() -> Snapshot:
    """A thousand times full scale."""
    return _two_units(output=1000.0)


def mute() -> Snapshot:
    """Its output layer is zero."""
    return _two_units(output=0.0)


def leaning() -> Snapshot:
    """Five hundredths of DC."""
    return _two_units(output=0.2, bias=0.05)


def _two_units(*, recurrent: np.ndarray | None = None, output: float, bias: float = 0.0) -> Snapshot:
    shapes = Recurrent("LSTM", 2).required_shapes()
    weights = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
    weights["rec.bias_ih_l0"][:] = [OPEN, OPEN, SHUT, SHUT, 0, 0, OPEN, OPEN]  # i, f, g, o
    weights["rec.weight_ih_l0"][4:6] = 1.0
    if recurrent is not None:
        weights["rec.weight_hh_l0"][4:6] = recurrent
    weights["lin.weight"][:] = output
    weights["lin.bias"][:] = bias
    return Snapshot(Recurrent("LSTM", 2), weights, 44_100)
