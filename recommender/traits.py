"""A handful of numbers a guitarist would ask for: gain, bass, middle, treble, asymmetry, compression.

They are read from the raw vectors, so that a capture and a parent are measured the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from recommender import bands
from recommender.paired import PAIRED_GROUPS
from recommender.wet import WET_GROUPS

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Traits:
    """What a device does to a signal; all but ``asymmetry`` in dB.

    Attributes:
        gain: power that is not linear in the input over power that is; of a wet signal alone, the share of
            the peaks that clipping has taken (less crest).
        bass, middle, treble: tone below 200 Hz, around 700 Hz and above 3 kHz, against the rest.
        asymmetry: how differently the two halves of the wave swing, 0 = alike.
        compression: how much the spread of levels shrinks from dry to wet (or, wet alone, minus the spread).
    """

    gain: float
    bass: float
    middle: float
    treble: float
    asymmetry: float
    compression: float


def paired_traits(raw: Array) -> Traits:
    """Traits of a device from a raw paired vector, shape (PAIRED_SIZE,)."""
    at = bands.centres()
    linear = float(np.clip(np.mean(raw[PAIRED_GROUPS["coherence"]][(at > 80) & (at < 5000)]), 1e-4, 1 - 1e-4))
    gain = 10.0 * np.log10((1.0 - linear) / linear)
    asymmetry, dynamics = raw[PAIRED_GROUPS["asymmetry"]], raw[PAIRED_GROUPS["dynamics"]]
    tone = _tone(raw[PAIRED_GROUPS["balance"]])
    return Traits(float(gain), *tone, float(abs(asymmetry[0])), float(-dynamics[2]))


def wet_traits(raw: Array) -> Traits:
    """Traits of an output from a raw wet-only vector, shape (WET_SIZE,); the playing is in them too."""
    dynamics, amplitude = raw[WET_GROUPS["dynamics"]], raw[WET_GROUPS["amplitude"]]
    tone = _tone(raw[WET_GROUPS["spectrum"]])
    return Traits(float(-dynamics[0]), *tone, float(abs(amplitude[-1])), float(-dynamics[2]))


def _tone(balance: Array) -> tuple[float, float, float]:
    """Bass, middle and treble of a spectrum in bands, dB against the bands from 200 Hz to 3 kHz."""
    at = bands.centres()
    body = float(np.mean(balance[(at >= 200) & (at <= 3000)]))
    middle = float(np.mean(balance[(at >= 450) & (at <= 1100)]))
    bass = float(np.mean(balance[(at > 70) & (at < 200)]))
    treble = float(np.mean(balance[(at > 3000) & (at < 9000)]))
    return bass - body, middle - body, treble - body
