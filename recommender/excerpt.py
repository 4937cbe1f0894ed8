"""The few seconds of a capture on which parents are tried: loud and ordinary playing, to fit and to hold out.

Signals are mono float32, shape (samples,). The capture is split in time: what is fitted on comes from its
first part, what is scored from the rest, and no sample is in both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from zoo.capture import Capture, Take

Signal = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

WARM_UP_SECONDS = 0.12  # longer than a standard WaveNet looks back
FIT_SHARE = 0.6
ORDINARY_QUANTILE = 0.5


@dataclass(frozen=True, eq=False)
class Excerpt:
    """Pieces of a capture one after another, each led by a warm-up that counts nowhere.

    Attributes:
        dry, wet: shape (samples,).
        fit, held_out: which samples a head is fitted on, and which it is scored on.
    """

    dry: Signal
    wet: Signal
    sample_rate: int
    fit: Mask
    held_out: Mask


def excerpt(capture: Capture, seconds: float) -> Excerpt:
    """About ``seconds`` of a capture with a dry side: two thirds to fit on, one third held out.

    Each part is its loudest stretch and one of ordinary level. A capture that is shorter gives all it has.
    """
    assert capture.dry is not None
    split = _split_time(capture.takes)
    lengths = (int(seconds * capture.sample_rate / 3), int(seconds * capture.sample_rate / 6))
    pieces = [
        (piece, fitting)
        for part, length, fitting in zip(split, lengths, (True, False), strict=True)
        for piece in _choose(capture.wet, part, length)
    ]
    warm_up = int(WARM_UP_SECONDS * capture.sample_rate)
    starts = [max(start - warm_up, floor) for (start, _, floor), _ in pieces]
    index = np.concatenate([np.arange(a, stop) for a, ((_, stop, _), _) in zip(starts, pieces, strict=True)])
    role = np.concatenate(
        [
            np.where(np.arange(a, stop) < start, 0, 1 if fitting else 2)
            for a, ((start, stop, _), fitting) in zip(starts, pieces, strict=True)
        ]
    )
    return Excerpt(capture.dry[index], capture.wet[index], capture.sample_rate, role == 1, role == 2)


Stretch = tuple[int, int]


def _split_time(takes: tuple[Take, ...]) -> tuple[list[Stretch], list[Stretch]]:
    """Stretches before and after the moment at which ``FIT_SHARE`` of the capture has passed."""
    total = sum(take.stop - take.start for take in takes)
    border, passed = int(FIT_SHARE * total), 0
    before: list[Stretch] = []
    after: list[Stretch] = []
    for take in takes:
        cut = min(max(take.start + border - passed, take.start), take.stop)
        if cut > take.start:
            before.append((take.start, cut))
        if cut < take.stop:
            after.append((cut, take.stop))
        passed += take.stop - take.start
    return before, after


def _choose(wet: Signal, part: list[Stretch], length: int) -> list[tuple[int, int, int]]:
    """The loudest and a middling stretch of ``length`` samples as (start, stop, where its stretch begins)."""
    hop = max(length // 4, 1)
    windows = [
        (start, min(start + length, stop), first)
        for first, stop in part
        for start in range(first, max(stop - length, first) + 1, hop)
    ]
    energy = np.array([float(np.sum(np.square(wet[a:b], dtype=np.float64))) for a, b, _ in windows])
    order = np.argsort(-energy, kind="stable")
    loudest = windows[int(order[0])]
    rest = [windows[int(i)] for i in order if not _overlap(windows[int(i)], loudest)]
    return [loudest, rest[int(ORDINARY_QUANTILE * len(rest))]] if rest else [loudest]


def _overlap(a: tuple[Any, ...], b: tuple[Any, ...]) -> bool:
    return bool(a[0] < b[1] and b[0] < a[1])
