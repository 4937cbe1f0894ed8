"""Tunes candidates for a moment, the better part of them for longer, until few are left.

What a moment of tuning makes of a parent foretells what the whole tuning makes of it far better than any
measure of the parent as it is. Who falls behind early is let go, so that the time goes to those who compete
for the first place (successive halving: Jamieson & Talwalkar, AISTATS 2016). The tuning itself is the
caller's: the recommender trains nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from zoo.architecture import Recurrent
from zoo.snapshot import Snapshot

SCRATCH = "scratch"


@dataclass(frozen=True, slots=True)
class Start:
    """Where a moment of tuning begins.

    Attributes:
        id: the parent's, or `SCRATCH`.
        snapshot: its weights.
        knob: where all its knobs are set, 0 to 1; None when it has none.
    """

    id: str
    snapshot: Snapshot
    knob: float | None = None


@dataclass(frozen=True, slots=True)
class Effort:
    """How long a moment is: passes over so many seconds of the capture, at most."""

    epochs: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Moment:
    """What came of it.

    Attributes:
        effort: what was spent; the seconds are those that there were.
        esr: error-to-signal ratio on held-out playing; infinite if the weights went out of bounds.
        loss: the training loss on the same.
    """

    effort: Effort
    esr: float
    loss: float

    @property
    def error(self) -> float:
        """Geometric mean of the two: one number to rank by."""
        return float(np.sqrt(self.esr * self.loss))


Tune = Callable[[Sequence[Start], Effort], list[Moment]]
"""Tunes each start on the capture; one moment each, in their order, the same for the same starts."""


@dataclass(frozen=True)
class Halving:
    """Who can tune, and the rival of all parents.

    Attributes:
        tune: on the capture that is asked about.
        scratch: a network that has learned nothing.
    """

    tune: Tune
    scratch: Snapshot


@dataclass(frozen=True, slots=True)
class Round:
    """At most ``most`` candidates, all with the same effort."""

    most: int
    effort: Effort


ROUNDS = (Round(32, Effort(1, 10.0)), Round(8, Effort(4, 20.0)), Round(4, Effort(8, 20.0)))
# Weights times samples times epochs that a round may cost: some seventy LSTM-40 in the first. No clock
# decides, or a busy machine would give another answer.
BUDGET = 2.2e11
NOMINAL_RATE = 48_000

Expect = Callable[[str, tuple[Moment, ...]], float]
"""What is expected of a start, by its id, after these moments; less is better."""


@dataclass(frozen=True)
class Contest:
    """What came of all rounds.

    Attributes:
        moments: of each who took part, by id, the shortest first; with `SCRATCH`, which is in the last round
            whatever came before.
    """

    moments: Mapping[str, tuple[Moment, ...]] = field(default_factory=dict)

    def moment(self, parent_id: str) -> Moment | None:
        """The longest moment of a parent; None for one that was not tuned."""
        return self.moments[parent_id][-1] if parent_id in self.moments else None


def can_be_tuned(snapshot: Snapshot) -> bool:
    """Whether a moment is enough: it is not for WaveNets and stacked cells, which have no native updates."""
    architecture = snapshot.at_size().architecture
    return isinstance(architecture, Recurrent) and architecture.num_layers == 1


def contest(
    starts: Sequence[Start], halving: Halving, expect: Expect, rounds: Sequence[Round] = ROUNDS
) -> Contest:
    """Let ``starts``, the most promising first, compete with each other, the best of them with scratch."""
    moments: dict[str, tuple[Moment, ...]] = {}
    left = list(starts)
    for number, each in enumerate(rounds):
        left = affordable(left[: each.most], each.effort)
        if not left:
            break
        rivals = [Start(SCRATCH, halving.scratch)] if number == len(rounds) - 1 else []
        made = halving.tune([*left, *rivals], each.effort)
        for start, moment in zip([*left, *rivals], made, strict=True):
            moments[start.id] = (*moments.get(start.id, ()), moment)
        left.sort(key=lambda start: (expect(start.id, moments[start.id]), start.id))
    return Contest(moments)


def affordable(starts: Sequence[Start], effort: Effort) -> list[Start]:
    """As many of ``starts``, from the first on, as the budget of a round allows."""
    chosen, spent = [], 0.0
    for start in starts:
        cost = start.snapshot.num_parameters * effort.seconds * NOMINAL_RATE * effort.epochs
        if spent + cost <= BUDGET:
            chosen.append(start)
            spent += cost
    return chosen
