"""The order of parents that were tried in different ways: by the error that is expected after fine-tuning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from recommender.evidence import Evidence
from recommender.forecast import around, forecast, settled
from recommender.halving import Moment
from recommender.render_score import Trial
from recommender.suggestion import Expected

ITSELF_DB = -40.0  # no stranger of the matrix comes below -38 in a trial


@dataclass(frozen=True, slots=True)
class Tried:
    """One parent with all that was tried.

    Attributes:
        trial: of the head.
        evidence: the numbers of that and of all tuning.
        expected_db: the error after fine-tuning on the whole capture.
    """

    trial: Trial
    evidence: Evidence
    expected_db: float

    @property
    def id(self) -> str:
        """The parent's."""
        return self.trial.id

    @property
    def moment(self) -> Moment | None:
        """The longest of tuning; None for one that was not tuned."""
        return self.evidence.moments[-1] if self.evidence.moments else None

    @property
    def expected(self) -> Expected:
        """`expected_db` as a ratio, with its band."""
        return around(self.expected_db, self.evidence.stage)

    @property
    def esr(self) -> float:
        """The best that was reached on playing held out."""
        head = self.trial.fit.esr
        return head if self.moment is None else min(self.moment.esr, head)


def in_order(trials: Sequence[Trial], evidence: Mapping[str, Evidence]) -> list[Tried]:
    """The least expected error first, ties by id.

    One that has reached less than `ITSELF_DB` is the device itself, and will not lose that: the forecast,
    which knows no error so small, would trust a larger network more. A larger error says less than it seems
    to: on other playing it grows, and those who were lucky in the trial have most to lose.

    Args:
        trials: of all.
        evidence: of each, by id.
    """
    expected = settled(evidence, forecast())
    tried = [Tried(trial, evidence[trial.id], expected[trial.id]) for trial in trials]
    reached = {one.id: _decibels(one.esr) for one in tried}
    tried = [replace(t, expected_db=reached[t.id]) if reached[t.id] < ITSELF_DB else t for t in tried]
    return sorted(tried, key=lambda one: (one.expected_db, one.id))


def _decibels(esr: float) -> float:
    """Without the bounds that forecasts keep to."""
    return float(10.0 * np.log10(max(esr, 1e-12))) if np.isfinite(esr) else float("inf")
