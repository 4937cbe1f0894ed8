"""Tells a single note from other playing, and its pitch. Mono float32, shape (samples,), full scale = 1.0."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.fft

FRAME_SECONDS = 0.09  # three periods of a bass's low notes and more
MAX_FRAMES = 48
LOWEST_HZ, HIGHEST_HZ = 35.0, 1_500.0
PLAYING_WITHIN_DB = 40.0
CLEAR = 0.85  # height of the normalised autocorrelation at one period
SAME_NOTE = 0.5  # semitones either side
MIN_SHARE = 0.8  # of the playing frames must agree on one clear pitch class

Floats = npt.NDArray[np.float64]


def pitch_of(signal: npt.NDArray[np.float32], sample_rate: int) -> float | None:
    """MIDI number (69 = 440 Hz, fractions kept) of a take of one note; None when it is not one note.

    The octave may be off, as autocorrelation goes; the pitch class is not.

    Args:
        signal: dry, shape (samples,).
        sample_rate: Hz.
    """
    frames = _playing_frames(signal, sample_rate)
    if frames.size == 0:
        return None
    pitches, clarity = _pitches(frames, sample_rate)
    clear = pitches[clarity > CLEAR]
    if clear.size < MIN_SHARE * len(frames):
        return None
    middle = _circular_mean(clear)
    same = np.abs((clear - middle + 6.0) % 12.0 - 6.0) < SAME_NOTE
    if same.sum() < MIN_SHARE * len(frames):
        return None
    return float(np.median(clear[same]))


def tuning(pitches: Floats) -> float:
    """How far notes lie from whole semitones on the circular average, -0.5 to 0.5."""
    return float(np.angle(np.sum(np.exp(2j * np.pi * pitches))) / (2 * np.pi))


def _playing_frames(signal: npt.NDArray[np.float32], sample_rate: int) -> Floats:
    """(frames, samples), at most ``MAX_FRAMES`` evenly spaced ones, without silence."""
    size = int(FRAME_SECONDS * sample_rate)
    if signal.size < size:
        return np.empty((0, size))
    count = min(MAX_FRAMES, 2 * signal.size // size - 1)
    starts = np.linspace(0, signal.size - size, count).astype(int)
    frames = np.stack([signal[start : start + size] for start in starts]).astype(np.float64)
    levels = np.sqrt(np.mean(frames**2, axis=1)) + 1e-12
    playing: Floats = frames[levels > levels.max() * 10 ** (-PLAYING_WITHIN_DB / 20)]
    playing -= playing.mean(axis=1, keepdims=True)
    return playing


def _pitches(frames: Floats, sample_rate: int) -> tuple[Floats, Floats]:
    """MIDI number and clarity of each frame, by the normalised square difference (McLeod & Wyvill, 2005).

    n(tau) = 2 sum x[j] x[j + tau] / sum (x[j]^2 + x[j + tau]^2); the period is the first high peak.
    """
    size = frames.shape[1]
    spectrum = scipy.fft.rfft(frames, scipy.fft.next_fast_len(2 * size, real=True), axis=1)
    correlation = scipy.fft.irfft(np.abs(spectrum) ** 2, axis=1)[:, :size]
    power = np.cumsum(frames**2, axis=1)
    lags = np.arange(size)
    energy = power[:, size - 1 - lags] + power[:, -1:] - np.pad(power, ((0, 0), (1, 0)))[:, lags]
    n = 2 * correlation / (energy + 1e-20)
    first, last = int(sample_rate / HIGHEST_HZ), min(size // 2, int(sample_rate / LOWEST_HZ))
    n = np.where(np.minimum.accumulate(n, axis=1) < 0.0, n, 0.0)[:, first : last + 2]
    peaks = (n[:, 1:-1] >= n[:, :-2]) & (n[:, 1:-1] > n[:, 2:])
    heights = np.where(peaks, n[:, 1:-1], 0.0)
    best = heights.max(axis=1)
    place = np.argmax(heights >= 0.9 * best[:, None], axis=1) + 1
    rows = np.arange(len(n))
    before, at, after = (n[rows, place + i] for i in (-1, 0, 1))
    shift = 0.5 * (before - after) / np.minimum(before - 2 * at + after, -1e-12)
    hz = sample_rate / (first + place + np.clip(shift, -0.5, 0.5))
    return 69.0 + 12.0 * np.log2(hz / 440.0), at


def _circular_mean(pitches: Floats) -> float:
    """The mean pitch class, 0 to 12."""
    return float(np.angle(np.mean(np.exp(2j * np.pi * pitches / 12.0))) * 12.0 / (2 * np.pi))
