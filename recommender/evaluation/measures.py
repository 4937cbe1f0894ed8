"""How a ranking compares with the truth: errors after fine-tuning, in dB, one a parent; less is better."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import weightedtau

Array = npt.NDArray[Any]


def order_of(scores: Array) -> Array:
    """Indices of the parents, the lowest score first; ties in the order they came."""
    return np.argsort(scores, kind="stable")


def regret(truth_db: Array, order: Array, k: int = 1) -> float:
    """How many dB the best of the first ``k`` is worse than the best of all.

    >>> truth = np.array([-10.0, -12.0, -20.0])
    >>> regret(truth, np.array([1, 2, 0])), regret(truth, np.array([1, 2, 0]), k=2)
    (8.0, 0.0)
    """
    return float(truth_db[order[:k]].min() - truth_db.min())


def hit(truth_db: Array, order: Array, k: int = 3) -> float:
    """1 if the best parent is among the first ``k``, else 0."""
    return float(int(np.argmin(truth_db)) in order[:k].tolist())


def weighted_tau(truth_db: Array, scores: Array) -> float:
    """Kendall's tau with the top weighing most (Vigna, WWW 2015), 1 is the same order; NaN if all tie."""
    if len(truth_db) < 2 or np.ptp(scores) == 0.0:
        return float("nan")
    return float(weightedtau(-truth_db, -scores).statistic)


def gains(truth_db: Array, order: Array, scratch_db: float) -> tuple[float, float]:
    """What the first of ``order`` gains over scratch, and what the best parent does, in dB."""
    return float(scratch_db - truth_db[order[0]]), float(scratch_db - truth_db.min())
