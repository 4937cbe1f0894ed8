"""Clock drift: two devices that disagree about the length of a second, so that the latency grows with time.

Audio convention: as in `zoo.alignment`. A drift is positive when the wet recorder's clock runs fast, so that
the wet signal has more samples and its latency grows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from zoo.alignment import Floats, Pair, Signal, phase_correlation, tapered
from zoo.audio import resample

SEGMENT_SECONDS = (1.0, 4.0)  # of playing for one look at the latency; the shortest and the longest
MAX_SEGMENTS = 32  # of one take
REACH = 512  # samples around the latency in which a segment's own is sought
CLEAR = 1.6  # a segment speaks only if its peak is this much above all others
MIN_SEGMENTS = 4
MIN_PPM, MIN_SAMPLES = 3.0, 1.0  # smaller drifts, over the whole capture, do no harm
MAX_PPM = 1000.0
SIGMAS = 5.0


@dataclass(frozen=True)
class Drift:
    """How much faster the wet recorder's clock runs.

    Attributes:
        ppm: parts in a million; positive when the wet signal has too many samples.
        error_ppm: standard error.
        samples: what it adds up to over the longest take.
        segments: how many stretches of playing it rests on.
    """

    ppm: float
    error_ppm: float
    samples: float
    segments: int

    @property
    def is_significant(self) -> bool:
        """Whether it is beyond doubt and large enough to matter."""
        large = abs(self.ppm) >= MIN_PPM and abs(self.samples) >= MIN_SAMPLES
        return large and SIGMAS * self.error_ppm < abs(self.ppm) <= MAX_PPM


def measure_drift(pairs: Sequence[Pair], sample_rate: int, latency: int, *, inverted: bool) -> Drift | None:
    """Fit a line through the latencies of many stretches of playing; None where too few are clear.

    Args:
        pairs: (dry, wet) of each take.
        sample_rate: Hz.
        latency: of the whole, in samples.
        inverted: whether the wet has the opposite polarity.
    """
    sign = -1.0 if inverted else 1.0
    lines = [_latencies(d, sign * w, sample_rate, latency) for d, w in pairs]
    lines = [line for line in lines if len(line) >= MIN_SEGMENTS]
    if not lines:
        return None
    slopes = np.concatenate([_slopes(line) for line in lines])
    slope = float(np.median(slopes))  # Theil-Sen: a wrong segment does not bend it
    residuals = np.concatenate([_residuals(line, slope) for line in lines])
    spread = 1.4826 * float(np.median(np.abs(residuals))) + 0.02
    lever = float(np.sqrt(sum(np.sum((line[:, 0] - line[:, 0].mean()) ** 2) for line in lines)))
    longest = max(dry.size for dry, _ in pairs)
    return Drift(
        ppm=slope * 1e6,
        error_ppm=spread / lever * 1e6,
        samples=slope * longest,
        segments=sum(len(line) for line in lines),
    )


def undo_drift(wet: Signal, drift: Drift, sample_rate: int) -> Signal:
    """The wet signal resampled to the dry signal's clock."""
    return resample(wet, sample_rate * (1 + drift.ppm * 1e-6), sample_rate)


def _latencies(dry: Signal, wet: Signal, sample_rate: int, latency: int) -> Floats:
    """(middle of the segment, latency) in samples, for each segment whose latency is clear."""
    shortest, longest = (int(seconds * sample_rate) for seconds in SEGMENT_SECONDS)
    length = int(np.clip(dry.size // 12, shortest, longest))
    starts = np.linspace(0, max(0, dry.size - length), min(MAX_SEGMENTS, max(1, dry.size // length))).astype(
        int
    )
    found = []
    for start in starts:
        begin = start + latency
        if begin < 0 or begin + length > wet.size:
            continue
        x = tapered(dry[start : start + length], sample_rate, 0.05)
        y = tapered(wet[begin : begin + length], sample_rate, 0.05)
        lag = _clear_lag(x, y, sample_rate)
        if lag is not None:
            found.append((start + length / 2, latency + lag))
    return np.array(found, dtype=np.float64).reshape(-1, 2)


def _clear_lag(x: Floats, y: Floats, sample_rate: int) -> float | None:
    """Place of the highest positive peak between samples, if it is clear."""
    if not x.any() or not y.any():
        return None
    c = phase_correlation(x, y, sample_rate, REACH)
    peak = int(np.argmax(c))
    elsewhere = np.abs(np.arange(c.size) - peak) > 8
    if not 0 < peak < c.size - 1 or c[peak] < CLEAR * np.abs(c[elsewhere]).max():
        return None
    left, middle, right = c[peak - 1 : peak + 2]
    return peak - REACH + 0.5 * float(left - right) / float(left - 2 * middle + right)


def _slopes(line: Floats) -> Floats:
    return np.array([(b[1] - a[1]) / (b[0] - a[0]) for a, b in combinations(line, 2)])


def _residuals(line: Floats, slope: float) -> Floats:
    rest = line[:, 1] - slope * line[:, 0]
    return rest - np.median(rest)
