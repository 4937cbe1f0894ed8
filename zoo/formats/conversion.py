"""What a snapshot must give up or fold into its weights to fit a format that lacks a feature."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from zoo.architecture import Recurrent
from zoo.errors import SnapshotError
from zoo.snapshot import Snapshot

Array = npt.NDArray[np.float32]


class CannotHoldError(SnapshotError):
    """A format cannot hold this snapshot; the message says what it lacks."""


def require_recurrent(snapshot: Snapshot, title: str) -> Recurrent:
    """The snapshot's architecture, if it is an LSTM or GRU that starts from rest.

    Raises:
        CannotHoldError: it is another network, or has an initial state other than zero.
    """
    architecture = snapshot.architecture
    if not isinstance(architecture, Recurrent):
        raise CannotHoldError(f"{title} holds LSTM and GRU only, and this is a {architecture}")
    states = (w for n, w in snapshot.weights.items() if n.startswith(("rec.h0_", "rec.c0_")))
    if any(state.any() for state in states):
        raise CannotHoldError(
            f"{title} starts from silence, but this {architecture} has an initial state of its own"
        )
    return architecture


def summed_bias(snapshot: Snapshot, layer: int) -> Array:
    """An LSTM layer's one bias: PyTorch's two only count as their sum."""
    bias = snapshot.weights[f"rec.bias_ih_l{layer}"]
    second = snapshot.weights.get(f"rec.bias_hh_l{layer}")
    return bias if second is None else bias + second


def with_gains_folded(snapshot: Snapshot, title: str) -> Snapshot:
    """The same sound without gains, to the rounding of float32: they move into the first and last weights.

    Raises:
        CannotHoldError: a residual path would need the gains too.
    """
    if snapshot.input_gain_db == snapshot.output_gain_db == 0.0:
        return snapshot
    architecture = snapshot.architecture
    if isinstance(architecture, Recurrent) and architecture.residual:
        gains = f"{snapshot.input_gain_db:g} dB in and {snapshot.output_gain_db:g} dB out"
        raise CannotHoldError(
            f"{title} has no gains, and those of this model ({gains}) also scale its dry path"
        )
    gain_in, gain_out = (10.0 ** (db / 20.0) for db in (snapshot.input_gain_db, snapshot.output_gain_db))
    weights = {name: _scaled(name, array, gain_in, gain_out) for name, array in snapshot.weights.items()}
    return replace(snapshot, weights=weights, input_gain_db=0.0, output_gain_db=0.0)


def _scaled(name: str, array: Array, gain_in: float, gain_out: float) -> Array:
    if name == "rec.weight_ih_l0":
        audio_only = np.ones(array.shape[1])
        audio_only[0] = gain_in
        return (array * audio_only).astype(np.float32)
    if name.endswith(("arrays.0.rechannel.weight", "mixin.weight")):
        return (array * gain_in).astype(np.float32)
    if name.startswith("lin.") or name.endswith("head_scale"):
        return (array * gain_out).astype(np.float32)
    return array
