"""What is heard on the page: a stretch of the capture, and every parent on it before and after its moment.

Signals are mono float32, shape (samples,), full scale = 1.0, all at the capture's rate. The stretch comes
from what the tuning never heard, wherever the capture is long enough to be cut.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from recommender.listening import at_common_rate
from recommender.suggestion import Parent
from zoo.capture import Capture
from zoo.errors import CaptureError
from zoo.metrics import esr
from zoo.rendering import play as play_through
from zoo.reports.loudness import loudest
from zoo.snapshot import Snapshot
from zoo.suggesting import Answer

Signal = npt.NDArray[np.float32]

MOST_SECONDS = 20.0  # that are measured; a player has less
WARM_UP_SECONDS = 0.12


@dataclass(frozen=True, eq=False)
class Stretch:
    """Dry and wet of the part of a capture that is played and measured; dry is None for a wet-only capture.

    Attributes:
        unheard: no tuning has heard it.
    """

    dry: Signal | None
    wet: Signal
    sample_rate: int
    unheard: bool


@dataclass(frozen=True, eq=False)
class Version:
    """A parent on the stretch, as it is or as it was tuned.

    Attributes:
        signal: what it made of the dry signal.
        esr: against the wet signal at the best level; for one that was tuned at its own; None for wet only.
    """

    signal: Signal
    esr: float | None


@dataclass(frozen=True, eq=False)
class Played:
    """A parent before and, where it was tuned, after."""

    before: Version
    after: Version | None

    @property
    def best(self) -> Version:
        """What it has become."""
        return self.after or self.before


def stretch_of(capture: Capture) -> Stretch:
    """The loudest twenty seconds, at most, of what a training would keep for the test.

    Where single notes make up the capture they stand one after another.
    """
    capture = at_common_rate(capture)
    most, rate = round(MOST_SECONDS * capture.sample_rate), capture.sample_rate
    if capture.dry is None:
        part = loudest(capture.wet, most)
        return Stretch(None, capture.wet[part], rate, unheard=False)
    from training.datasets import split_capture

    try:
        test = split_capture(capture).test
    except CaptureError:  # too short to be cut, so nothing was tuned
        part = loudest(capture.wet, most)
        return Stretch(capture.dry[part], capture.wet[part], rate, unheard=True)
    dry, wet = np.concatenate(test.dry), np.concatenate(test.wet)
    part = loudest(wet, most)
    return Stretch(dry[part], wet[part], rate, unheard=True)


def play(parent: Parent, stretch: Stretch, load: Callable[[str], Snapshot], answer: Answer) -> Played:
    """A parent on the dry side of the stretch, as its trial found it best."""
    assert stretch.dry is not None
    assert parent.trial is not None
    snapshot, tuned = load(parent.id), answer.tried.get(parent.id)
    knobs = None if parent.trial.knob is None else [parent.trial.knob] * snapshot.num_knobs
    gain = np.float32(10.0 ** (parent.trial.input_gain_db / 20.0))
    made = play_through(snapshot, stretch.dry * gain, stretch.sample_rate, knobs)
    before = Version(made, _esr(stretch, _at_best_level(stretch.wet, made)))
    if tuned is None:
        return Played(before, None)
    made = play_through(tuned, stretch.dry, stretch.sample_rate)
    return Played(before, Version(made, _esr(stretch, made)))


def _at_best_level(target: Signal, signal: Signal) -> npt.NDArray[Any]:
    energy = float(np.dot(signal, signal))
    return signal * (float(np.dot(target, signal)) / energy) if energy > 0.0 else signal


def _esr(stretch: Stretch, signal: npt.NDArray[Any]) -> float | None:
    start = round(WARM_UP_SECONDS * stretch.sample_rate)
    wet, made = stretch.wet[start:], signal[start:]
    if not wet.any() or not np.isfinite(made).all():
        return None
    return esr(wet, np.asarray(made, dtype=np.float32))
