"""Fits the lines of `recommender.forecast` to the oracle matrix.

The weights come from differences between parents on one target, which is what a ranking needs, and more from
those that end well: who is tenth or last, nobody asks. How hard the target is, then shifts the whole. An
error's weight is never negative: who did better in a trial must not be expected to end worse.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from recommender.evaluation.measures import Array
from recommender.evaluation.tried import NOMINATED, ROUNDS, TRIED, WET, Asked
from recommender.evidence import BY_SOUND, HEAD, NOMINEE, SCRATCH_STAGE, Numbers
from recommender.forecast import Forecast, Line

BUILD = ("size", "recurrence", "input")
STAGES: dict[str, tuple[int, tuple[str, ...]]] = {
    BY_SOUND: (WET, ("distance", *BUILD)),
    NOMINEE: (NOMINATED, ("distance", *BUILD)),
    HEAD: (TRIED, ("head", *BUILD)),
    "1": (1, ("tuned", "head", *BUILD)),
    "4": (4, ("tuned",)),  # after these, how a parent is built tells nothing more
    "8": (8, ("tuned",)),
}
# What nearness is worth, in dB for a factor of e. By the matrix it is nothing, but kin are left out there,
# and of two that are as good the nearer may be a model of the device itself.
GIVEN = {BY_SOUND: {"distance": 0.5}}
DOUBT = 1.0  # devices that a record must outweigh
ERRORS = ("tuned", "head", "distance", "floor")
LEVEL = "floor"
PENALTY = 0.1  # for each target: a ridge
LEADERS_DB = 10.0  # above the best parent of a target, where one counts 1/e as much
COVERED = 0.8


@dataclass(frozen=True)
class Group:
    """One target at one stage.

    Attributes:
        parents: their ids.
        numbers: of each parent.
        truth_db: of each.
    """

    family: str
    parents: tuple[str, ...]
    numbers: tuple[Numbers, ...]
    truth_db: Array


def groups_of(targets: Sequence[Asked], stage: str) -> list[Group]:
    """Parents that were both tried so far and trained."""
    made = []
    for one in targets:
        if stage == SCRATCH_STAGE:
            row, ended = one.scratch
            number = row.evidence(ROUNDS[-1]).numbers()
            if not np.isnan(number["tuned"]):
                made.append(Group(one.family, (row.parent,), (number,), np.array([ended])))
            continue
        epochs, names = STAGES[stage]
        numbers = {
            row.parent: row.evidence(epochs).numbers() for row in one.rows if row.parent in one.truth_db
        }
        numbers = {i: n for i, n in numbers.items() if not np.isnan(n[names[0]])}
        if numbers:
            truth = np.array([one.truth_db[i] for i in numbers])
            made.append(Group(one.family, tuple(numbers), tuple(numbers.values()), truth))
    return made


def fit(
    targets: Sequence[Asked], *, measured: Sequence[Asked] | None = None, banded: bool = True
) -> Forecast:
    """A line for each stage, and the records of parents for that where nothing can be tried.

    Args:
        targets: what the lines are learned from.
        measured: what the records are taken from, `targets` by default.
        banded: measure the bands by leaving families out; else they are 0.
    """
    make = with_band if banded else fit_line
    lines = {stage: make(groups_of(targets, stage), stage) for stage in (*STAGES, SCRATCH_STAGE)}
    groups = groups_of(targets if measured is None else measured, BY_SOUND)
    return lines | {BY_SOUND: replace(lines[BY_SOUND], records=records(lines[BY_SOUND], groups))}


def records(line: Line, groups: Sequence[Group]) -> dict[str, float]:
    """How much worse than the line says each parent ended, in dB, compared with the others of its groups.

    The mean over the groups, drawn towards 0 as if `DOUBT` groups more had found nothing.
    """
    found: dict[str, list[float]] = defaultdict(list)
    for group in groups:
        rest = group.truth_db - np.array([line(numbers) for numbers in group.numbers])
        for parent, above in zip(group.parents, rest - rest.mean(), strict=True):
            found[parent].append(float(above))
    return {parent: round(sum(of) / (len(of) + DOUBT), 2) for parent, of in sorted(found.items())}


def with_band(groups: Sequence[Group], stage: str) -> Line:
    """The line through all groups, and half the width around it that covers `COVERED` of those left out."""
    missed: list[float] = []
    weights: list[float] = []
    for family in {group.family for group in groups}:
        others = [group for group in groups if group.family != family]
        line = fit_line(others, stage) if others else fit_line(groups, stage)
        for group in groups:
            if group.family == family:
                missed += [abs(line(n) - t) for n, t in zip(group.numbers, group.truth_db, strict=True)]
                weights += [1.0 / len(group.numbers)] * len(group.numbers)
    order = np.argsort(missed)
    share = np.cumsum(np.array(weights)[order]) / np.sum(weights)
    band = float(np.array(missed)[order][int(np.searchsorted(share, COVERED))])
    return replace(fit_line(groups, stage), band=round(band, 4))


def fit_line(groups: Sequence[Group], stage: str) -> Line:
    """Weights from differences within each group, then the level of the groups by how hard each is."""
    names = () if stage == SCRATCH_STAGE else STAGES[stage][1]
    tables = [np.array([[n[name] for name in names] for n in group.numbers]) for group in groups]
    means = dict(zip(names, _mean(np.concatenate(tables)), strict=True))
    centred = [table - list(means.values()) for table in tables]
    weights = dict(zip(names, _weights(centred, groups, names, GIVEN.get(stage, {})), strict=True))
    rest = [
        float(np.mean(group.truth_db - np.nan_to_num(table) @ list(weights.values())))
        for group, table in zip(groups, centred, strict=True)
    ]
    level = "tuned" if stage == SCRATCH_STAGE else LEVEL
    floors = np.array([group.numbers[0][level] for group in groups])
    slope, middle = _level(floors, np.array(rest))
    return Line(
        round(float(np.mean(rest)), 4),
        {name: round(float(w), 4) for name, w in {**weights, level: slope}.items()},
        {name: round(float(m), 4) for name, m in {**means, level: middle}.items()},
        band=0.0,
        ranges=_ranges(groups, [name for name in names if name in BUILD]),
    )


def _ranges(groups: Sequence[Group], names: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Nobody knows how parents tune that are built like none in the matrix."""
    found = {name: [n[name] for group in groups for n in group.numbers] for name in names}
    return {
        name: (float(np.floor(min(all_of))), float(np.ceil(max(all_of)))) for name, all_of in found.items()
    }


def _mean(table: Array) -> Array:
    return np.asarray(np.nanmean(table, axis=0)) if table.size else np.zeros(table.shape[1])


def _weights(
    tables: Sequence[Array], groups: Sequence[Group], names: Sequence[str], given: Mapping[str, float]
) -> Array:
    """A ridge on standardised columns, each group as heavy as any other; no error weighs less than 0.

    Those that are ``given`` stay as they are.
    """
    shares = [_shares(group.truth_db) for group in groups]
    rows = [np.nan_to_num(table) for table in tables]
    truths = [group.truth_db for group in groups]
    x = np.concatenate([row - own @ row for row, own in zip(rows, shares, strict=True)])
    y = np.concatenate([truth - own @ truth for truth, own in zip(truths, shares, strict=True)])
    share = np.concatenate(shares)
    fixed = np.array([given.get(name, 0.0) for name in names])
    y = y - x @ fixed
    scale = x.std(axis=0) + 1e-9
    x = x / scale
    used = np.array([name not in given for name in names])
    found = np.zeros(len(names))
    while used.any():
        part = x[:, used]
        gram = (part * share[:, None]).T @ part + PENALTY * len(groups) / 26.0 * np.eye(part.shape[1])
        found = np.zeros(len(names))
        found[used] = np.linalg.solve(gram, (part * share[:, None]).T @ y)
        wrong = np.array([n in ERRORS and w < 0.0 for n, w in zip(names, found, strict=True)])
        if not wrong.any():
            break
        used &= ~wrong
    return np.asarray(found / scale + fixed)


def _shares(truth_db: Array) -> Array:
    """How much each parent of a group counts, 1 in all."""
    weights = np.exp((truth_db.min() - truth_db) / LEADERS_DB)
    return np.asarray(weights / weights.sum())


def _level(floors: Array, rest: Array) -> tuple[float, float]:
    """Slope, from 0 to 1, and middle of a line through what the weights leave over; flat without floors."""
    if np.isnan(floors).any():
        return 0.0, 0.0
    middle = float(np.mean(floors))
    spread = float(np.sum(np.square(floors - middle)))
    slope = float(np.sum((floors - middle) * (rest - rest.mean()))) / spread if spread > 0.0 else 0.0
    return min(max(slope, 0.0), 1.0), middle
