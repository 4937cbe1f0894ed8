"""Brings a capture to what the recommender listens to: a common rate, and no more than it needs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from zoo.audio import resample
from zoo.capture import Capture, Take

COMMON_RATES = (44_100, 48_000)
MOST_SECONDS = 30.0


def at_common_rate(capture: Capture) -> Capture:
    """The capture itself at 44.1 or 48 kHz, else resampled to 48 kHz, which is what its child will run at."""
    return capture if capture.sample_rate in COMMON_RATES else at_rate(capture, COMMON_RATES[-1])


def at_rate(capture: Capture, rate: int) -> Capture:
    """The capture at ``rate`` Hz."""
    if capture.sample_rate == rate:
        return capture
    factor = rate / capture.sample_rate
    wet = resample(capture.wet, capture.sample_rate, rate)
    dry = None if capture.dry is None else resample(capture.dry, capture.sample_rate, rate)[: wet.size]
    takes = tuple(
        Take(take.name, min(round(take.start * factor), wet.size), min(round(take.stop * factor), wet.size))
        for take in capture.takes
    )
    return replace(capture, wet=wet, dry=dry, sample_rate=rate, takes=takes)


def shortened(capture: Capture, seconds: float = MOST_SECONDS) -> Capture:
    """At most ``seconds`` of it: as many stretches of two seconds, evenly spread over the whole.

    For measures that do not care about order; the takes of the result are the stretches.
    """
    length = 2 * capture.sample_rate
    count = int(seconds / 2)
    if capture.wet.size <= count * length:
        return capture
    starts = np.linspace(0, capture.wet.size - length, count).astype(int).tolist()
    index = np.concatenate([np.arange(start, start + length) for start in starts])
    takes = tuple(Take(f"part {i + 1}", i * length, (i + 1) * length) for i in range(count))
    dry = None if capture.dry is None else capture.dry[index]
    return replace(capture, wet=capture.wet[index], dry=dry, takes=takes)
