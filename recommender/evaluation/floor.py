"""How much of a regret is chance: what seeds do to a training, and who could have known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from recommender.evaluation.matrix import Cell, Prediction
from recommender.evaluation.measures import Array
from recommender.evaluation.scores import Question, questions
from recommender.evaluation.summary import REFERENCE, interval


@dataclass(frozen=True)
class Floor:
    """What the seeds of a matrix tell; kin are left out.

    Attributes:
        deviation_db: of one training around the mean of its parent's.
        other_seed_db: regret, by the best of one seed, of the best parent of another. The minimum over many
            noisy trainings is lucky, and nobody can foretell luck: with one seed, nobody gets below this.
        ahead_db, low, high: how much worse the first suggestion ends than that same parent, both judged by a
            seed that chose neither; less than 0 is better. NaN without suggestions.
        targets: that `ahead_db` is the mean of.
    """

    deviation_db: float
    other_seed_db: float
    ahead_db: float
    low: float
    high: float
    targets: int


def noise_floor(cells: Sequence[Cell], predictions: Sequence[Prediction] = ()) -> Floor | None:
    """From all parents that several seeds have trained; None with a single seed."""
    asked = questions(cells, kin_out=True)
    first = _first_suggestions(predictions)
    variances = [np.nanmean(v) for one in asked if (v := _variances(one)).size]
    regrets = [regret for one in asked for regret, _ in _other_seeds(one, None)]
    ahead, families = [], []
    for one in asked:
        found = [gap for _, gap in _other_seeds(one, first.get((one.target, one.seconds))) if gap is not None]
        if found:
            ahead.append(float(np.mean(found)))
            families.append(one.family)
    if not regrets:
        return None
    low, high = interval(np.array(ahead), families) if ahead else (float("nan"), float("nan"))
    return Floor(
        float(np.sqrt(np.mean(variances))), float(np.mean(regrets)),
        float(np.mean(ahead)) if ahead else float("nan"), low, high, len(ahead),
    )  # fmt: skip


def _variances(one: Question) -> Array:
    often = np.isfinite(one.by_seed_db).sum(axis=0) > 1
    return np.asarray(np.nanvar(one.by_seed_db[:, often], axis=0, ddof=1))


def _other_seeds(one: Question, suggested: list[str] | None) -> Iterator[tuple[float, float | None]]:
    """The best parent of a seed as another has it: above that one's best, and what `suggested` lacks to it.

    Only a seed that trained all parents may choose: which parents the others trained may depend on it. Where
    they are few, their best is not the best of all, and the first number is too small rather than too large.
    """
    best = next((p for p in suggested or () if p in one.parents), None)
    for choosing, own in enumerate(one.by_seed_db):
        if not np.isfinite(own).all():
            continue
        chosen = int(np.nanargmin(own))
        for judging, other in enumerate(one.by_seed_db):
            if judging == choosing or not np.isfinite(other[chosen]):
                continue
            gap = None if best is None else float(other[one.parents.index(best)] - other[chosen])
            yield float(other[chosen] - np.nanmin(other)), gap if gap is None or np.isfinite(gap) else None


def _first_suggestions(predictions: Sequence[Prediction]) -> dict[tuple[str, float], list[str]]:
    """The parents of each question in the order of `REFERENCE`."""
    said: dict[tuple[str, float], list[Prediction]] = {}
    for p in predictions:
        if p.predictor == REFERENCE and p.kin_out is not False:
            said.setdefault((p.target, p.seconds), []).append(p)
    return {key: [p.parent for p in sorted(ps, key=lambda p: p.score)] for key, ps in said.items()}
