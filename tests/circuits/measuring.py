"""Measurements of a device: how much it distorts and what it does to a small signal."""

from __future__ import annotations

import numpy as np

from training.circuits import Device

RATE = 48_000


def sine(level_db: float, hertz: float = 220.0, seconds: float = 0.1) -> np.ndarray:
    t = np.arange(round(seconds * RATE)) / RATE
    return (10 ** (level_db / 20) * np.sin(2 * np.pi * hertz * t)).astype(np.float32)


def harmonics(device: Device, level_db: float, hertz: float = 240.0, count: int = 5) -> np.ndarray:
    """Amplitudes of the first harmonics once the device has settled."""
    wet = device(sine(level_db, hertz, 0.15), RATE).astype(np.float64)[-round(0.1 * RATE) :]
    return np.abs(tones(wet, [hertz * k for k in range(1, count + 1)], RATE))


def distortion(device: Device, level_db: float, hertz: float = 240.0) -> float:
    """Total harmonic distortion, 0 to about 1."""
    first, *rest = harmonics(device, level_db, hertz)
    return float(np.sqrt(np.sum(np.square(rest))) / first)


def tones(signal: np.ndarray, frequencies: list[float], rate: float) -> np.ndarray:
    """Complex amplitudes of sines in a signal, by least squares beside a straight line."""
    t = np.arange(signal.size) / rate
    turning = np.exp(2j * np.pi * np.outer(t, frequencies))
    basis = np.hstack([turning.real, turning.imag, np.ones((t.size, 1)), t[:, None]])
    fitted = np.linalg.lstsq(basis, signal, rcond=None)[0]
    count = len(frequencies)
    return np.asarray(fitted[count : 2 * count] + 1j * fitted[:count])
