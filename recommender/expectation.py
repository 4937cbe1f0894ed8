"""From what was tried to the error to expect after fine-tuning.

Maps from dB to dB, with a band as wide as the tunings scattered around them. Training moves a poor start far
and a good one little, hence the slopes. Those of a head are drawn by eye through some fifteen short tunings.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.halving import Moment
from recommender.suggestion import Expected

WORTHWHILE_DB = 1.0


@dataclass(frozen=True, slots=True)
class _Map:
    """expected dB = offset_db + slope * (tried dB), never above what was tried; the band is +-band_db."""

    offset_db: float
    slope: float
    band_db: float

    def __call__(self, tried_esr: float) -> Expected:
        tried_db = 10.0 * np.log10(max(tried_esr, 1e-12))
        middle = min(tried_db, self.offset_db + self.slope * tried_db)
        esr, low, high = (
            min(float(10.0 ** ((middle + shift) / 10.0)), 1.0) for shift in (0.0, -self.band_db, self.band_db)
        )
        return Expected(esr, low, high)


_HEAD = _Map(-7.0, 0.65, 3.0)
# By the epochs of the moment: the longer it was, the less is left to gain, and the surer the guess.
_PARENT = {1: _Map(-4.0, 0.8, 3.0), 4: _Map(-2.5, 0.9, 2.0), 8: _Map(-2.0, 0.95, 2.0)}
_SCRATCH = _Map(-2.5, 1.0, 3.0)


def expect(head_esr: float) -> Expected:
    """The error-to-signal ratio to expect after fine-tuning on all of the capture, from a head alone."""
    return _HEAD(head_esr)


def expect_tuned(moment: Moment, head_esr: float, *, scratch: bool = False) -> Expected:
    """The same from a moment of tuning and from the head: what either can do, the whole training will."""
    tried = min(moment.esr, head_esr)
    if scratch:
        return _SCRATCH(tried)
    nearest = min(_PARENT, key=lambda epochs: (abs(epochs - moment.effort.epochs), epochs))
    return _PARENT[nearest](tried)


def worthwhile(parent_error: float, scratch_error: float) -> bool:
    """Whether a parent promises at least `WORTHWHILE_DB` over a start from scratch in the same trial."""
    gain_db = 10.0 * np.log10(max(scratch_error, 1e-12) / max(parent_error, 1e-12))
    return bool(gain_db >= WORTHWHILE_DB)
