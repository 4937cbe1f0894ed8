"""Plays a suggestion back from what was tried, for any forecast: in seconds, as nothing is tuned again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import numpy as np

from recommender.evaluation.tried import NOMINATED, TRIED, WET, Asked, Row
from recommender.forecast import Forecast, expected_db, settled
from recommender.halving import ROUNDS
from recommender.nominate import PER_FAMILY, SHORTLIST

LEADERS, MORE_KIN = 3, 12  # as `recommender.suggest_paired` has them


def suggested(one: Asked, lines: Forecast, *, quick: bool = False) -> dict[str, float]:
    """The expected error in dB of every parent that a suggestion tries for a target, the best first.

    Args:
        one: the target, its own family left out.
        lines: the forecast.
        quick: leave it at fitted heads.
    """

    def by(epochs: int) -> Callable[[Row], tuple[float, str]]:
        return _by(lambda row: expected_db(row.evidence(epochs), lines))

    left = sorted(nominated(one, lines), key=by(TRIED))
    known = {row.parent: row.evidence(TRIED) for row in left}
    for each in () if quick else ROUNDS:
        epochs = each.effort.epochs
        left = [row for row in left[: each.most] if not np.isnan(_tuned(row, epochs))]
        left.sort(key=by(epochs))
        known |= {row.parent: row.evidence(epochs) for row in left}
    return dict(sorted(settled(known, lines).items(), key=lambda item: (item[1], item[0])))


def suggested_by_sound(one: Asked, lines: Forecast) -> dict[str, float]:
    """The place of every parent for a capture without its dry side, as `recommender.suggest_wet` has it."""
    ordered = sorted(one.rows, key=_by(lambda row: expected_db(row.evidence(WET), lines)))
    first, *others = _at_most(ordered, len(ordered), PER_FAMILY)
    nearest = min(one.rows, key=_by(lambda row: row.wet_distance))
    second = [nearest] if nearest != first else []
    order = [first, *second, *(row for row in others if row not in second)]
    return {row.parent: float(place) for place, row in enumerate(order)}


def nominated(one: Asked, lines: Forecast) -> list[Row]:
    """The shortlist, and more kin of its leaders, as `recommender.suggest_paired` makes it."""
    ordered = sorted(one.rows, key=_by(lambda row: expected_db(row.evidence(NOMINATED), lines)))
    first = _at_most(ordered, SHORTLIST, PER_FAMILY)
    best = sorted(first, key=lambda row: (row.head, row.parent))[:LEADERS]
    families = {row.lineage for row in (*best, *first[:LEADERS])}
    ids = {row.parent for row in first}
    kin = [row for row in ordered if row.lineage in families and row.parent not in ids]
    return [*first, *kin[:MORE_KIN]]


def _at_most(rows: Iterable[Row], count: int, per_family: int) -> list[Row]:
    chosen: list[Row] = []
    members: Counter[str] = Counter()
    for row in rows:
        if len(chosen) < count and members[row.lineage] < per_family:
            members[row.lineage] += 1
            chosen.append(row)
    return chosen


def _tuned(row: Row, epochs: int) -> float:
    return {1: row.tuned_1, 4: row.tuned_4, 8: row.tuned_8}[epochs]


def _by(value: Callable[[Row], float]) -> Callable[[Row], tuple[float, str]]:
    return lambda row: (value(row), row.parent)
