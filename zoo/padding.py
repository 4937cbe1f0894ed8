"""Recurrent networks of one size made to fit a player of another: units of zeros, which nobody hears.

A unit whose weights and biases are all zero stays at rest: in an LSTM c = f c + i tanh(0) = 0, in a GRU
h = (1 - z) tanh(0) + z h = 0. Nothing listens to it either, so the sound is the same.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from zoo.architecture import Recurrent
from zoo.errors import SnapshotError
from zoo.snapshot import Snapshot

Array = npt.NDArray[np.float32]


def padded(snapshot: Snapshot, hidden_size: int) -> Snapshot:
    """The same sound with ``hidden_size`` units in every layer.

    Raises:
        SnapshotError: the snapshot is not recurrent, or has more units.
    """
    architecture = snapshot.architecture
    if not isinstance(architecture, Recurrent) or architecture.hidden_size > hidden_size:
        raise SnapshotError(f"{architecture} cannot be padded to {hidden_size} units")
    if architecture.hidden_size == hidden_size:
        return snapshot
    larger = replace(architecture, hidden_size=hidden_size)
    shapes = {**larger.required_shapes(), **larger.optional_shapes()}
    weights = {
        name: _widened(array, architecture.hidden_size, shapes[name])
        for name, array in snapshot.weights.items()
    }
    return replace(snapshot, architecture=larger, weights=weights)


def _widened(array: Array, hidden: int, shape: tuple[int, ...]) -> Array:
    """``array`` in the corner of zeros of ``shape``; rows are blocks of ``hidden``, one for each gate."""
    if array.shape == shape:
        return array
    wide = np.zeros(shape, np.float32)
    if shape[0] == 1:  # lin.weight: one row, a column for each unit
        wide[:, :hidden] = array
        return wide
    gates = array.shape[0] // hidden
    blocks = wide.reshape(gates, shape[0] // gates, -1)
    blocks[:, :hidden, : array.size // array.shape[0]] = array.reshape(gates, hidden, -1)
    return wide
