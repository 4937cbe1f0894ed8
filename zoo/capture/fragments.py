"""Puts the fragments of one track together again: files that continue each other sample for sample.

Apart, neighbours would share a ringing note, or even samples, across the parts of a split; together they are
a take like any other, aligned as a whole and cut in time.
Audio convention: mono float32, shape (samples,), full scale = 1.0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np

from zoo.audio import Signal
from zoo.capture.findings import Finding, note
from zoo.capture.takes import Recording

ORDER = 16  # of the linear prediction across a joint
AROUND = 1_024  # samples on either side that the prediction is fitted to
JUMP = 8.0  # a sample this many times further from its prediction than usual does not continue the signal
PREDICTABLE = 10.0  # signal over prediction error; below, as in noise, a joint proves nothing
NEEDLE = 256  # samples of playing that an overlap must hold to be one
AUDIBLE = 1e-3  # full scale = 1; below, silence repeats itself
MIN_SHARE = 0.75  # of the joints that prove something must be seamless

Verdict = Literal["seamless", "broken", "unclear"]


@dataclass(frozen=True)
class Joint:
    """How one recording goes over into the next.

    Attributes:
        verdict: whether the second continues the first; "unclear" in silence and noise.
        overlap: samples at the second's start that the first ends with.
    """

    verdict: Verdict
    overlap: int = 0


def join_fragments(takes: Sequence[Recording], findings: list[Finding]) -> list[Recording]:
    """The recordings with every run of fragments made one, if the folder holds a track that was cut.

    Args:
        takes: in the order of the track.
        findings: a note is appended for every run that was put together.
    """
    joints = [_joint(a, b) for a, b in pairwise(takes)]
    seamless, broken = (sum(joint.verdict == word for joint in joints) for word in ("seamless", "broken"))
    if not seamless or seamless < MIN_SHARE * (seamless + broken):
        return list(takes)
    joined = []
    for run, overlaps in _runs(takes, joints):
        joined.append(_together(run, overlaps))
        if len(run) > 1:
            findings.append(_said(run, overlaps, joined[-1].name))
    return joined


def _joint(a: Recording, b: Recording) -> Joint:
    """How ``b`` follows ``a``, by the dry signals."""
    if a.dry is None or b.dry is None or (a.dry_rate, a.wet_rate) != (b.dry_rate, b.wet_rate):
        return Joint("broken")
    if a.dry.size != a.wet.size or a.dry_rate != a.wet_rate or min(a.dry.size, b.dry.size) < AROUND:
        return Joint("broken")
    overlap = overlapping(a.dry, b.dry)
    return Joint("seamless", overlap) if overlap else Joint(continuity(a.dry, b.dry))


def overlapping(a: Signal, b: Signal) -> int:
    """How many samples at the start of ``b`` are, to the bit, those that ``a`` ends with."""
    heard = np.flatnonzero(np.abs(b) > AUDIBLE)
    if heard.size == 0:
        return 0
    first = int(heard[0])
    for start in np.flatnonzero(a[first:] == b[first]):
        tail = a[start : start + b.size]
        if tail.size >= first + NEEDLE and np.array_equal(tail, b[: tail.size]):
            return int(tail.size)
    return 0


def continuity(a: Signal, b: Signal) -> Verdict:
    """Whether ``b`` goes on where ``a`` ends, as far as linear prediction can tell.

    x[n] ~ sum_k c[k] x[n - k], fitted by least squares to both sides without the joint; a string sampled at
    audio rates is so predictable that a cut to another place stands out by tens of decibels.
    """
    x = np.concatenate([a[-AROUND:], b[:AROUND]]).astype(np.float64)
    rows = np.lib.stride_tricks.sliding_window_view(x, ORDER + 1)
    across = slice(AROUND - ORDER, AROUND)
    sides = np.delete(rows, np.r_[across], axis=0)
    c, *_ = np.linalg.lstsq(sides[:, :-1], sides[:, -1], rcond=1e-10)
    usual = float(np.sqrt(np.mean((sides[:, -1] - sides[:, :-1] @ c) ** 2))) + 1e-12
    jump = float(np.abs(rows[across, -1] - rows[across, :-1] @ c).max())
    if jump > JUMP * usual:
        return "broken"
    return "seamless" if float(np.sqrt(np.mean(x**2))) > PREDICTABLE * usual else "unclear"


def _runs(takes: Sequence[Recording], joints: Sequence[Joint]) -> Iterator[tuple[list[Recording], list[int]]]:
    """Recordings that are not broken apart, with the overlap that each has with the one before."""
    run, overlaps = [takes[0]], [0]
    for take, joint in zip(takes[1:], joints, strict=True):
        if joint.verdict == "broken":
            yield run, overlaps
            run, overlaps = [], []
        run.append(take)
        overlaps.append(joint.overlap if len(run) > 1 else 0)
    yield run, overlaps


def _together(run: list[Recording], overlaps: list[int]) -> Recording:
    """One recording of a run; the wet signal's own end counts only in the last fragment."""
    if len(run) == 1:
        return run[0]
    drys = [take.dry[n:] for take, n in zip(run, overlaps, strict=True) if take.dry is not None]
    wets = [take.wet[n:] for take, n in zip(run, overlaps, strict=True)]
    findings = tuple(finding for take in run for finding in take.findings)
    name = f"{run[0].name} to {run[-1].name}"
    return replace(run[0], name=name, dry=np.concatenate(drys), wet=np.concatenate(wets), findings=findings)


def _said(run: list[Recording], overlaps: list[int], name: str) -> Finding:
    overlap = " that overlap" if any(overlaps) else ""
    return note(
        "fragments",
        f"{name} are {len(run)} fragments of one track{overlap}; they were put together again",
        take=name,
        fragments=len(run),
        overlap_samples=max(overlaps),
    )
