"""Does a model stay in bounds and fall silent? A burst at full scale, then silence, and what comes out.

Mono float32, shape (samples,), full scale = 1.0.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from zoo.metrics import to_db

Signal = npt.NDArray[np.float32]

STRESS_VERSION = 1  # counts up whenever the same model gives other numbers
BURST_S, SILENCE_S, LISTEN_S = 0.75, 1.5, 0.5  # the last LISTEN_S of the silence are listened to
NOISE_SEED = 17
FLOOR_DB = -200.0


@cache
def stress(sample_rate: int) -> Signal:
    """The burst (noise, a low sine, a low square wave, all at full scale) and the silence; read-only."""
    part = round(BURST_S / 3 * sample_rate)
    t = np.arange(part) / sample_rate
    noise = np.random.Generator(np.random.PCG64(NOISE_SEED)).choice([-1.0, 1.0], part)
    sine, square = np.sin(2 * np.pi * 82.4 * t), np.sign(np.sin(2 * np.pi * 110.0 * t + 1e-3))
    silence = np.zeros(round(SILENCE_S * sample_rate))
    signal: Signal = np.concatenate([noise, sine, square, silence]).astype(np.float32)
    signal.setflags(write=False)
    return signal


@dataclass(frozen=True, slots=True)
class Endurance:
    """What came out.

    Attributes:
        broke_at: seconds until the first sample that is NaN or infinite; None when all are finite.
        peak_db: highest magnitude.
        silence_db: RMS of what sounds at the end of the silence, without its DC.
        dc: mean of the same.
    """

    broke_at: float | None
    peak_db: float
    silence_db: float
    dc: float


def endurance(output: Signal, sample_rate: int) -> Endurance:
    """Measure what a model put out for `stress`."""
    broken = np.flatnonzero(~np.isfinite(output))
    if broken.size:
        return Endurance(float(broken[0]) / sample_rate, 0.0, 0.0, 0.0)
    end = output[-round(LISTEN_S * sample_rate) :].astype(np.float64)
    return Endurance(
        broke_at=None,
        peak_db=level_db(np.max(np.abs(output)) ** 2.0),
        silence_db=level_db(float(np.var(end))),
        dc=float(np.mean(end)),
    )


def level_db(power: float) -> float:
    """Level of a power in dB of full scale, with a floor that stands for silence.

    >>> level_db(1.0), level_db(0.0)
    (0.0, -200.0)
    """
    return max(to_db(float(power)), FLOOR_DB)
