"""A model with knobs at one position of them: a network of audio alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from zoo.architecture import Recurrent
from zoo.errors import BadRequest
from zoo.snapshot import Snapshot


def with_knobs_fixed(snapshot: Snapshot, knobs: Sequence[float]) -> Snapshot:
    """The model at one knob position, as a network of audio alone that computes the same.

    A knob that stands still adds the constant ``W_ih[:, knob] * value`` to the gates: it goes into the bias.

    Args:
        snapshot: LSTM or GRU with ``len(knobs)`` knobs.
        knobs: positions from 0 to 1.

    Raises:
        BadRequest: the count or a value is off.
    """
    architecture = snapshot.architecture
    if not isinstance(architecture, Recurrent) or architecture.num_knobs != len(knobs):
        raise BadRequest(
            f"{architecture} has {architecture.num_knobs} knobs, but {len(knobs)} values were given"
        )
    if not all(0.0 <= knob <= 1.0 for knob in knobs):
        raise BadRequest(f"knob positions are {list(knobs)}; values from 0 to 1 are expected")
    if not knobs:
        return snapshot
    weights = dict(snapshot.weights)
    w_ih = weights["rec.weight_ih_l0"].astype(np.float64)
    weights["rec.weight_ih_l0"] = w_ih[:, :1].astype(np.float32)
    bias = weights["rec.bias_ih_l0"] + w_ih[:, 1:] @ np.asarray(knobs, dtype=np.float64)
    weights["rec.bias_ih_l0"] = bias.astype(np.float32)
    return replace(snapshot, architecture=replace(architecture, input_size=1), weights=weights)
