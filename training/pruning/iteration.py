"""What a search is asked for, and what one of its iterations did, whether weights or whole units go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from training.trainer import Trainer
from zoo.errors import BadRequest
from zoo.snapshot import Snapshot

OnEpoch = Callable[[Trainer, float], None]
"""Hears of every epoch: the trainer, and the distance of the last two masks (1 before there are two)."""


@dataclass(frozen=True)
class SearchSettings:
    """The mask search; the defaults are the paper's.

    Attributes:
        iterations: N.
        ratio: p, the share of the alive weights that each iteration prunes.
        epsilon: an iteration ends when all of the last ``k`` mask distances are below this.
        k: length of the queue of mask distances.
        fully_train_first: the first iteration trains to the end of `Settings` instead (FTF).
        rewind: "rate" keeps the weights after pruning, "weights" sets them back to those of the start.
        method: "weights" is the paper's; "units" removes whole units (`training.pruning.structured`), as many
            as hold the share ``ratio`` of the weights, and trains ``k`` epochs between two removals.
        score: what the least of is pruned: "magnitude" is the paper's; "sensitivity" is what the loss would
            rise by to second order, were the curvature the mean squared gradient (`training.pruning.masks`).
    """

    iterations: int = 15
    ratio: float = 0.3
    epsilon: float = 0.1
    k: int = 5
    fully_train_first: bool = True
    rewind: Literal["rate", "weights"] = "rate"
    method: Literal["weights", "units"] = "weights"
    score: Literal["magnitude", "sensitivity"] = "magnitude"

    def __post_init__(self) -> None:
        if self.iterations < 1 or self.k < 1:
            raise BadRequest("a mask search has at least one iteration and looks at one mask distance")
        if not 0.0 < self.ratio < 1.0 or not 0.0 < self.epsilon <= 1.0:
            raise BadRequest("the pruning ratio lies between 0 and 1, and so does epsilon")
        if self.method not in ("weights", "units"):
            raise BadRequest(f"{self.method!r} cannot be pruned; weights or units can")
        if self.method == "units" and self.rewind == "weights":
            raise BadRequest("weights cannot be rewound where whole units go; leave out one of the two")
        if self.score not in ("magnitude", "sensitivity"):
            raise BadRequest(f"{self.score!r} is no score; magnitude or sensitivity is")
        if self.rewind not in ("rate", "weights"):
            raise BadRequest(f"{self.rewind!r} cannot be rewound; rate or weights can")

    def to_json(self) -> dict[str, Any]:
        """All values."""
        return asdict(self)


@dataclass(frozen=True)
class Iteration:
    """What one iteration did.

    Attributes:
        number: from 1.
        epochs: trained in it.
        trained_sparsity: pruned share of the weights while it trained.
        validation: loss at its end, before its own pruning.
        sparsity: pruned share after it.
        weights: alive after it.
        hidden: effective hidden size after it.
        masked_validation: loss right after its pruning.
        mask_distances: from epoch to epoch.
    """

    number: int
    epochs: int
    trained_sparsity: float
    validation: float
    sparsity: float
    weights: int
    hidden: int
    masked_validation: float
    mask_distances: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Searched:
    """What came of one iteration.

    Attributes:
        record: what it did.
        trained: the model at its end, before its own pruning.
        pruned: the model that the next iteration starts from.
    """

    record: Iteration
    trained: Snapshot
    pruned: Snapshot


def diverged(epoch: int) -> BadRequest:
    """What is said when the weights are no longer finite after so many epochs."""
    return BadRequest(
        f"the training left the numbers in epoch {epoch}; is the capture of the model's own device? Else "
        "train at a lower learning rate (--paper: at a twentieth of it)"
    )
