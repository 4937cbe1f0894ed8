"""Numbers of one signal's amplitude, whatever its spectrum. Signals are mono float32, shape (samples,).

All but `frame_levels` and `rms` stay the same when the signal is scaled.
"""

from __future__ import annotations

import numpy as np

from recommender.bands import Matrix, Signal

QUANTILES = np.array([0.002, 0.01, 0.03, 0.1, 0.25, 0.4, 0.6, 0.75, 0.9, 0.97, 0.99, 0.998])
TINY = 1e-20


def rms(signal: Signal) -> float:
    """Root of the mean square, with a floor of 1e-12."""
    return max(float(np.sqrt(np.mean(np.square(signal, dtype=np.float64)))), 1e-12)


def frame_levels(signal: Signal, sample_rate: int) -> Matrix:
    """RMS level of frames of 20 ms, dB, floor -120 dB, shape (frames,); a shorter signal is one frame."""
    length = min(max(sample_rate // 50, 1), signal.size)
    frames = signal[: signal.size // length * length].reshape(-1, length)
    power = np.mean(np.square(frames, dtype=np.float64), axis=1)
    return np.asarray(10.0 * np.log10(power + 1e-12))


def spread_db(levels: Matrix) -> float:
    """Standard deviation of frame levels, those 60 dB below the loudest held there."""
    return float(np.std(np.maximum(levels, levels.max() - 60.0)))


def crest_db(signal: Signal) -> float:
    """Peak (all but 0.05 % of the samples) over RMS: a sine has 3 dB."""
    return float(20.0 * np.log10((np.quantile(np.abs(signal), 0.9995) + 1e-12) / rms(signal)))


def kurtosis(signal: Signal) -> float:
    """Fourth moment over the squared second: 1 for a square wave, 1.5 for a sine, 3 for Gaussian noise."""
    square = np.square(_centred(signal))
    return float((np.mean(np.square(square)) + TINY) / (np.mean(square) ** 2 + TINY))


def skew(signal: Signal) -> float:
    """Cube root of the third moment over the RMS: positive when the upper half swings wider."""
    centred = _centred(signal)
    square = np.square(centred)
    return float(np.cbrt(np.mean(square * centred)) / np.sqrt(np.mean(square) + TINY))


def normalised(signal: Signal) -> Signal:
    """The signal without its mean, at an RMS of 1; networks leave offsets that tell nothing of the device."""
    centred = _centred(signal).astype(np.float32)
    return np.asarray(centred / np.float32(rms(centred)))


def amplitude_quantiles(signal: Signal) -> Matrix:
    """Amplitudes at `QUANTILES`, in units of the RMS."""
    return np.asarray(np.quantile(signal, QUANTILES) / rms(signal), dtype=np.float64)


def _centred(signal: Signal) -> Matrix:
    return signal.astype(np.float64) - np.mean(signal, dtype=np.float64)
