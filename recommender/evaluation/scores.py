"""Scores of every predictor on every target, with and without the parents of the target's own family."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recommender.evaluation.matrix import SCRATCH, Cell, Prediction
from recommender.evaluation.measures import Array, gains, hit, order_of, regret, weighted_tau

RANDOM, STATIC = "random", "static"
SHUFFLES = 200
MEASURES = ("regret_1", "regret_5", "tau", "hit_3", "gain", "best_gain")


@dataclass(frozen=True, eq=False)
class Question:
    """One target at one amount of data.

    Attributes:
        parents: ids, sorted.
        truth_db: mean over seeds of the test ESR in dB, one a parent.
        by_seed_db: the same for each seed, shape (seeds, parents).
        scratch_db: from scratch; NaN when that was not trained.
    """

    target: str
    kind: str
    family: str
    seconds: float
    parents: tuple[str, ...]
    truth_db: Array
    by_seed_db: Array
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
    """What is answered by the matrix: of each target and amount, the parents that every seed has trained."""
    groups: dict[tuple[str, float], list[Cell]] = defaultdict(list)
    for cell in cells:
        groups[cell.target, cell.seconds].append(cell)
    made = (_question(group, kin_out) for _, group in sorted(groups.items()))
    return [one for one in made if len(one.parents) > 1]


def _question(cells: Sequence[Cell], kin_out: bool) -> Question:
    first = cells[0]
    db = {(cell.parent, cell.seed): 10.0 * np.log10(max(cell.test_esr, 1e-12)) for cell in cells}
    seeds = sorted({seed for _, seed in db})
    allowed = {c.parent for c in cells if c.parent != SCRATCH and not (kin_out and c.kin)}
    parents = tuple(sorted(p for p in allowed if all((p, seed) in db for seed in seeds)))
    by_seed = np.array([[db[p, seed] for p in parents] for seed in seeds]).reshape(len(seeds), -1)
    scratch = [db[SCRATCH, seed] for seed in seeds if (SCRATCH, seed) in db]
    return Question(
        first.target, first.kind, first.family, first.seconds, parents, by_seed.mean(axis=0), by_seed,
        float(np.mean(scratch)) if scratch else float("nan"),
    )  # fmt: skip


def score_all(cells: Sequence[Cell], predictions: Sequence[Prediction]) -> list[Score]:
    """Every predictor on every question, kin there and kin left out."""
    said: dict[tuple[str, float, str, bool | None], dict[str, float]] = defaultdict(dict)
    for p in predictions:
        said[p.target, p.seconds, p.predictor, p.kin_out][p.parent] = p.score
    names = sorted({p.predictor for p in predictions})
    done = []
    for kin_out in (False, True):
        asked = questions(cells, kin_out)
        for one in asked:
            done += [_random(one, kin_out), _score(STATIC, one, kin_out, _static(one, asked))]
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


def noise_floor(cells: Sequence[Cell], kin_out: bool) -> tuple[float, float] | None:
    """Standard deviation over seeds, dB, and the regret of who picks by one seed and is judged by the others.

    No predictor can be expected to do better than the second. None with a single seed.
    """
    deviations, regrets = [], []
    for one in questions(cells, kin_out):
        if len(one.by_seed_db) < 2:
            continue
        deviations.append(float(np.mean(np.var(one.by_seed_db, axis=0, ddof=1))))
        for seed, own in enumerate(one.by_seed_db):
            others = np.delete(one.by_seed_db, seed, axis=0).mean(axis=0)
            regrets.append(regret(others, order_of(own)))
    return (float(np.sqrt(np.mean(deviations))), float(np.mean(regrets))) if regrets else None
