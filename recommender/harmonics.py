"""What a device does to the probe's steady tones: harmonics by level, odd and even, and compression.

Powers are relative to the fundamental's, so the output's level does not count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from recommender.bands import Signal
from recommender.tape import Probe, Segment

Array = npt.NDArray[Any]
NUM_HARMONICS = 20
TINY = 1e-20


@dataclass(frozen=True, slots=True)
class Tones:
    """One row for each tone of the probe, in its order.

    Attributes:
        frequency_hz, level_db: of the tone that goes in (peak).
        output_db: power of the fundamental that comes out.
        odd, even: power of the odd and the even harmonics over the fundamental's.
    """

    frequency_hz: Array
    level_db: Array
    output_db: Array
    odd: Array
    even: Array

    @property
    def distortion(self) -> Array:
        """Total harmonic distortion: amplitude of all harmonics over the fundamental's."""
        return np.asarray(np.sqrt(self.odd + self.even))


def measure_tones(probe: Probe, output: Signal) -> Tones:
    """Measure what came out for the probe's tones; ``output`` has the probe's shape and rate."""
    tones = probe.of_kind("tone")
    rows = np.array([_harmonic_powers(output[tone.steady], tone, probe.sample_rate) for tone in tones])
    fundamental = rows[:, 0] + TINY
    return Tones(
        frequency_hz=np.array([tone.frequencies[0] for tone in tones]),
        level_db=np.array([tone.level_db for tone in tones]),
        output_db=10.0 * np.log10(fundamental),
        odd=rows[:, 2::2].sum(axis=1) / fundamental,
        even=rows[:, 1::2].sum(axis=1) / fundamental,
    )


def _harmonic_powers(signal: Signal, tone: Segment, sample_rate: int) -> Array:
    """Power at the tone's frequency and its multiples below Nyquist, by projection."""
    t = np.arange(signal.size) / sample_rate
    multiples = np.arange(1, NUM_HARMONICS + 1) * tone.frequencies[0]
    waves = np.exp(-2j * np.pi * multiples[:, None] * t)
    amplitudes = 2.0 / signal.size * np.abs(waves @ signal.astype(np.float64))
    return np.where(multiples < 0.48 * sample_rate, np.square(amplitudes) / 2.0, 0.0)
