"""What the encoder hears: frames of a device's output, whatever its level.

Signals are mono float32, shape (samples,). A frame lasts 46 ms, a new one begins every 23 ms; its numbers are
the level in every band, how far a peak stands out inside every band (tones or noise), and the shape of the
wave itself: crest, kurtosis, skew.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from recommender import bands, statistics
from recommender.bands import Matrix, Signal

Frames = npt.NDArray[np.float32]

NUM_SHAPES = 3
FRAME_SIZE = 2 * bands.NUM_BANDS + NUM_SHAPES
FLOOR_DB = -60.0  # below the mean power of the signal: there is hiss, which is not the device's alone
LOUD_DB = 40.0  # frames this far below the loudest are left out
AMIN = 1e-12


def frames(wet: Signal, sample_rate: int) -> Frames:
    """The loud frames of a wet signal in order, shape (frames, FRAME_SIZE), each number of the order of 1."""
    signal = statistics.normalised(wet)
    power = np.square(np.abs(bands.spectra(signal, sample_rate)).astype(np.float64))
    total = power.sum(axis=1) + AMIN
    loud = 10.0 * np.log10(total) > 10.0 * np.log10(total.max()) - LOUD_DB
    level = 10.0 * np.log10(power @ bands.filters(sample_rate).T / total.mean() + 10.0 ** (FLOOR_DB / 10.0))
    columns = [level / 20.0 + 1.5, _peaks(power, sample_rate), _shapes(signal, sample_rate)]
    return np.asarray(np.concatenate(columns, axis=1)[loud], dtype=np.float32)


def _peaks(power: Matrix, sample_rate: int) -> Matrix:
    """The highest bin of every band over the band's mean, in factors of ten."""
    starts, counts = _edges(sample_rate)
    highest = np.maximum.reduceat(power, starts, axis=1)[:, :-1]
    mean = np.add.reduceat(power, starts, axis=1)[:, :-1] / counts
    return np.asarray(np.log10((highest + AMIN) / (mean + AMIN)))


@lru_cache(maxsize=8)
def _edges(sample_rate: int) -> tuple[npt.NDArray[np.intp], Matrix]:
    """Where each band's bins begin, with the end of the last, and how many they are."""
    middle = bands.erb_number(bands.centres())
    half = (middle[1] - middle[0]) / 2.0
    at = bands.erb_number(bands.frequencies(sample_rate))
    starts = np.searchsorted(at, np.append(middle - half, middle[-1] + half))
    return starts, np.maximum(np.diff(starts), 1).astype(np.float64)


def _shapes(signal: Signal, sample_rate: int) -> Matrix:
    """Crest (factors of ten), kurtosis (octaves) and skew of every frame, shape (frames, NUM_SHAPES)."""
    length = bands.frame_length(sample_rate)
    padded = np.pad(signal, (0, max(0, length - signal.size)))
    cut = np.lib.stride_tricks.sliding_window_view(padded, length)[:: length // 2].astype(np.float64)
    square = np.square(cut)
    mean = square.mean(axis=1) + AMIN
    crest = 0.5 * np.log10(square.max(axis=1) / mean + AMIN)
    kurtosis = np.log2(np.square(square).mean(axis=1) / np.square(mean) + AMIN)
    skew = np.cbrt((square * cut).mean(axis=1)) / np.sqrt(mean)
    return np.stack([crest, np.clip(kurtosis, -4.0, 8.0), skew], axis=1)
