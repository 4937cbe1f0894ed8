"""Where a model is wrong: by level, by band, at the peaks of a spectrum; and what it does to a tone.

Signals are mono, shape (samples,), full scale = 1.0; always (target, prediction).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from zoo.engine import render
from zoo.metrics import to_db
from zoo.snapshot import Snapshot

Array = npt.NDArray[Any]

FRAME_SECONDS, STEP_DB, LOWEST_DB, FEWEST_FRAMES = 0.02, 6.0, -48.0, 5
WINDOW = 4096
BAND_CENTRES = 62.5 * 2.0 ** np.arange(9)  # octaves, 62.5 Hz to 16 kHz
TONE_HZ, TONE_SECONDS, HARMONICS = 220.0, 0.25, 5
TONE_LEVELS_DB = np.arange(-48.0, 0.1, 3.0)
LOWEST_HARMONIC_DB = -120.0
SPECTRUM_SAMPLES = 16_384  # a third of a second: long enough to part the harmonics of a low string
PEAK_PROMINENCE_DB, LOWEST_PEAK_DB = 10.0, -60.0


@dataclass(frozen=True, eq=False)
class Shares:
    """ESR in parts of the sound.

    Attributes:
        at: levels in dB below the loudest frame, or centres of bands in Hz; shape (parts,).
        esr: in each; NaN where there is too little of it to say; shape (parts,).
    """

    at: Array
    esr: Array

    def to_json(self) -> list[dict[str, float | None]]:
        """As JSON values."""
        return [
            {"at": float(at), "esr": float(f"{esr:.4g}") if np.isfinite(esr) else None}
            for at, esr in zip(self.at, self.esr, strict=True)
        ]


def esr_by_level(target: Array, prediction: Array, sample_rate: int) -> Shares:
    """Error over signal in frames of 20 ms, by the target's level in them."""
    size = round(FRAME_SECONDS * sample_rate)
    count = target.size // size

    def energies(signal: Array) -> Array:
        frames = np.square(signal[: count * size].reshape(count, size), dtype=np.float64)
        return np.asarray(np.sum(frames, axis=1))

    signal, error = energies(target), energies(target - prediction)
    level = 10.0 * np.log10(np.maximum(signal, 1e-30) / max(float(signal.max(initial=0.0)), 1e-30))
    at = np.arange(LOWEST_DB, 0.1, STEP_DB)
    esr = np.full(at.size, np.nan)
    for i, middle in enumerate(at):
        inside = (np.abs(level - middle) <= STEP_DB / 2) & (signal > 0.0)
        if inside.sum() >= FEWEST_FRAMES:
            esr[i] = error[inside].sum() / signal[inside].sum()
    return Shares(at, esr)


def esr_by_band(target: Array, prediction: Array, sample_rate: int) -> Shares:
    """Error over signal in octaves; bands that are 80 dB below the loudest have too little to say."""
    signal, error = _power(target), _power(target - prediction)
    frequency = np.fft.rfftfreq(WINDOW, 1.0 / sample_rate)
    centres = BAND_CENTRES[np.sqrt(2.0) * BAND_CENTRES <= 0.51 * sample_rate]
    edges = [(frequency >= c / np.sqrt(2.0)) & (frequency < c * np.sqrt(2.0)) for c in centres]
    powers, errors = (np.array([spectrum[inside].sum() for inside in edges]) for spectrum in (signal, error))
    enough = powers > 1e-8 * powers.max(initial=1e-30)
    return Shares(centres, np.where(enough, errors / np.maximum(powers, 1e-30), np.nan))


def _power(signal: Array) -> Array:
    padded = np.pad(signal.astype(np.float64), (0, max(WINDOW - signal.size, 0)))
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[:: WINDOW // 2]
    return np.asarray(np.mean(np.square(np.abs(np.fft.rfft(frames * np.hanning(WINDOW), axis=1))), axis=0))


def fine_spectrum(signal: Array, sample_rate: int) -> tuple[Array, Array]:
    """Hz and dB of one stretch of playing, fine enough to see single harmonics."""
    size = min(signal.size, SPECTRUM_SAMPLES)
    magnitude = np.abs(np.fft.rfft(signal[:size].astype(np.float64) * np.hanning(size)))
    return np.fft.rfftfreq(size, 1.0 / sample_rate), 20.0 * np.log10(np.maximum(magnitude, 1e-12))


def peak_misses(frequency: Array, target_db: Array, prediction_db: Array, low: float, high: float) -> Array:
    """By how many dB the prediction misses each peak of the target's spectrum between two frequencies."""
    from scipy.signal import find_peaks

    peaks, _ = find_peaks(
        target_db, height=float(target_db.max()) + LOWEST_PEAK_DB, prominence=PEAK_PROMINENCE_DB
    )
    inside = peaks[(frequency[peaks] >= low) & (frequency[peaks] < high)]
    return np.asarray(np.abs(target_db[inside] - prediction_db[inside]))


def harmonic_response(model: Snapshot) -> Array:
    """What becomes of a tone of 220 Hz at `TONE_LEVELS_DB`.

    Returns:
        Level of the first five harmonics in dB of full scale, shape (levels, harmonics).
    """
    size = round(TONE_SECONDS * model.sample_rate)
    cycles = round(TONE_HZ * TONE_SECONDS)
    phase = 2.0 * np.pi * cycles * np.arange(2 * size) / size
    rows = []
    for level in TONE_LEVELS_DB:
        tone = (10.0 ** (level / 20.0) * np.sin(phase)).astype(np.float32)
        steady = render(model, tone)[size:].astype(np.float64)  # the first half lets it settle
        amplitude = 2.0 / size * np.abs(np.fft.rfft(steady))[cycles * np.arange(1, HARMONICS + 1)]
        rows.append(np.maximum(20.0 * np.log10(np.maximum(amplitude, 1e-12)), LOWEST_HARMONIC_DB))
    return np.array(rows)


def esr_text(value: float) -> str:
    """An ESR as a page says it: the ratio, and dB unless it is zero."""
    return f"{value:.2g}" + (f" ({to_db(value):.0f} dB)" if value > 0 else "")
