"""What was tried with every parent on every target, as rows: a forecast is learned from it, and judged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from recommender.evaluation.matrix import SCRATCH, Cell
from recommender.evidence import Evidence
from recommender.halving import Effort, Moment
from recommender.tunability import Build

WET, NOMINATED, TRIED = -2, -1, 0  # instead of epochs, where nothing was tuned
ROUNDS = (1, 4, 8)  # epochs of the moments, see `recommender.halving.ROUNDS`


@dataclass(frozen=True, slots=True)
class Row:
    """One parent, or scratch, on one target; NaN where it was not tried, errors as ratios.

    Attributes:
        parent: its id, or `SCRATCH`.
        kin: it is of the target's family or lineage.
        lineage: what it shares with its kin, see `recommender.nominate.Candidate`.
        distance, head, floor: see `recommender.evidence.Evidence`.
        wet_distance: the distance by the wet signal alone.
        size, recurrence, input: see `recommender.tunability.Build`.
        tuned_1, tuned_4, tuned_8: error-to-signal ratio after a moment of so many epochs.
    """

    target: str
    parent: str
    kin: bool
    lineage: str
    distance: float
    wet_distance: float
    head: float
    floor: float
    size: float
    recurrence: float
    input: float
    tuned_1: float
    tuned_4: float
    tuned_8: float

    def evidence(self, epochs: int) -> Evidence:
        """What is known after moments up to so many epochs, or at `TRIED`, `NOMINATED` or `WET`."""
        build = Build(self.size, self.recurrence, self.input)
        if epochs == WET:
            return Evidence(build, self.wet_distance, by_sound=True, parent=self.parent)
        tuned = {1: self.tuned_1, 4: self.tuned_4, 8: self.tuned_8}
        moments = tuple(Moment(Effort(n, 10.0), tuned[n], tuned[n]) for n in ROUNDS if n <= epochs)
        head = self.head if epochs >= 0 else None
        return Evidence(build, self.distance, head, self.floor, moments)


@dataclass(frozen=True)
class Asked:
    """One target.

    Attributes:
        family: of its device.
        rows: of parents that are no kin.
        truth_db: what training made of each, by id; of some.
        scratch: the row of a start from scratch, and what training made of it.
    """

    target: str
    family: str
    rows: tuple[Row, ...]
    truth_db: Mapping[str, float]
    scratch: tuple[Row, float]


def asked(
    rows: Iterable[Row], truth_db: Mapping[tuple[str, str], float], cells: Iterable[Cell]
) -> list[Asked]:
    """All targets of which both scratch and a parent were trained, in order of their names.

    Args:
        rows: what was tried.
        truth_db: by target and parent.
        cells: for the families.
    """
    families = {cell.target: cell.family for cell in cells}
    by_target: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_target[row.target].append(row)
    made = []
    for target, all_of in sorted(by_target.items()):
        strangers = tuple(row for row in all_of if row.parent != SCRATCH and not row.kin)
        truth = {r.parent: truth_db[target, r.parent] for r in strangers if (target, r.parent) in truth_db}
        lone = [row for row in all_of if row.parent == SCRATCH and (target, SCRATCH) in truth_db]
        if truth and lone:
            scratch = lone[0], truth_db[target, SCRATCH]
            made.append(Asked(target, families[target], strangers, truth, scratch))
    return made
