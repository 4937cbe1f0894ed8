"""How well a parent's inner signals explain a capture: a ridge-regression head, fitted, then held to account.

The states of the parent stay as they are; only the last linear layer is fitted, in closed form. That is the
first step of fine-tuning, and its error on audio it has not seen ranks parents far better than the error of
the parent as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from recommender.excerpt import Excerpt
from zoo.metrics import esr, pre_emphasise

Array = npt.NDArray[Any]

RIDGE = 1e-6  # of the mean power of the features
BLOCK = 1 << 14


@dataclass(frozen=True, slots=True)
class HeadFit:
    """Errors of a fitted head on the held-out part.

    Attributes:
        esr: error-to-signal ratio.
        pre_emphasised_esr: the same after pre-emphasis of both, as the training loss hears it.
    """

    esr: float
    pre_emphasised_esr: float

    @property
    def error(self) -> float:
        """Geometric mean of the two: one number to rank by."""
        return float(np.sqrt(self.esr * self.pre_emphasised_esr))


def fit_head(states: Array, dry: Array, excerpt: Excerpt) -> HeadFit:
    """Fit a head on ``[states, dry, 1]`` and score it.

    It minimises the plain and the pre-emphasised error together, each relative to its target.

    Args:
        states: what the parent's last layer sees, shape (samples, features).
        dry: the input as the parent got it, shape (samples,).
        excerpt: the target, and which samples count where; shape (samples,).
    """
    plain = np.empty((len(dry), states.shape[1] + 2), dtype=np.float32)
    plain[:, :-2], plain[:, -2], plain[:, -1] = states, dry, 1.0
    treble = plain.copy()
    treble[1:] -= np.float32(0.85) * plain[:-1]
    target = excerpt.wet.astype(np.float32)
    views = ((plain, target), (treble, pre_emphasise(target).astype(np.float32)))
    head = _ridge(views, _runs(excerpt.fit))
    held = _runs(excerpt.held_out)
    return HeadFit(*(_error(features @ head, signal, held) for features, signal in views))


def _ridge(views: Iterable[tuple[Array, Array]], runs: list[slice]) -> Array:
    """The head that minimises the relative errors of all (features, signal) together, over the runs."""
    gram: Array | float = 0.0
    moment: Array | float = 0.0
    for features, signal in views:
        A, b = _normal_equations(features, signal, runs)
        power = sum(float(np.sum(np.square(signal[run], dtype=np.float64))) for run in runs) + 1e-20
        gram, moment = gram + A / power, moment + b / power
    gram = np.asarray(gram) + RIDGE * np.diag(np.diag(gram) + 1e-12)
    return np.asarray(np.linalg.solve(gram, moment), dtype=np.float32)


def _error(prediction: Array, signal: Array, runs: list[slice]) -> float:
    return esr(
        np.concatenate([signal[run] for run in runs]), np.concatenate([prediction[run] for run in runs])
    )


def _runs(counted: Array) -> list[slice]:
    """The stretches in which a mask is true."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], counted, [False]]).astype(np.int8)))
    return [slice(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _normal_equations(features: Array, signal: Array, runs: list[slice]) -> tuple[Array, Array]:
    """``F^T F`` and ``F^T y`` over the runs, in blocks so that sums of millions stay exact."""
    size = features.shape[1]
    gram, moment = np.zeros((size, size)), np.zeros(size)
    for run in runs:
        for start in range(run.start, run.stop, BLOCK):
            block = slice(start, min(start + BLOCK, run.stop))
            gram += features[block].T @ features[block]
            moment += features[block].T @ signal[block]
    return gram, moment
