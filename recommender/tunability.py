"""What a parent brings to any training, whatever the target: numbers that are read from its weights and states.

Some parents tune well to almost anything: networks that are large, whose units all do something different, and
which are not driven into saturation. None of this names a parent, so it holds for one never seen before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from zoo.architecture import Recurrent
from zoo.snapshot import Snapshot

Array = npt.NDArray[Any]

EVERY = 8  # states change slowly: every eighth tells as much
SATURATED = 0.9


@dataclass(frozen=True, slots=True)
class Build:
    """A parent as it is built.

    Attributes:
        size: log2 of its parameters.
        gated: 1 for an LSTM.
        knobs: how many it has.
        recurrence: log10 of the root mean square of the recurrent weights.
        radius: largest magnitude of an eigenvalue of the recurrent weights of the cell's candidate.
        input: log10 of the root mean square of the audio's input weights.
        head: log10 of the norm of the output weights.
        memory: mean bias of the gate that keeps the state.
    """

    size: float
    gated: float
    knobs: float
    recurrence: float
    radius: float
    input: float
    head: float
    memory: float


@dataclass(frozen=True, slots=True)
class Activity:
    """What its units do on some playing.

    Attributes:
        variety: log2 of how many directions of the states carry their variance (participation ratio).
        saturation: share of the states near the end of their range.
        swing: log10 of the states' root mean square about their means.
    """

    variety: float = 0.0
    saturation: float = 0.0
    swing: float = 0.0


def build_of(snapshot: Snapshot) -> Build:
    """The numbers of a snapshot; those that only a recurrent network has are 0 for others."""
    plain = snapshot.at_size()
    architecture, size = plain.architecture, float(np.log2(plain.num_parameters))
    if not isinstance(architecture, Recurrent):
        return Build(size, 0.0, float(plain.num_knobs), 0.0, 0.0, 0.0, 0.0, 0.0)
    hidden, weights = architecture.hidden_size, plain.weights
    recurrent = weights["rec.weight_hh_l0"].astype(np.float64).reshape(architecture.gates, hidden, hidden)
    into = weights["rec.weight_ih_l0"].astype(np.float64)[:, 0]
    bias = weights["rec.bias_ih_l0"].astype(np.float64)
    if architecture.cell == "LSTM" and "rec.bias_hh_l0" in weights:
        bias = bias + weights["rec.bias_hh_l0"]
    return Build(
        size,
        float(architecture.cell == "LSTM"),
        float(plain.num_knobs),
        _log(np.sqrt(np.mean(recurrent**2))),
        float(np.max(np.abs(np.linalg.eigvals(recurrent[2])))),
        _log(np.sqrt(np.mean(into**2))),
        _log(np.linalg.norm(weights["lin.weight"].astype(np.float64))),
        float(bias.reshape(architecture.gates, hidden)[1].mean()),
    )


def activity_of(states: Array) -> Activity:
    """The numbers of states, shape (samples, units)."""
    some = states[::EVERY].astype(np.float64)
    centred = some - some.mean(axis=0)
    covariance = centred.T @ centred / len(some)
    power = float(np.trace(covariance))
    variety = power**2 / max(float(np.sum(covariance**2)), 1e-30)
    return Activity(
        float(np.log2(max(variety, 1.0))),
        float(np.mean(np.abs(some) > SATURATED)),
        _log(np.sqrt(power / states.shape[1])),
    )


def _log(value: float) -> float:
    return float(np.log10(max(value, 1e-6)))
