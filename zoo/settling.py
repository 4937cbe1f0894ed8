"""How long a model rings on after an impulse: the paper's Fig. 7."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zoo.engine import render
from zoo.snapshot import Snapshot

SILENCE_SECONDS, LISTENING_SECONDS = 1.0, 0.5
IMPULSE = 0.5  # of full scale
SETTLED_DB = -60.0
LOWEST_DB = -90.0


@dataclass(frozen=True, eq=False)
class Settling:
    """A model after an impulse.

    Attributes:
        seconds: until it stays within -60 dB of its largest answer; the whole time that was listened to where
            it does not.
        times: in seconds, shape (points,).
        decibels: the largest answer from there on, 0 dB at its height, shape (points,).
    """

    seconds: float
    times: npt.NDArray[np.float64]
    decibels: npt.NDArray[np.float64]


def settling(model: Snapshot, points: int = 200) -> Settling:
    """What is left of an impulse, from rest after a second of silence; a constant output does not count."""
    silence, listening = (round(s * model.sample_rate) for s in (SILENCE_SECONDS, LISTENING_SECONDS))
    dry = np.zeros(silence + listening, np.float32)
    at_rest = render(model, dry)[silence:]
    dry[silence] = IMPULSE
    answer = np.abs(render(model, dry)[silence:].astype(np.float64) - at_rest)
    left = np.maximum.accumulate(answer[::-1])[::-1]
    decibels = np.maximum(20.0 * np.log10(np.maximum(left, 1e-12) / max(left[0], 1e-12)), LOWEST_DB)
    settled = int(np.count_nonzero(decibels > SETTLED_DB))
    at = np.linspace(0, listening - 1, points).astype(int)
    return Settling(settled / model.sample_rate, at / model.sample_rate, decibels[at])
