"""A capture cut for training: parts of time that never overlap, and batches of segments of the first.

Signals are mono float32, full scale = 1.0. Batches are time first: x (time, batch, 1), y (time, batch).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from zoo.capture import Capture, Take
from zoo.errors import CaptureError

Signal = npt.NDArray[np.float32]
Span: TypeAlias = tuple[int, int]  # start and stop in samples

MIN_PART_SECONDS = 0.5
SILENCE_RMS = 1e-5


@dataclass(frozen=True, eq=False)
class Part:
    """Dry and wet of one stretch of time, or of several takes that share nothing.

    Attributes:
        dry, wet: one array a stretch, of equal lengths; no filter or network runs from one into the next.
    """

    dry: tuple[Signal, ...]
    wet: tuple[Signal, ...]

    @property
    def samples(self) -> int:
        """Total length."""
        return sum(wet.size for wet in self.wet)


@dataclass(frozen=True, eq=False)
class Split:
    """Train, validation and test parts of one capture, none of which shares a sample with another.

    Attributes:
        sample_rate: Hz.
        how: a remark on how it was cut, where that is not plain.
    """

    train: Part
    validation: Part
    test: Part
    sample_rate: int
    how: str = ""


def split_by_time(
    capture: Capture, *, seconds: float | None = None, validation: float = 0.2, test: float = 0.2
) -> Split:
    """Cut every take in time: first training, then validation, then test.

    Args:
        capture: with its dry signal.
        seconds: how much to train on; all that the other parts leave by default.
        validation: share of the whole capture.
        test: share of the whole capture.

    Raises:
        CaptureError: there is no dry signal, a part is shorter than half a second, or a part is silent.
    """
    return split_at(capture, *spans_in_time(capture.takes, validation, test), seconds=seconds)


def spans_in_time(
    takes: Sequence[Take], validation: float = 0.2, test: float = 0.2
) -> tuple[list[Span], list[Span], list[Span]]:
    """Where each take is cut: the spans for training, validation and test."""
    train_spans, validation_spans, test_spans = [], [], []
    for take in takes:
        length = take.stop - take.start
        test_start = take.stop - round(test * length)
        validation_start = test_start - round(validation * length)
        train_spans.append((take.start, validation_start))
        validation_spans.append((validation_start, test_start))
        test_spans.append((test_start, take.stop))
    return train_spans, validation_spans, test_spans


def split_at(
    capture: Capture,
    train: Sequence[Span],
    validation: Sequence[Span],
    test: Sequence[Span],
    *,
    seconds: float | None = None,
    how: str = "",
) -> Split:
    """The parts that the spans name.

    Args:
        capture: with its dry signal.
        train: (start, stop) in samples of the capture, in the order of use.
        validation: likewise.
        test: likewise.
        seconds: use the training spans only until they make so much.
        how: a remark for whoever trains.

    Raises:
        CaptureError: as `split_by_time`.
    """
    require_dry(capture)
    if seconds is not None:
        train = _shortened(train, round(seconds * capture.sample_rate))
    named = (("train", train), ("validation", validation), ("test", test))
    training, validating, testing = (_part(capture, name, spans) for name, spans in named)
    return Split(training, validating, testing, capture.sample_rate, how)


def _shortened(spans: Sequence[Span], wanted: int) -> list[Span]:
    """The first ``wanted`` samples of the spans."""
    kept = []
    for start, stop in spans:
        kept.append((start, min(stop, start + wanted)))
        wanted -= kept[-1][1] - start
    return kept


def require_dry(capture: Capture) -> None:
    """Refuse a capture that nothing can be trained on.

    Raises:
        CaptureError: there is no dry signal.
    """
    if capture.dry is None:
        raise CaptureError(
            "training needs the dry signal too; give --dry, or a stereo file (left dry, right wet)"
        )


def _part(capture: Capture, name: str, spans: Sequence[Span]) -> Part:
    assert capture.dry is not None
    spans = [(start, stop) for start, stop in spans if stop > start]
    part = Part(tuple(capture.dry[a:b] for a, b in spans), tuple(capture.wet[a:b] for a, b in spans))
    found = part.samples / capture.sample_rate
    if found < MIN_PART_SECONDS:
        raise CaptureError(
            f"the {name} part of {capture.name} would last {found:.2f} s; at least {MIN_PART_SECONDS} s "
            "of each part is needed, so record a longer take"
        )
    power = sum(float(np.square(wet, dtype=np.float64).sum()) for wet in part.wet) / part.samples
    if power < SILENCE_RMS**2:
        raise CaptureError(f"the {name} part of {capture.name} is silent; play all through the take")
    return part


class Segments:
    """The training part as segments of equal length, shuffled anew for every epoch.

    Args:
        part: what to train on.
        length: samples in a segment; shortened when the part is shorter.
        batch: segments in a batch; an epoch's batches differ by one segment at most.
    """

    def __init__(self, part: Part, length: int = 22_050, batch: int = 50) -> None:
        length = _best_length([wet.size for wet in part.wet], length)
        self.x = torch.from_numpy(_segments(part.dry, length))
        self.y = torch.from_numpy(_segments(part.wet, length))
        self.num_batches = -(-self.x.shape[1] // batch)

    def epoch(self, generator: torch.Generator) -> Iterator[tuple[Tensor, Tensor]]:
        """Every segment once, in an order drawn from ``generator``."""
        order = torch.randperm(self.x.shape[1], generator=generator)
        for chosen in torch.tensor_split(order, self.num_batches):
            yield self.x[:, chosen, None].contiguous(), self.y[:, chosen].contiguous()


def _best_length(sizes: Sequence[int], wanted: int) -> int:
    """``wanted``, or as much less as it takes for segments to cover the most of short stretches."""

    def covered(length: int) -> int:
        return sum(size - size % length for size in sizes if size >= length)

    shorter = {size for size in sizes if size < wanted}
    return max((length for length in (*shorter, wanted)), key=lambda length: (covered(length), length))


def _segments(signals: tuple[Signal, ...], length: int) -> Signal:
    """(length, segments); a large rest after the last whole segment is covered by one that overlaps it."""
    columns: list[Signal] = []
    for signal in signals:
        starts = list(range(0, signal.size - length + 1, length))
        if starts and starts[-1] + length < signal.size - length // 2:
            starts.append(signal.size - length)
        columns += [signal[start : start + length] for start in starts]
    return np.ascontiguousarray(np.stack(columns, axis=1), dtype=np.float32)
