"""The trials of a MUSHRA-style listening test, after the test in Suholt et al., IEEE TASLP 2022, section V-D.

A trial is an excerpt of a reference, and conditions to rate by how much they are like it: the reference
itself, hidden; a low anchor; every system. All are equally loud, and of one length at one rate.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from zoo.errors import BadRequest, CaptureError
from zoo.listening.material import Item
from zoo.reports.loudness import loudest, loudness_db
from zoo.reports.players import Signal, level_matched

Kind = Literal["reference", "anchor", "system"]
HIDDEN, ANCHOR = "hidden reference", "low anchor"
ANCHOR_DRIVE = 2.0  # the dry signal's highest peak comes to tanh(2)
ANCHOR_HZ = 3500.0  # where there is no dry signal: the low anchor of ITU-R BS.1534-3, section 5.1
FADE_SECONDS = 0.01
MOST_BYTES = 1 << 29


@dataclass(frozen=True)
class Condition:
    """What is rated.

    Attributes:
        name: as it stands in the results.
        kind: what it is.
    """

    name: str
    kind: Kind


@dataclass(frozen=True, eq=False)
class Trial:
    """One page of the test.

    Attributes:
        reference: name of the reference's file.
        start_seconds: of the excerpt in it.
        signals: the reference, then the conditions in their order; float32, shape (1 + conditions, samples).
        sample_rate: Hz.
    """

    reference: str
    start_seconds: float
    signals: npt.NDArray[np.float32]
    sample_rate: int

    @property
    def seconds(self) -> float:
        """How long the excerpt is."""
        return float(self.signals.shape[1] / self.sample_rate)


@dataclass(frozen=True, eq=False)
class ListeningTest:
    """All trials and what is rated in each of them.

    Attributes:
        conditions: the hidden reference, the low anchor, the systems.
        trials: in the order of the references.
        anchor: how the anchor was made.
    """

    conditions: tuple[Condition, ...]
    trials: tuple[Trial, ...]
    anchor: str

    @property
    def id(self) -> str:
        """The same for the same sounds under the same names, so that results of two tests do not mix."""
        digest = hashlib.sha256(repr(self.conditions).encode())
        for trial in self.trials:
            digest.update(repr((trial.reference, trial.start_seconds, trial.sample_rate)).encode())
            digest.update(trial.signals.tobytes())
        return digest.hexdigest()[:12]

    def to_json(self) -> dict[str, Any]:
        """As JSON values, without the sounds."""
        return {
            "test": self.id,
            "anchor": self.anchor,
            "conditions": [{"name": c.name, "kind": c.kind} for c in self.conditions],
            "trials": [
                {
                    "reference": trial.reference,
                    "start_seconds": round(trial.start_seconds, 3),
                    "seconds": round(trial.seconds, 3),
                    "sample_rate": trial.sample_rate,
                }
                for trial in self.trials
            ],
        }


def make_test(items: Sequence[Item], *, excerpts: int = 3, seconds: float = 8.0) -> ListeningTest:
    """Cut the trials.

    Args:
        items: what `gather` gave.
        excerpts: of each reference, at most; they spread over it, each the loudest of its share.
        seconds: of each excerpt, at most.

    Raises:
        CaptureError: a reference has nothing to hear.
        BadRequest: the test would not fit in memory.
    """
    names = list(items[0].systems)
    conditions = (
        Condition(HIDDEN, "reference"),
        Condition(ANCHOR, "anchor"),
        *(Condition(name, "system") for name in names),
    )
    with_dry = items[0].dry is not None
    anchor = f"tanh of the dry signal, peaks at tanh({ANCHOR_DRIVE:g})"
    if not with_dry:
        anchor = f"the reference below {ANCHOR_HZ:g} Hz, as there is no dry signal for a tanh"
    trials: list[Trial] = []
    for item in items:
        signals = [item.reference, item.reference, _anchor(item), *(item.systems[name] for name in names)]
        cut = _excerpts(item, round(seconds * item.sample_rate), excerpts)
        if not cut:
            raise CaptureError(f"{item.name} is silent; a reference has something to hear")
        trials += [_trial(item, signals, part) for part in cut]
        if sum(trial.signals.nbytes for trial in trials) > MOST_BYTES:
            raise BadRequest(
                f"{len(trials)} trials of {seconds:g} s are too much to hold; take fewer or shorter"
            )
    return ListeningTest(conditions, tuple(trials), anchor)


def _excerpts(item: Item, length: int, most: int) -> list[slice]:
    size = item.reference.size
    count = max(1, min(most, size // max(length, 1)))
    edges = np.linspace(0, size, count + 1).astype(int).tolist()
    found = []
    for low, high in pairwise(edges):
        inside = loudest(item.reference[low:high], length)
        part = slice(low + inside.start, low + inside.stop)
        if np.isfinite(loudness_db(item.reference[part], item.sample_rate)):
            found.append(part)
    return found


def _trial(item: Item, signals: Sequence[Signal], part: slice) -> Trial:
    matched = level_matched([signal[part] for signal in signals], item.sample_rate)
    return Trial(item.name, part.start / item.sample_rate, np.stack(matched), item.sample_rate)


def _anchor(item: Item) -> Signal:
    if item.dry is None:
        from scipy.signal import butter, sosfiltfilt

        corner = min(ANCHOR_HZ, 0.4 * item.sample_rate)
        low = butter(8, corner, fs=item.sample_rate, output="sos")
        return np.asarray(sosfiltfilt(low, item.reference), dtype=np.float32)
    drive = ANCHOR_DRIVE / max(float(np.abs(item.dry).max(initial=0.0)), 1e-9)
    return np.asarray(np.tanh(drive * item.dry), dtype=np.float32)
