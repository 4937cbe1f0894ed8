"""A capture cut for training: parts of time that never overlap, and batches of segments of the first.

Signals are mono float32, full scale = 1.0. Batches are time first: x (time, batch, 1), y (time, batch).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from zoo.capture import Capture
from zoo.errors import CaptureError

Signal = npt.NDArray[np.float32]

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
    """Train, validation and test parts of one capture, none of which shares a sample with another."""

    train: Part
    validation: Part
    test: Part
    sample_rate: int


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
    require_dry(capture)
    parts: dict[str, list[tuple[int, int]]] = {"train": [], "validation": [], "test": []}
    wanted = round(seconds * capture.sample_rate) if seconds else capture.wet.size
    for take in capture.takes:
        length = take.stop - take.start
        test_start = take.stop - round(test * length)
        validation_start = test_start - round(validation * length)
        train_stop = min(validation_start, take.start + wanted)
        wanted -= train_stop - take.start
        parts["train"].append((take.start, train_stop))
        parts["validation"].append((validation_start, test_start))
        parts["test"].append((test_start, take.stop))
    train, validating, testing = (_part(capture, name, spans) for name, spans in parts.items())
    return Split(train, validating, testing, capture.sample_rate)


def require_dry(capture: Capture) -> None:
    """Refuse a capture that nothing can be trained on.

    Raises:
        CaptureError: there is no dry signal.
    """
    if capture.dry is None:
        raise CaptureError(
            "training needs the dry signal too; give --dry, or a stereo file (left dry, right wet)"
        )


def _part(capture: Capture, name: str, spans: list[tuple[int, int]]) -> Part:
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
        length = min(length, max(wet.size for wet in part.wet))
        self.x = torch.from_numpy(_segments(part.dry, length))
        self.y = torch.from_numpy(_segments(part.wet, length))
        self.num_batches = -(-self.x.shape[1] // batch)

    def epoch(self, generator: torch.Generator) -> Iterator[tuple[Tensor, Tensor]]:
        """Every segment once, in an order drawn from ``generator``."""
        order = torch.randperm(self.x.shape[1], generator=generator)
        for chosen in torch.tensor_split(order, self.num_batches):
            yield self.x[:, chosen, None].contiguous(), self.y[:, chosen].contiguous()


def _segments(signals: tuple[Signal, ...], length: int) -> Signal:
    """(length, segments); a large rest after the last whole segment is covered by one that overlaps it."""
    columns: list[Signal] = []
    for signal in signals:
        starts = list(range(0, signal.size - length + 1, length))
        if starts and starts[-1] + length < signal.size - length // 2:
            starts.append(signal.size - length)
        columns += [signal[start : start + length] for start in starts]
    return np.ascontiguousarray(np.stack(columns, axis=1), dtype=np.float32)
