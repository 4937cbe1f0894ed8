"""The wet-only device vector: what the sound of a device's output tells when the dry signal is missing.

Signals are mono float32, shape (samples,), any level: each number stays the same when the signal is scaled.
The playing is in these numbers too; `recommender.space` weighs down the directions in which it moves them.

The spectral measures are librosa's, to rounding (tests compare them); librosa itself takes longer to import
than a whole suggestion may last.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from recommender import bands, statistics
from recommender.bands import Matrix, Signal

Vector = npt.NDArray[np.float32]

NUM_CEPSTRA = 14
ROLL_OFF = 0.85
LOUD_DB = 40.0  # frames this far below the loudest tell more of the noise than of the device
CONTRAST_HZ = (100.0, 200.0, 400.0, 800.0, 1600.0, 3200.0, 6400.0, 12800.0)
CONTRAST_SHARE = 0.1
LEVEL_QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
AMIN = 1e-10


@dataclass(frozen=True, slots=True)
class _Wet:
    """A wet signal of RMS 1: magnitudes and bands of its loud frames, one row for each."""

    signal: Signal
    sample_rate: int
    magnitude: Matrix
    band_db: Matrix
    levels: Matrix


def wet_features(wet: Signal, sample_rate: int) -> Vector:
    """The numbers of `WET_GROUPS`, shape (WET_SIZE,)."""
    view = _analyse(statistics.normalised(wet), sample_rate)
    return np.concatenate([measure(view) for measure, _ in _MEASURES.values()]).astype(np.float32)


def _analyse(signal: Signal, sample_rate: int) -> _Wet:
    magnitude = np.abs(bands.spectra(signal, sample_rate)).astype(np.float64)
    power = np.square(magnitude)
    level = 10.0 * np.log10(power.sum(axis=1) + AMIN)
    loud = level > level.max() - LOUD_DB
    band_db = 10.0 * np.log10(power[loud] @ bands.filters(sample_rate).T + AMIN)
    return _Wet(signal, sample_rate, magnitude[loud], band_db, statistics.frame_levels(signal, sample_rate))


def _spectrum(wet: _Wet) -> Matrix:
    """Long-time average spectrum in bands, dB, less its median."""
    spectrum = 10.0 * np.log10(np.mean(10.0 ** (wet.band_db / 10.0), axis=0) + AMIN)
    return np.asarray(np.clip(spectrum - np.median(spectrum), -60.0, 60.0))


def _cepstra(wet: _Wet) -> Matrix:
    """Mean and spread of the cepstral coefficients of the bands, the zeroth (level) left out."""
    coefficients = cepstra(wet.band_db, NUM_CEPSTRA)[:, 1:]
    return np.concatenate([coefficients.mean(axis=0), coefficients.std(axis=0)])


def cepstra(band_db: Matrix, count: int) -> Matrix:
    """Orthonormal type-2 cosine transform over the bands, shape (frames, count): MFCC of these bands."""
    size = band_db.shape[1]
    basis = np.cos(np.pi / size * np.outer(np.arange(count), np.arange(size) + 0.5)) * np.sqrt(2.0 / size)
    basis[0] /= np.sqrt(2.0)
    return np.asarray(band_db @ basis.T)


def _shape(wet: _Wet) -> Matrix:
    """Mean and spread over frames of centroid, bandwidth, roll-off (octaves of 1 Hz) and flatness (dB)."""
    measures = spectral_shape(wet.magnitude, bands.frequencies(wet.sample_rate))
    octaves = np.log2(np.maximum(measures[:3], 1.0))
    rows = np.concatenate([octaves, 10.0 * np.log10(measures[3:] + AMIN)])
    return np.concatenate([rows.mean(axis=1), rows.std(axis=1)])


def spectral_shape(magnitude: Matrix, frequencies: Matrix) -> Matrix:
    """Centroid, bandwidth and roll-off in Hz, flatness 0 to 1, of every frame, shape (4, frames)."""
    total = magnitude.sum(axis=1) + AMIN
    centroid = magnitude @ frequencies / total
    deviation = np.square(frequencies[None, :] - centroid[:, None])
    bandwidth = np.sqrt(np.sum(magnitude * deviation, axis=1) / total)
    summed = np.cumsum(magnitude, axis=1)
    roll_off = frequencies[np.argmax(summed >= ROLL_OFF * summed[:, -1:], axis=1)]
    power = np.maximum(np.square(magnitude), AMIN)
    flatness = np.exp(np.mean(np.log(power), axis=1)) / np.mean(power, axis=1)
    return np.stack([centroid, bandwidth, roll_off, flatness])


def _contrast(wet: _Wet) -> Matrix:
    """Peaks over valleys of the spectrum in octaves, dB, averaged over frames: noise-like or tonal."""
    at = bands.frequencies(wet.sample_rate)
    contrasts = []
    for low, high in pairwise(CONTRAST_HZ):
        octave = np.sort(wet.magnitude[:, (at >= low) & (at < high)], axis=1)
        count = max(round(CONTRAST_SHARE * octave.shape[1]), 1)
        peak, valley = octave[:, -count:].mean(axis=1), octave[:, :count].mean(axis=1)
        contrasts.append(np.mean(20.0 * np.log10((peak + AMIN) / (valley + AMIN))))
    return np.array(contrasts)


def _motion(wet: _Wet) -> Matrix:
    """How much the bands move from frame to frame, dB, in bass, middle and treble."""
    steps = np.abs(np.diff(wet.band_db, axis=0)) if len(wet.band_db) > 1 else np.zeros((1, bands.NUM_BANDS))
    return np.array([part.mean() for part in np.array_split(steps.mean(axis=0), 3)])


def _dynamics(wet: _Wet) -> Matrix:
    """Crest (dB), kurtosis (octaves), spread of frame levels (dB), quantiles of them below the loudest."""
    below = np.maximum(wet.levels - wet.levels.max(), -60.0)
    shape = [statistics.crest_db(wet.signal), np.log2(statistics.kurtosis(wet.signal))]
    return np.array([*shape, statistics.spread_db(wet.levels), *np.quantile(below, LEVEL_QUANTILES)])


def _amplitude(wet: _Wet) -> Matrix:
    """Amplitude quantiles in units of the RMS, and skew."""
    return np.append(statistics.amplitude_quantiles(wet.signal), statistics.skew(wet.signal))


_MEASURES: dict[str, tuple[Callable[[_Wet], Matrix], int]] = {
    "spectrum": (_spectrum, bands.NUM_BANDS),
    "cepstra": (_cepstra, 2 * (NUM_CEPSTRA - 1)),
    "shape": (_shape, 8),
    "contrast": (_contrast, len(CONTRAST_HZ) - 1),
    "motion": (_motion, 3),
    "dynamics": (_dynamics, 3 + len(LEVEL_QUANTILES)),
    "amplitude": (_amplitude, len(statistics.QUANTILES) + 1),
}

WET_GROUPS = bands.groups({name: size for name, (_, size) in _MEASURES.items()})
WET_SIZE = sum(size for _, size in _MEASURES.values())
