"""Which points of a mask search are worth a full retraining, the most wanted first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoo.errors import BadRequest

if TYPE_CHECKING:
    from training.pruning import Iteration

MOST_RETRAINED = 3
HOPE = 1.5  # times the allowed loss: what a full retraining may still repair


@dataclass(frozen=True)
class Choice:
    """What the pruned model should be; at most one of the first three is given.

    Attributes:
        point: that iteration of the search.
        hidden: at most so many units.
        rtf: at most this real-time factor, on this machine.
        max_increase: how much higher than the unpruned model's the validation loss may be, 0.1 for a tenth.
    """

    point: int | None = None
    hidden: int | None = None
    rtf: float | None = None
    max_increase: float = 0.1

    def __post_init__(self) -> None:
        given = [wish for wish in (self.point, self.hidden, self.rtf) if wish is not None]
        if len(given) > 1:
            raise BadRequest("a point, a hidden size and a real-time factor cannot all be met; give one")
        if any(wish <= 0 for wish in given) or self.max_increase < 0:
            raise BadRequest("a target is above 0, and so is the increase of the error that is allowed")

    @property
    def is_bounded(self) -> bool:
        """A size or a cost was asked for, whatever it costs in accuracy."""
        return self.point is not None or self.hidden is not None or self.rtf is not None


def candidates(records: Sequence[Iteration], choice: Choice, rtf: Callable[[int], float]) -> list[int]:
    """The points to retrain, in the order to try them.

    Args:
        records: of the whole search.
        choice: what is wanted.
        rtf: the real-time factor of a point.

    Raises:
        BadRequest: no point can meet the wish; the message says what comes nearest.
    """
    if choice.point is not None:
        if choice.point > len(records):
            raise BadRequest(f"point {choice.point} was not reached; the search has {len(records)}")
        return [choice.point]
    if choice.hidden is not None:
        fitting = [r.number for r in records if r.hidden <= choice.hidden]
        least = min(records, key=lambda r: r.hidden)
        return _first(fitting, f"the search came down to {least.hidden} units, not to {choice.hidden}")
    if choice.rtf is not None:
        fitting = [r.number for r in records if rtf(r.number) <= choice.rtf]
        return _first(fitting, f"no point reaches a real-time factor of {choice.rtf:g}")
    limit = HOPE * allowed_loss(records, choice)
    hopeful = [r.number for r in records if expected_loss(records, r.number) <= limit]
    if not hopeful:
        best = min(expected_loss(records, r.number) for r in records)
        raise BadRequest(
            f"every point of the search loses too much (validation loss {best:.4f} at best, "
            f"{records[0].validation:.4f} unpruned): the model is minimal already, or needs a larger "
            "--max-esr-increase"
        )
    return hopeful[::-1][:MOST_RETRAINED]


def expected_loss(records: Sequence[Iteration], number: int) -> float:
    """The validation loss at the end of the next iteration, which trained this point for a few epochs.

    The last point was never trained: its loss right after pruning counts.
    """
    if number < len(records):
        return records[number].validation
    return records[-1].masked_validation


def allowed_loss(records: Sequence[Iteration], choice: Choice) -> float:
    """The validation loss that a pruned model may have."""
    return records[0].validation * (1.0 + choice.max_increase)


def _first(fitting: list[int], otherwise: str) -> list[int]:
    if not fitting:
        raise BadRequest(f"{otherwise}; add iterations, or ask for less")
    return fitting[:1]
