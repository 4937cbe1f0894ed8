"""Clock drift: two devices that disagree about the length of a second, so that the latency grows with time.

Audio convention: as in `zoo.capture.alignment`. A drift is positive when the wet recorder's clock
runs fast, so that the wet signal has more samples and its latency grows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from zoo.audio import resample
from zoo.capture.alignment import Floats, Pair, Signal, phase_correlation, tapered

SEGMENT_SECONDS = (1.0, 4.0)  # of playing for one look at the latency; the shortest and the longest
MAX_SEGMENTS = 32  # of one take
REACH = 512  # samples around the latency in which a segment's own is sought
STEEPER = 1.15  # correlations must add up this much higher along a slope than level
CLEAR = 1.6  # a segment speaks only if its peak is this much above all others
MIN_SEGMENTS = 4
MIN_PPM, MIN_SAMPLES = 3.0, 1.0  # smaller drifts, over the whole capture, do no harm
MAX_PPM = 1000.0
SIGMAS = 5.0

Look = tuple[float, Floats]


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


def measure_drift(pairs: Sequence[Pair], sample_rate: int, latency: int) -> Drift | None:
    """Estimate the drift from the latencies of many stretches of playing; None where too few are clear.

    First the correlations of all stretches are added up along straight lines, and the steepness that gives
    the highest peak is undone; then a line is fitted through what each stretch says by itself.

    Args:
        pairs: (dry, wet) of each take, of either polarity.
        sample_rate: Hz.
        latency: of the whole, in samples, give or take the drift.
    """
    looks = [_looks(dry, wet, sample_rate, latency) for dry, wet in pairs]
    coarse, sign = _steepness(looks)
    if coarse:
        first = Drift(coarse * 1e6, 0.0, 0.0, 0)
        mended = [(dry, undo_drift(wet, first, sample_rate)) for dry, wet in pairs]
        looks = [_looks(dry, wet, sample_rate, latency) for dry, wet in mended]
    fitted = _fitted([[(time, sign * row) for time, row in take] for take in looks])
    if fitted is None:
        return None
    slope, error, segments = fitted
    slope += coarse
    return Drift(slope * 1e6, error * 1e6, slope * max(dry.size for dry, _ in pairs), segments)


def undo_drift(wet: Signal, drift: Drift, sample_rate: int) -> Signal:
    """The wet signal resampled to the dry signal's clock."""
    return resample(wet, sample_rate * (1 + drift.ppm * 1e-6), sample_rate)


def _looks(dry: Signal, wet: Signal, sample_rate: int, latency: int) -> list[Look]:
    """(middle of a stretch in samples, its correlation around ``latency``) for stretches across the take."""
    shortest, longest = (int(seconds * sample_rate) for seconds in SEGMENT_SECONDS)
    length = int(np.clip(dry.size // 12, shortest, longest))
    count = min(MAX_SEGMENTS, max(1, dry.size // length))
    looks = []
    for start in np.linspace(0, max(0, dry.size - length), count).astype(int):
        begin = start + latency
        if begin < 0 or begin + length > wet.size:
            continue
        x = tapered(dry[start : start + length], sample_rate, 0.05)
        y = tapered(wet[begin : begin + length], sample_rate, 0.05)
        if x.any() and y.any():
            looks.append((start + length / 2, phase_correlation(x, y, sample_rate, REACH)))
    return looks


def _steepness(takes: Sequence[Sequence[Look]]) -> tuple[float, float]:
    """Slope (samples a sample) of the line along which correlations add up highest, and their sign."""
    looks = [look for take in takes for look in take]
    if len(looks) < MIN_SEGMENTS:
        return 0.0, 1.0
    times = np.array([time for time, _ in looks])
    rows = np.stack([row / (np.abs(row).max() + 1e-20) for _, row in looks])
    end = float(times.max())
    most = int(min(REACH / 2, MAX_PPM * 1e-6 * end))
    peaks = {}
    for drift in range(-most, most + 1):
        shifts = np.rint(drift * times / end).astype(int)
        added = np.sum([_moved(row, shift) for row, shift in zip(rows, shifts, strict=True)], axis=0)
        peaks[drift] = float(added[np.argmax(np.abs(added))])
    best = max(peaks, key=lambda drift: (abs(peaks[drift]), -abs(drift)))
    if abs(peaks[best]) < STEEPER * abs(peaks[0]):
        best = 0
    return best / end, float(np.sign(peaks[best])) or 1.0


def _moved(row: Floats, samples: int) -> Floats:
    """``row`` read ``samples`` further on; what is moved in from beyond counts as nothing."""
    moved = np.zeros_like(row)
    if samples >= 0:
        moved[: row.size - samples] = row[samples:]
    else:
        moved[-samples:] = row[:samples]
    return moved


def _fitted(takes: Sequence[Sequence[Look]]) -> tuple[float, float, int] | None:
    """Slope, its standard error, and the number of clear stretches it rests on."""
    lines = [_clear(looks) for looks in takes]
    lines = [line for line in lines if len(line) >= MIN_SEGMENTS]
    if not lines:
        return None
    slope = float(np.median(np.concatenate([_slopes(line) for line in lines])))  # Theil-Sen
    residuals = np.concatenate([_residuals(line, slope) for line in lines])
    spread = 1.4826 * float(np.median(np.abs(residuals))) + 0.02
    lever = float(np.sqrt(sum(np.sum((line[:, 0] - line[:, 0].mean()) ** 2) for line in lines)))
    return slope, spread / lever, sum(len(line) for line in lines)


def _clear(looks: Sequence[Look]) -> Floats:
    """(middle, latency) of each stretch whose latency is clear, shape (stretches, 2)."""
    points = [(time, _clear_lag(row)) for time, row in looks]
    return np.array([point for point in points if point[1] is not None], dtype=np.float64).reshape(-1, 2)


def _clear_lag(c: Floats) -> float | None:
    """Place of the highest positive peak between samples, if it is clear."""
    peak = int(np.argmax(c))
    elsewhere = np.abs(np.arange(c.size) - peak) > 8
    if not 0 < peak < c.size - 1 or c[peak] < CLEAR * np.abs(c[elsewhere]).max():
        return None
    left, middle, right = c[peak - 1 : peak + 2]
    return peak - REACH + 0.5 * float(left - right) / float(left - 2 * middle + right)


def _slopes(line: Floats) -> Floats:
    return np.array([(b[1] - a[1]) / (b[0] - a[0]) for a, b in combinations(line, 2)])


def _residuals(line: Floats, slope: float) -> Floats:
    rest: Floats = line[:, 1] - slope * line[:, 0]
    return rest - np.median(rest)
