"""What is known of a parent before it is tuned in earnest, as the numbers that a forecast reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from recommender.halving import Moment
from recommender.tunability import Build

NOMINEE, BY_SOUND, HEAD, SCRATCH_STAGE = "nominee", "by sound", "head", "scratch"
LOWEST, HIGHEST = 1e-7, 10.0
CLOSE = 0.1  # distances far below this are all the same: the logarithm must not outweigh the rest

Numbers = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that was tried with one parent.

    Attributes:
        build: what it is made of.
        distance: from the capture, in the space of the vectors.
        head: error of the head that was fitted to it, see `recommender.head.HeadFit.error`; None before that.
        floor: error of an untrained network's head in the same trial: how hard the target is.
        moments: of tuning, the shortest first; empty for one that was not tuned.
        by_sound: the distance is that of wet-only vectors: there was no dry signal.
        parent: its id, under which a forecast may remember how it did elsewhere.
    """

    build: Build
    distance: float
    head: float | None = None
    floor: float = float("nan")
    moments: tuple[Moment, ...] = ()
    by_sound: bool = False
    parent: str = ""

    @property
    def stage(self) -> str:
        """Which forecast it takes: the epochs of the longest moment, `HEAD`, `NOMINEE` or `BY_SOUND`."""
        if self.moments:
            return str(self.moments[-1].effort.epochs)
        if self.head is not None:
            return HEAD
        return BY_SOUND if self.by_sound else NOMINEE

    def numbers(self) -> dict[str, float]:
        """By name, errors in dB; NaN where there is nothing to measure."""
        return {
            "distance": float(np.log(self.distance + CLOSE)),
            "head": decibels(self.head),
            "floor": decibels(self.floor),
            "tuned": decibels(self.moments[-1].esr if self.moments else None),
            "size": self.build.size,
            "recurrence": self.build.recurrence,
            "input": self.build.input,
        }


def decibels(error: float | None) -> float:
    """An error in dB, within bounds: an oddity must not outweigh the rest; NaN for None and for NaN."""
    if error is None or np.isnan(error):
        return float("nan")
    return float(10.0 * np.log10(np.clip(error, LOWEST, HIGHEST)))
