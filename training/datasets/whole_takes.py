"""Deals short takes whole to training, validation and test.

Takes that belong together (the same note, or the same samples) form a group, and a group is never parted.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import numpy as np
import numpy.typing as npt

from training.datasets.pitch import tuning
from zoo.errors import CaptureError

Signal = npt.NDArray[np.float32]
Parts = tuple[list[int], list[int], list[int]]
Shares = tuple[float, float, float]

SHARES = (0.6, 0.2, 0.2)  # for training, validation and test
ANCHOR_REACH = 512  # a sample louder than all within this reach marks a place that is found again
ANCHOR = 32  # samples either side of it that must be the same
AUDIBLE = 1e-3


def spread(signals: Sequence[Signal], notes: Sequence[float | None], shares: Shares = SHARES) -> Parts:
    """Deal single notes so that each part hears all registers and no pitch class is in two parts.

    With fewer than three pitch classes, pitches are kept apart; with fewer than three of these, takes.

    Args:
        signals: the dry signal of each take.
        notes: its pitch in semitones; takes of no clear pitch stand for themselves.
        shares: of each part.

    Returns:
        the indices of the takes of each part.

    Raises:
        CaptureError: all takes share their samples.
    """
    known = np.array([note for note in notes if note is not None])
    offset = tuning(known)
    semitones = [None if note is None else round(note - offset) for note in notes]
    labels: list[Callable[[int], Hashable]] = [
        lambda i: i if semitones[i] is None else ("class", (semitones[i] or 0) % 12),
        lambda i: i if semitones[i] is None else ("note", semitones[i]),
        lambda i: i,
    ]
    shared = _shared_places(signals)
    for label in labels:
        groups = _groups(len(signals), lambda i, label=label: [label(i), *shared[i]])  # type: ignore[misc]
        if len(groups) >= 3:
            return _deal(groups, signals, shares)
    raise _all_shared()


def in_blocks(signals: Sequence[Signal], shares: Shares = SHARES) -> Parts:
    """Deal takes in their order: the first for training, then validation, then test.

    Raises:
        CaptureError: all takes share their samples.
    """
    shared = _shared_places(signals)
    groups = _groups(len(signals), lambda i: [i, *shared[i]])
    if len(groups) < 3:
        raise _all_shared()
    sizes = [sum(signals[i].size for i in group) for group in groups]
    ends = np.cumsum(sizes)
    first = _nearest(ends[:-2], shares[0] * ends[-1])
    second = first + 1 + _nearest(ends[first + 1 : -1], (shares[0] + shares[1]) * ends[-1])
    blocks = (groups[: first + 1], groups[first + 1 : second + 1], groups[second + 1 :])
    train, validation, test = ([i for group in block for i in group] for block in blocks)
    return train, validation, test


def order_of_use(takes: Sequence[int]) -> list[int]:
    """The takes in an order whose every beginning is spread over all: for training on some seconds only."""
    return [takes[i] for i in sorted(range(len(takes)), key=lambda i: (_van_der_corput(i), i))]


def _deal(groups: list[list[int]], signals: Sequence[Signal], shares: Shares) -> Parts:
    """The largest group first, each to the part that is furthest behind its share of what has been dealt."""

    def size_of(group: list[int]) -> int:
        return sum(signals[i].size for i in group)

    parts: Parts = ([], [], [])
    got = np.zeros(3)
    groups = sorted(groups, key=size_of, reverse=True)
    for left, group in zip(range(len(groups) - 1, -1, -1), groups, strict=True):
        size = size_of(group)
        behind = np.array(shares) * (got.sum() + size) - got
        empty = [part for part in range(3) if not parts[part]]
        part = empty[0] if len(empty) > left else int(np.argmax(behind))
        parts[part].extend(group)
        got[part] += size
    train, validation, test = (sorted(part) for part in parts)
    return train, validation, test


def _groups(count: int, marks_of: Callable[[int], Sequence[Hashable]]) -> list[list[int]]:
    """Takes that are linked by a common mark, directly or through others; ordered by their first."""
    parent = list(range(count))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    seen: dict[Hashable, int] = {}
    for i in range(count):
        for mark in marks_of(i):
            parent[root(i)] = root(seen.setdefault(mark, i))
    groups: dict[int, list[int]] = {}
    for i in range(count):
        groups.setdefault(root(i), []).append(i)
    return list(groups.values())


def _shared_places(signals: Sequence[Signal]) -> list[set[bytes]]:
    """For each take, the short stretches around its peaks, by their very samples: equal for equal audio."""
    return [_places(signal) for signal in signals]


def _places(signal: Signal) -> set[bytes]:
    level = np.abs(signal)
    places = set()
    for start in range(0, signal.size, ANCHOR_REACH):
        peak = start + int(np.argmax(level[start : start + ANCHOR_REACH]))
        around = level[max(0, peak - ANCHOR_REACH) : peak + ANCHOR_REACH + 1]
        inside = ANCHOR <= peak < signal.size - ANCHOR
        if inside and level[peak] > AUDIBLE and level[peak] >= around.max():
            places.add(np.rint(signal[peak - ANCHOR : peak + ANCHOR + 1] * 1e5).astype(np.int32).tobytes())
    return places


def _nearest(ends: npt.NDArray[np.int_], wanted: float) -> int:
    return int(np.argmin(np.abs(ends - wanted)))


def _van_der_corput(n: int) -> float:
    """The bits of ``n`` mirrored at the point: 0, 1/2, 1/4, 3/4, 1/8, ..."""
    value, place = 0.0, 0.5
    while n:
        value, n, place = value + place * (n & 1), n >> 1, place / 2
    return value


def _all_shared() -> CaptureError:
    return CaptureError(
        "the takes repeat one another's samples, so none can be kept for validation and test; give the whole "
        "track, or takes that do not overlap"
    )
