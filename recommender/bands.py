"""Short-time spectra summed into bands as wide as the ear's. Signals are mono float32, shape (samples,).

Everything is laid out in seconds and hertz, so that 44.1 and 48 kHz audio give the same numbers.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

Signal = npt.NDArray[np.float32]
Spectra = npt.NDArray[Any]  # complex64
Matrix = npt.NDArray[Any]  # float64

FRAME_SECONDS = 0.046
LOWEST_HZ, HIGHEST_HZ, NUM_BANDS = 50.0, 16_000.0, 32


def frame_length(sample_rate: int) -> int:
    """The even number of samples nearest to ``FRAME_SECONDS``; frames overlap by half."""
    return 2 * max(round(FRAME_SECONDS * sample_rate / 2), 1)


def spectra(signal: Signal, sample_rate: int) -> Spectra:
    """Hann-windowed spectra of half-overlapping frames, shape (frames, bins).

    A signal shorter than a frame is filled up with silence.
    """
    length = frame_length(sample_rate)
    if signal.size < length:
        signal = np.pad(signal, (0, length - signal.size))
    frames = np.lib.stride_tricks.sliding_window_view(signal, length)[:: length // 2]
    window = np.hanning(length + 1)[:-1].astype(np.float32)
    return np.fft.rfft(frames * window, axis=1).astype(np.complex64, copy=False)


def frequencies(sample_rate: int) -> Matrix:
    """The bins' centres in Hz, shape (bins,)."""
    return np.fft.rfftfreq(frame_length(sample_rate), 1.0 / sample_rate)


def erb_number(frequency: npt.ArrayLike) -> Matrix:
    """Place on the ear's scale: how many equivalent rectangular bandwidths lie below (Glasberg & Moore 1990).

    >>> round(float(erb_number(1000.0)), 2)
    15.62
    """
    return np.asarray(21.4 * np.log10(1.0 + 0.00437 * np.asarray(frequency, dtype=np.float64)))


def centres() -> Matrix:
    """Centres of the bands in Hz, evenly spaced on the ear's scale, shape (NUM_BANDS,)."""
    numbers = np.linspace(erb_number(LOWEST_HZ), erb_number(HIGHEST_HZ), NUM_BANDS)
    return np.asarray((10.0 ** (numbers / 21.4) - 1.0) / 0.00437)


@lru_cache(maxsize=8)
def filters(sample_rate: int) -> Matrix:
    """Triangular bands that add up to one between the outer centres, shape (NUM_BANDS, bins).

    A band narrower than the spacing of the bins still holds the bin nearest to its centre.
    """
    at = erb_number(frequencies(sample_rate))
    middle = erb_number(centres())
    width = middle[1] - middle[0]
    bands = np.clip(1.0 - np.abs(at[None, :] - middle[:, None]) / width, 0.0, None)
    for band, centre in zip(bands, middle, strict=True):
        if band.sum() == 0.0:
            band[np.argmin(np.abs(at - centre))] = 1.0
    bands.setflags(write=False)
    return np.asarray(bands)


def power(frames: Spectra) -> Matrix:
    """Power in every bin, summed over frames, shape (bins,)."""
    squares = np.square(frames.real) + np.square(frames.imag)
    return np.asarray(np.sum(squares, axis=0, dtype=np.float64))


def cross(first: Spectra, second: Spectra) -> Spectra:
    """Cross-spectrum ``sum over frames of conj(first) * second``, shape (bins,)."""
    return np.asarray(np.einsum("fb,fb->b", first.conj(), second), dtype=np.complex128)


def groups(sizes: dict[str, int]) -> dict[str, slice]:
    """Where each named group of numbers lies in a vector that holds them one after another.

    >>> groups({"a": 2, "b": 3})["b"]
    slice(2, 5, None)
    """
    ends = np.cumsum(list(sizes.values())).tolist()
    return {name: slice(end - size, end) for (name, size), end in zip(sizes.items(), ends, strict=True)}
