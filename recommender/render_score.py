"""Tries nominees on the user's own dry signal: rendered at a few gains, heads fitted, errors compared.

A parent is played at the capture's rate whatever its own: fine-tuning will take its weights to that rate, and
44.1 against 48 kHz is a tone control's worth of difference that the first epochs undo.

Two rounds, because rendering is what costs time: all nominees briefly and coarsely, then the best of them on
more audio and at finer gains.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from recommender.excerpt import Excerpt
from recommender.head import HeadFit, fit_head
from zoo.engine import processors, states
from zoo.snapshot import Snapshot

COARSE_GAINS_DB = (0.0, -9.0, 9.0)
COARSE_KNOBS = (0.5, 0.2, 0.8)
FINE_STEPS_DB = (-4.5, 0.0, 4.5)
FINALISTS = 8


@dataclass(frozen=True, slots=True)
class Trial:
    """How one parent did at its best setting.

    Attributes:
        gain_db: in front of the parent.
        knob: where all its knobs stand, 0 to 1; None when it has none.
        fit: errors of the fitted head.
    """

    id: str
    gain_db: float
    knob: float | None
    fit: HeadFit


Load = Callable[[str], Snapshot]


def try_all_coarsely(ids: Sequence[str], load: Load, brief: Excerpt) -> list[Trial]:
    """The first round for all of ``ids``, best first, on all cores."""
    with ThreadPoolExecutor(processors()) as pool:
        return ranked(pool.map(lambda i: try_coarsely(i, load(i), brief), ids))


def try_best_finely(coarse: Sequence[Trial], load: Load, full: Excerpt) -> list[Trial]:
    """The second round for the first `FINALISTS`, best first; then the others as they were."""
    finalists, rest = coarse[:FINALISTS], coarse[FINALISTS:]
    with ThreadPoolExecutor(processors()) as pool:
        return [*ranked(pool.map(lambda t: try_finely(t, load(t.id), full), finalists)), *rest]


def ranked(trials: Iterable[Trial]) -> list[Trial]:
    """Trials by error, ties by id."""
    return sorted(trials, key=lambda trial: (trial.fit.error, trial.id))


def try_coarsely(parent_id: str, snapshot: Snapshot, excerpt: Excerpt) -> Trial:
    """The best of three gains or, for a parent with knobs, of three knob positions."""
    settings: list[tuple[float, float | None]]
    if snapshot.num_knobs:
        settings = [(0.0, knob) for knob in COARSE_KNOBS]
    else:
        settings = [(gain_db, None) for gain_db in COARSE_GAINS_DB]
    return ranked(_try(parent_id, snapshot, excerpt, *setting) for setting in settings)[0]


def try_finely(coarse: Trial, snapshot: Snapshot, excerpt: Excerpt) -> Trial:
    """The best gain around that of a coarse trial, the knobs left where they are."""
    steps = [coarse.gain_db + step for step in FINE_STEPS_DB]
    return ranked(_try(coarse.id, snapshot, excerpt, gain_db, coarse.knob) for gain_db in steps)[0]


def _try(parent_id: str, snapshot: Snapshot, excerpt: Excerpt, gain_db: float, knob: float | None) -> Trial:
    dry = excerpt.dry * np.float32(10.0 ** (gain_db / 20.0))
    played = states(snapshot, dry, knobs=knobs_at(snapshot, knob))
    return Trial(parent_id, gain_db, knob, fit_head(played, dry, excerpt))


def try_alone(snapshot: Snapshot, excerpt: Excerpt) -> Trial:
    """Both rounds on one excerpt for one snapshot without an id."""
    return try_finely(try_coarsely("", snapshot, excerpt), snapshot, excerpt)


def knobs_at(snapshot: Snapshot, knob: float | None) -> list[float] | None:
    """All knobs of a snapshot at one position; None when there is none to set."""
    return None if knob is None else [knob] * snapshot.num_knobs
