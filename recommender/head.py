"""How well a parent's inner signals explain a capture: a ridge-regression head, fitted, then held to account.

The states of the parent stay as they are; only the last linear layer is fitted, in closed form. That is the
first step of fine-tuning, and its error on audio it has not seen ranks parents far better than the error of
the parent as it is.
"""

from __future__ import annotations

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
    plain = np.column_stack([states, dry, np.ones(len(dry))]).astype(np.float32)
    treble = plain.copy()
    treble[1:] -= 0.85 * plain[:-1]
    target = excerpt.wet.astype(np.float32)
    sharp = pre_emphasise(target).astype(np.float32)
    size = plain.shape[1]
    gram, moment = np.zeros((size, size)), np.zeros(size)
    for features, signal in ((plain, target), (treble, sharp)):
        A, b = _normal_equations(features, signal, excerpt.fit)
        power = float(np.sum(np.square(signal[excerpt.fit], dtype=np.float64))) + 1e-20
        gram += A / power
        moment += b / power
    gram += RIDGE * np.diag(np.diag(gram) + 1e-12)
    head = np.linalg.solve(gram, moment).astype(np.float32)
    held = excerpt.held_out
    return HeadFit(esr(target[held], plain[held] @ head), esr(sharp[held], treble[held] @ head))


def _normal_equations(features: Array, signal: Array, counted: Array) -> tuple[Array, Array]:
    """``F^T F`` and ``F^T y`` over the counted samples, in blocks so that sums of millions stay exact."""
    rows, size = np.flatnonzero(counted), features.shape[1]
    gram, moment = np.zeros((size, size)), np.zeros(size)
    for start in range(0, len(rows), BLOCK):
        block = features[rows[start : start + BLOCK]]
        gram += block.T @ block
        moment += block.T @ signal[rows[start : start + BLOCK]]
    return gram, moment
