"""What a parent brings to any training, whatever the target: numbers that are read from its weights.

Some parents tune well to almost anything: networks that are large, whose recurrent weights are strong and
whose input weights are small. None of this names a parent, so it holds for one never seen before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zoo.architecture import Recurrent
from zoo.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Build:
    """A parent as it is built; NaN where nothing is known of how such a network tunes.

    Attributes:
        size: log2 of its parameters.
        recurrence: log10 of the root mean square of the recurrent weights.
        input: the same of the audio's input weights.
    """

    size: float
    recurrence: float
    input: float


UNKNOWN = Build(float("nan"), float("nan"), float("nan"))


def build_of(snapshot: Snapshot) -> Build:
    """The numbers of a snapshot; `UNKNOWN` for a WaveNet: the matrix has recurrent cells only."""
    plain = snapshot.at_size()
    if not isinstance(plain.architecture, Recurrent):
        return UNKNOWN
    recurrent, into = (plain.weights[f"rec.weight_{kind}_l0"].astype(np.float64) for kind in ("hh", "ih"))
    return Build(
        float(np.log2(plain.num_parameters)),
        _log(np.sqrt(np.mean(recurrent**2))),
        _log(np.sqrt(np.mean(into[:, 0] ** 2))),
    )


def _log(value: float) -> float:
    return float(np.log10(max(value, 1e-6)))
