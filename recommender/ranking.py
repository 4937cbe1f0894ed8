"""The order of parents that were tried in different ways: some tuned for a moment, some by a head alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recommender.expectation import expect, expect_tuned
from recommender.halving import Contest, Moment, combined
from recommender.render_score import Trial
from recommender.suggestion import Expected


@dataclass(frozen=True, slots=True)
class Tried:
    """One parent with all that was tried.

    Attributes:
        trial: of the head.
        moment: of tuning; None for one that was not tuned.
    """

    trial: Trial
    moment: Moment | None = None

    @property
    def id(self) -> str:
        """The parent's."""
        return self.trial.id

    @property
    def expected(self) -> Expected:
        """After fine-tuning on the whole capture."""
        head = self.trial.fit.esr
        return expect(head) if self.moment is None else expect_tuned(self.moment, head)

    @property
    def esr(self) -> float:
        """The best that was reached on playing held out."""
        head = self.trial.fit.esr
        return head if self.moment is None else min(self.moment.esr, head)

    @property
    def error(self) -> float:
        """What it is ranked by among those tried the same way."""
        head = self.trial.fit.error
        return head if self.moment is None else combined(self.moment.error, head)


def in_order(trials: Sequence[Trial], contest: Contest) -> list[Tried]:
    """Those who were tuned as the contest left them; each other before the first that promises less.

    Args:
        trials: of all, best first.
        contest: of some of them.
    """
    by_id = {trial.id: trial for trial in trials}
    order = [Tried(by_id[i], contest.moment(i)) for i in contest.order]
    others = [Tried(trial) for trial in trials if trial.id not in contest.order]
    if not order:
        return others
    for other in others:
        promise = other.expected.esr
        place = next((i for i, tried in enumerate(order) if tried.expected.esr > promise), len(order))
        order.insert(place, other)
    return order
