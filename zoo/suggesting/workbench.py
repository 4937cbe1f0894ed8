"""Lends the recommender what it does not have: a moment of tuning, from any parent, on the capture at hand.

What the parents become is kept, so that a training can go on from there. Only what `split_capture` gives to
training and validation is touched: the playing that a later training is tested on stays unheard.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from recommender.halving import SCRATCH, Effort, Halving, Moment, Start
from recommender.listening import at_common_rate, at_rate
from training.data import Part, Split, require_dry
from training.datasets import split_capture
from training.distil import from_scratch
from training.micro import MicroSettings, MicroTuned, micro_tune
from training.settings import Settings
from training.start import DEFAULT_ARCHITECTURE
from training.trainer import part_loss
from zoo.capture import Capture
from zoo.engine import render
from zoo.knobs import with_knobs_fixed
from zoo.metrics import esr
from zoo.snapshot import Snapshot

PIECE_SECONDS = 2.5
VALIDATION_SECONDS = 10.0
SCRATCH_SEED = 0


class Workbench:
    """Tunes parents for a moment on a capture.

    Attributes:
        tuned: what each parent has become, by its id.
    """

    def __init__(self, capture: Capture, seconds: float | None = None) -> None:
        """Cut the capture as a training would.

        Args:
            capture: with its dry signal.
            seconds: of training material, if not all of it may be used.

        Raises:
            CaptureError: it is too short to be cut, or silent in a part.
        """
        require_dry(capture)
        self.tuned: dict[str, Snapshot] = {}
        self._split = cache(lambda rate: split_capture(at_rate(capture, rate), seconds=seconds))
        self.rate = at_common_rate(capture).sample_rate
        self._split(self.rate)

    @property
    def usable(self) -> Mapping[str, Snapshot]:
        """`tuned`, for a training to go on from; none if that might be tested on what was heard here.

        Notes that are dealt by pitch may be dealt otherwise at another sample rate.
        """
        return {} if self._split(self.rate).how else self.tuned

    def halving(self) -> Halving:
        """For `recommender.suggest`."""
        return Halving(self.tune, from_scratch(DEFAULT_ARCHITECTURE, self.rate, SCRATCH_SEED))

    def tune(self, starts: Sequence[Start], effort: Effort) -> list[Moment]:
        """A `recommender.halving.Tune`: each parent on the capture at its own rate, on all processors."""
        moments: dict[str, Moment] = {}
        for rate in sorted({start.snapshot.sample_rate for start in starts}):
            group = [start for start in starts if start.snapshot.sample_rate == rate]
            split = _excerpted(self._split(rate), effort.seconds)
            spent = replace(effort, seconds=round(split.train.samples / rate, 1))
            parents = [_ready(start) for start in group]
            tuned = micro_tune(parents, split, MicroSettings(epochs=effort.epochs))
            made = [
                _better(one, parent, split.validation) for one, parent in zip(tuned, parents, strict=True)
            ]
            for start, one in zip(group, made, strict=True):
                if start.id != SCRATCH and np.isfinite(one.validation):
                    self.tuned[start.id] = one.snapshot
                moments[start.id] = _moment(one, split.validation, spent)
        return [moments[start.id] for start in starts]


def _ready(start: Start) -> Snapshot:
    knobs = start.snapshot.num_knobs
    return start.snapshot if start.knob is None else with_knobs_fixed(start.snapshot, [start.knob] * knobs)


def _better(made: MicroTuned, parent: Snapshot, validation: Part) -> MicroTuned:
    """The parent itself where tuning has only made it worse, as a training would keep it."""
    before = part_loss(parent.at_size(), validation, Settings())
    return made if made.validation <= before else MicroTuned(parent, before)


def _moment(made: MicroTuned, validation: Part, spent: Effort) -> Moment:
    if not np.isfinite(made.validation):
        return Moment(spent, float("inf"), float("inf"))
    played = np.concatenate([render(made.snapshot, dry) for dry in validation.dry])
    return Moment(spent, esr(np.concatenate(validation.wet), played), made.validation)


def _excerpted(split: Split, seconds: float) -> Split:
    """So much of the training part, and of validation what is enough, in pieces spread over the whole."""
    train, validation = (
        _pieces(part, round(most * split.sample_rate), round(PIECE_SECONDS * split.sample_rate))
        for part, most in ((split.train, seconds), (split.validation, VALIDATION_SECONDS))
    )
    return replace(split, train=train, validation=validation)


def _pieces(part: Part, samples: int, length: int) -> Part:
    """About ``samples`` of a part in pieces of ``length``, evenly spread; all of it if it has no more."""
    if part.samples <= samples:
        return part
    places = [
        (i, start) for i, wet in enumerate(part.wet) for start in range(0, wet.size - length + 1, length)
    ]
    if not places:
        return part
    count = min(max(1, round(samples / length)), len(places))
    chosen = [places[int(i)] for i in np.linspace(0, len(places) - 1, count).round()]
    cut = [(i, slice(start, start + length)) for i, start in chosen]
    return Part(tuple(part.dry[i][s] for i, s in cut), tuple(part.wet[i][s] for i, s in cut))
