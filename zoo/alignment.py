"""Where the wet signal lies in the dry signal's time: latency, polarity.

Audio convention: mono float32, shape (samples,), full scale = 1.0, dry and wet at one rate. A latency is
positive when the wet is late and negative when it leads: ``wet[n + latency]`` answers ``dry[n]``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.fft
from scipy.linalg import cholesky, solve_triangular, toeplitz

Signal = npt.NDArray[np.floating]
Floats = npt.NDArray[np.float64]
Pair = tuple[Signal, Signal]

MAX_LATENCY = 16_384  # samples searched on either side
BAND_HZ = (80.0, 8_000.0)  # where guitars and basses have something to say
TAPER_SECONDS = 0.02  # so that a take cut into a ringing note has no false attack
TAPS = 32
REACH = 64  # samples before and after the coarse estimate in which the first arrival is sought
ARRIVED = 0.9  # share of the explained energy that must not be lost
EMPHASIS = 0.97


@dataclass(frozen=True)
class Alignment:
    """How wet relates to dry.

    Attributes:
        latency_samples: first arrival of the dry signal in the wet one; negative when the wet leads.
        inverted: True when the wet has the opposite polarity.
        distinctness: height of the correlation's peak over the best elsewhere; near 1 there is no telling.
        prominence: height of the correlation's peak over its root mean square.
    """

    latency_samples: int
    inverted: bool
    distinctness: float
    prominence: float


def align(pairs: Sequence[Pair], sample_rate: int) -> Alignment:
    """Estimate one latency and polarity for all takes together.

    The coarse place is the peak of the generalised cross-correlation with phase transform (Knapp & Carter,
    1976), summed over takes. A whole-signal correlation also contains the device's own group delay, so the
    latency is then moved to the first arrival: the latest start of a short causal filter on the dry signal
    which still explains what an earlier start would explain.

    Args:
        pairs: (dry, wet) of each take, none of them silent.
        sample_rate: Hz.
    """
    correlation = np.sum([phase_correlation(d, w, sample_rate) for d, w in pairs], axis=0)
    peak = int(np.argmax(np.abs(correlation)))
    coarse = peak - MAX_LATENCY
    elsewhere = np.abs(np.arange(correlation.size) - peak) > REACH
    return Alignment(
        latency_samples=_first_arrival(pairs, coarse),
        inverted=bool(correlation[peak] < 0),
        distinctness=float(np.abs(correlation[peak]) / np.abs(correlation[elsewhere]).max()),
        prominence=float(np.abs(correlation[peak]) / correlation.std()),
    )


def phase_correlation(dry: Signal, wet: Signal, sample_rate: int) -> Floats:
    """Cross-correlation of the phases alone, band-limited; lags -MAX_LATENCY to MAX_LATENCY."""
    size = scipy.fft.next_fast_len(dry.size + wet.size + MAX_LATENCY, real=True)
    X = scipy.fft.rfft(_tapered(dry, sample_rate), size)
    Y = scipy.fft.rfft(_tapered(wet, sample_rate), size)
    frequency = scipy.fft.rfftfreq(size, 1 / sample_rate)
    G = np.conj(X) * Y
    band = (frequency > BAND_HZ[0]) & (frequency < BAND_HZ[1])
    phases = np.where(band, G / (np.abs(G) + 1e-20), 0)
    return _around_zero(scipy.fft.irfft(phases, size), MAX_LATENCY)


def _first_arrival(pairs: Sequence[Pair], coarse: int) -> int:
    """The latest start of a causal FIR filter near ``coarse`` that loses little of the explained energy."""
    span = REACH + TAPS
    r = np.zeros(TAPS)
    c = np.zeros(2 * span + 1)
    for dry, wet in pairs:
        x, y = _emphasised(dry), _emphasised(_shifted(wet, coarse, dry.size))
        scale = 1 / (np.sqrt(float(x @ x) * float(y @ y)) + 1e-20)
        r += scale * _cross_correlation(x, x, TAPS - 1)[TAPS - 1 :]
        c += scale * _cross_correlation(x, y, span)
    r[0] *= 1 + 1e-4
    factor = cholesky(toeplitz(r), lower=True)
    windows = np.lib.stride_tricks.sliding_window_view(c, TAPS)[: 2 * REACH + 1 + TAPS]
    explained = np.sum(solve_triangular(factor, windows.T, lower=True) ** 2, axis=0)
    enough = np.flatnonzero(explained >= ARRIVED * explained.max())
    return coarse + int(enough[-1]) - span


def _emphasised(signal: Signal) -> Floats:
    """A second-order high-pass: whitens strings, so that one sample no longer stands for its neighbours."""
    x = np.asarray(signal, dtype=np.float64)
    for _ in range(2):
        x = np.append(0.0, x[1:] - EMPHASIS * x[:-1])
    return x


def _tapered(signal: Signal, sample_rate: int) -> Floats:
    x = np.array(signal, dtype=np.float64)
    n = min(int(TAPER_SECONDS * sample_rate), x.size // 4)
    ramp = np.sin(np.linspace(0, np.pi / 2, n)) ** 2
    x[:n] *= ramp
    x[x.size - n :] *= ramp[::-1]
    return x


def _shifted(wet: Signal, latency: int, size: int) -> Floats:
    """The wet signal moved ``latency`` samples earlier, zeros where it has nothing, ``size`` long."""
    moved = np.zeros(size)
    start, stop = max(0, -latency), min(size, wet.size - latency)
    if stop > start:
        moved[start:stop] = wet[start + latency : stop + latency]
    return moved


def _cross_correlation(a: Floats, b: Floats, reach: int) -> Floats:
    """``sum a[n] b[n + lag]`` for lags -reach to reach."""
    size = scipy.fft.next_fast_len(a.size + reach, real=True)
    spectrum = np.conj(scipy.fft.rfft(a, size)) * scipy.fft.rfft(b, size)
    return _around_zero(scipy.fft.irfft(spectrum, size), reach)


def _around_zero(circular: Floats, reach: int) -> Floats:
    return np.concatenate([circular[circular.size - reach :], circular[: reach + 1]])
