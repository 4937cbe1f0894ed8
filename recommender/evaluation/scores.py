"""Scores of every predictor on every target, with and without the parents of the target's own family."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recommender.evaluation.matrix import SCRATCH, Cell, Prediction
from recommender.evaluation.measures import Array, gains, hit, order_of, regret, weighted_tau

RANDOM, STATIC, TUNE_ALL = "random", "static", "tune all"
SHUFFLES = 200
MEASURES = ("regret_1", "regret_5", "tau", "hit_3", "gain", "best_gain")


@dataclass(frozen=True, eq=False)
class Question:
    """One target at one amount of data.

    Attributes:
        parents: ids, sorted.
        truth_db: test ESR in dB, one a parent; the mean over the seeds it was trained with.
        by_seed_db: the same for each seed, shape (seeds, parents); NaN where that was not trained.
        validation_db: of the first seed that trained each, in dB, on the validation part.
        scratch_db: from scratch; NaN when that was not trained.
    """

    target: str
    kind: str
    family: str
    seconds: float
    parents: tuple[str, ...]
    truth_db: Array
    by_seed_db: Array
    validation_db: Array
    scratch_db: float


@dataclass(frozen=True, slots=True)
class Score:
    """One predictor on one question; the measures are those of `measures`."""

    predictor: str
    kin_out: bool
    target: str
    kind: str
    family: str
    seconds: float
    regret_1: float
    regret_5: float
    tau: float
    hit_3: float
    gain: float
    best_gain: float


def questions(cells: Sequence[Cell], kin_out: bool) -> list[Question]:
    """What is answered by the matrix: of each target and amount, the parents that were trained at all."""
    groups: dict[tuple[str, float], list[Cell]] = defaultdict(list)
    for cell in cells:
        groups[cell.target, cell.seconds].append(cell)
    made = (_question(group, kin_out) for _, group in sorted(groups.items()))
    return [one for one in made if len(one.parents) > 1]


def _question(cells: Sequence[Cell], kin_out: bool) -> Question:
    first = cells[0]
    by_start: dict[str, dict[int, Cell]] = defaultdict(dict)
    for cell in cells:
        if not (kin_out and cell.kin):
            by_start[cell.parent][cell.seed] = cell
    scratch = [_db(cell.test_esr) for cell in by_start.pop(SCRATCH, {}).values()]
    parents = tuple(sorted(by_start))
    by_seed = np.full((1 + max(cell.seed for cell in cells), len(parents)), np.nan)
    for column, parent in enumerate(parents):
        for seed, cell in by_start[parent].items():
            by_seed[seed, column] = _db(cell.test_esr)
    return Question(
        first.target, first.kind, first.family, first.seconds, parents, np.nanmean(by_seed, axis=0), by_seed,
        np.array([_db(by_start[parent][min(by_start[parent])].best_loss) for parent in parents]),
        float(np.mean(scratch)) if scratch else float("nan"),
    )  # fmt: skip


def _db(error: float) -> float:
    return float(10.0 * np.log10(max(error, 1e-12)))


def score_all(cells: Sequence[Cell], predictions: Sequence[Prediction]) -> list[Score]:
    """Every predictor on every question, kin there and kin left out.

    `TUNE_ALL` is who trains every parent once and trusts the validation part: all that a capture can tell.
    """
    said: dict[tuple[str, float, str, bool | None], dict[str, float]] = defaultdict(dict)
    for p in predictions:
        said[p.target, p.seconds, p.predictor, p.kin_out][p.parent] = p.score
    names = sorted({p.predictor for p in predictions})
    done = []
    for kin_out in (False, True):
        asked = questions(cells, kin_out)
        for one in asked:
            done += [_random(one, kin_out), _score(STATIC, one, kin_out, _static(one, asked))]
            done.append(_score(TUNE_ALL, one, kin_out, one.validation_db))
            for name in names:
                found = said.get((one.target, one.seconds, name, kin_out)) or said.get(
                    (one.target, one.seconds, name, None)
                )
                if found:
                    done.append(_score(name, one, kin_out, _filled(one, found)))
    return done


def _filled(one: Question, found: dict[str, float]) -> Array:
    """A score for every parent; those that a predictor left out come last, all alike."""
    last = max(found.values()) + 1.0
    return np.array([found.get(parent, last) for parent in one.parents])


def _static(one: Question, asked: Sequence[Question]) -> Array:
    """Each parent's mean rank among all parents on the targets of other families."""
    ranks: dict[str, list[float]] = defaultdict(list)
    for other in asked:
        if other.family != one.family and other.seconds == one.seconds:
            places = np.argsort(np.argsort(other.truth_db)) / max(1, len(other.parents) - 1)
            for parent, place in zip(other.parents, places, strict=True):
                ranks[parent].append(float(place))
    return np.array([np.mean(ranks[p]) if p in ranks else 1.0 for p in one.parents])


def _score(name: str, one: Question, kin_out: bool, scores: Array) -> Score:
    order = order_of(scores)
    values = (
        regret(one.truth_db, order, 1),
        regret(one.truth_db, order, 5),
        weighted_tau(one.truth_db, scores),
        hit(one.truth_db, order),
        *gains(one.truth_db, order, one.scratch_db),
    )
    return Score(name, kin_out, one.target, one.kind, one.family, one.seconds, *values)


def _random(one: Question, kin_out: bool) -> Score:
    """The mean over many shuffles."""
    rng = np.random.Generator(np.random.PCG64(0))
    drawn = [_score(RANDOM, one, kin_out, rng.permutation(len(one.parents))) for _ in range(SHUFFLES)]
    means = [float(np.mean([getattr(score, name) for score in drawn])) for name in MEASURES]
    return Score(RANDOM, kin_out, one.target, one.kind, one.family, one.seconds, *means)
