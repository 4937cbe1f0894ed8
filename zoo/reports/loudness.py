"""Loudness after ITU-R BS.1770-4, without gating: an excerpt of a few seconds has no pauses to leave out."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

OFFSET_DB = -0.691  # BS.1770-4, equation (2)


def loudness_db(signal: npt.NDArray[Any], sample_rate: int) -> float:
    """K-weighted loudness of a mono signal, LKFS; minus infinity for silence.

    Args:
        signal: shape (samples,), full scale = 1.0.
        sample_rate: Hz.

    >>> t = np.arange(48000) / 48000
    >>> round(loudness_db(np.sin(2 * np.pi * 997 * t), 48000), 1)
    -3.0
    """
    from scipy.signal import sosfilt

    weighted = sosfilt(_k_weighting(sample_rate), np.asarray(signal, dtype=np.float64))
    power = float(np.mean(np.square(weighted))) if signal.size else 0.0
    return OFFSET_DB + 10.0 * float(np.log10(power)) if power > 1e-15 else -np.inf


def loudest(signal: npt.NDArray[Any], samples: int) -> slice:
    """The loudest stretch of at most so many samples, to an eighth of that."""
    starts = range(0, max(signal.size - samples, 0) + 1, max(samples // 8, 1))
    energy = np.concatenate([[0.0], np.cumsum(np.square(signal, dtype=np.float64))])
    best = max(starts, key=lambda start: float(energy[min(start + samples, signal.size)] - energy[start]))
    return slice(best, min(best + samples, signal.size))


def _k_weighting(sample_rate: int) -> npt.NDArray[np.float64]:
    """The two stages of BS.1770 at any rate: its 48 kHz coefficients, traced back to analogue.

    A high shelf of +4 dB at 1682 Hz (the head) and a high-pass at 38 Hz.
    """
    gain, corner, quality = 10.0 ** (3.999843853973347 / 20.0), 1681.974450955533, 0.7071752369554196
    k = np.tan(np.pi * corner / sample_rate)
    middle = gain**0.4996667741545416
    a0 = 1.0 + k / quality + k * k
    shelf = [
        (gain + middle * k / quality + k * k) / a0,
        2.0 * (k * k - gain) / a0,
        (gain - middle * k / quality + k * k) / a0,
        1.0,
        2.0 * (k * k - 1.0) / a0,
        (1.0 - k / quality + k * k) / a0,
    ]
    corner, quality = 38.13547087602444, 0.5003270373238773
    k = np.tan(np.pi * corner / sample_rate)
    a0 = 1.0 + k / quality + k * k
    high_pass = [1.0, -2.0, 1.0, 1.0, 2.0 * (k * k - 1.0) / a0, (1.0 - k / quality + k * k) / a0]
    return np.array([shelf, high_pass])
