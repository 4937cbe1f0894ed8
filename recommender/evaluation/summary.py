"""The table that is published: means over targets, with intervals from resampling whole families."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recommender.evaluation.measures import Array
from recommender.evaluation.scores import Score

DRAWS = 2000
REFERENCE = "suggest"


@dataclass(frozen=True, slots=True)
class Line:
    """One predictor over all questions.

    Attributes:
        questions: how many it answered.
        regret_1, low, high: mean, and the 95 % interval over families.
        regret_1_p90: nine in ten questions are below.
        share: of the gain over scratch that the best parents would have brought, in dB, of all questions.
        behind, behind_low, behind_high: its mean regret@1 less that of `REFERENCE` on the same questions,
            with the interval of the paired difference; None where there is no `REFERENCE`.
    """

    predictor: str
    kin_out: bool
    questions: int
    regret_1: float
    low: float
    high: float
    regret_1_p90: float
    regret_5: float
    tau: float
    hit_3: float
    share: float
    behind: float | None
    behind_low: float | None
    behind_high: float | None


def summarise(scores: Sequence[Score]) -> list[Line]:
    """A line for each predictor and way, kin left out first, the least regret first."""
    ways = sorted({(score.kin_out, score.predictor) for score in scores})
    lines = [_line(name, kin_out, scores) for kin_out, name in ways]
    return sorted(lines, key=lambda line: (not line.kin_out, line.regret_1, line.predictor))


def _line(name: str, kin_out: bool, scores: Sequence[Score]) -> Line:
    own = {(s.target, s.seconds): s for s in scores if s.predictor == name and s.kin_out == kin_out}
    reference = {
        (s.target, s.seconds): s for s in scores if s.predictor == REFERENCE and s.kin_out == kin_out
    }
    mine = list(own.values())
    regrets = np.array([s.regret_1 for s in mine])
    low, high = interval(regrets, [s.family for s in mine])
    both = [key for key in own if key in reference]
    behind = np.array([own[key].regret_1 - reference[key].regret_1 for key in both])
    gap = interval(behind, [own[key].family for key in both]) if both else None
    possible = [s for s in mine if s.best_gain > 0.0]  # NaN, where scratch was not trained, is not
    share = sum(s.gain for s in possible) / sum(s.best_gain for s in possible) if possible else float("nan")
    taus = [s.tau for s in mine if not np.isnan(s.tau)]
    return Line(
        name, kin_out, len(mine), float(regrets.mean()), low, high, float(np.quantile(regrets, 0.9)),
        float(np.mean([s.regret_5 for s in mine])), float(np.mean(taus)) if taus else float("nan"),
        float(np.mean([s.hit_3 for s in mine])), share,
        float(behind.mean()) if gap else None, gap[0] if gap else None, gap[1] if gap else None,
    )  # fmt: skip


def interval(values: Array, families: Sequence[str]) -> tuple[float, float]:
    """95 % interval of the mean when whole families are drawn again with replacement (the bootstrap).

    >>> interval(np.array([1.0, 1.0]), ["a", "b"])
    (1.0, 1.0)
    """
    names, member = np.unique(families, return_inverse=True)
    totals = np.bincount(member, values, len(names))
    counts = np.bincount(member, minlength=len(names))
    rng = np.random.Generator(np.random.PCG64(0))
    drawn = rng.integers(0, len(names), (DRAWS, len(names)))
    means = totals[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)
