"""One iteration of the mask search: train, watch the mask that would come next, prune when it stands still.

Algorithm 1 of Südholt et al. (TASLP 2023), whose line 4 is meant the other way round: an iteration goes on
until all of the last k mask distances are below epsilon. Every iteration begins with a fresh optimizer at the
first learning rate: learning-rate rewinding.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from training.data import Split
from training.pruning.masks import (
    mask_distance,
    mask_of,
    masked,
    num_alive,
    pruned_mask,
    sparsity,
    tensors_for,
)
from training.pruning.units import effective_hidden_size
from training.settings import Settings
from training.trainer import Trainer, part_loss
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
    """

    iterations: int = 15
    ratio: float = 0.3
    epsilon: float = 0.1
    k: int = 5
    fully_train_first: bool = True
    rewind: Literal["rate", "weights"] = "rate"
    method: Literal["weights", "units"] = "weights"

    def __post_init__(self) -> None:
        if self.iterations < 1 or self.k < 1:
            raise BadRequest("a mask search has at least one iteration and looks at one mask distance")
        if not 0.0 < self.ratio < 1.0 or not 0.0 < self.epsilon <= 1.0:
            raise BadRequest("the pruning ratio lies between 0 and 1, and so does epsilon")
        if self.method not in ("weights", "units"):
            raise BadRequest(f"{self.method!r} cannot be pruned; weights or units can")
        if self.method == "units" and self.rewind == "weights":
            raise BadRequest("weights cannot be rewound where whole units go; leave out one of the two")
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


def search_iteration(
    number: int,
    start: Snapshot,
    origin: Snapshot,
    split: Split,
    settings: Settings,
    search: SearchSettings,
    on_epoch: OnEpoch | None = None,
) -> Searched:
    """Train ``start`` under its own mask, prune, and say what happened.

    Args:
        number: of the iteration, from 1.
        start: what the iteration before left; its zeros are its mask. The first time, ``origin``.
        origin: where the search began; weight rewinding goes back to it.
        split: the capture.
        settings: of the training; an iteration trains their ``epochs`` at most.
        search: of the search.
        on_epoch: hears of every epoch.

    Raises:
        BadRequest: the training diverged.
    """
    if search.method == "units":
        from training.pruning.structured import unit_iteration

        return unit_iteration(number, start, origin, split, settings, search, on_epoch)
    alive = mask_of(start)
    trainer = Trainer(start, split, replace(settings, seed=settings.seed + number - 1))
    trainer.masks = tensors_for(trainer.module, alive)
    trainer.validate(float("nan"))
    fully = search.fully_train_first and number == 1
    distances: list[float] = []
    recent: deque[float] = deque(maxlen=search.k)
    last = pruned_mask(start, alive, search.ratio)
    trained = start
    while not trainer.done if fully else not _found(recent, search, trainer):
        loss = trainer.train_epoch()
        trained = _finite(trainer)
        mask = pruned_mask(trained, alive, search.ratio)
        distances.append(mask_distance(mask, last, alive))
        recent.append(distances[-1])
        last = mask
        if trainer.epoch % settings.validate_every == 0 or trainer.epoch == settings.epochs:
            trainer.validate(loss)
        if on_epoch is not None:
            on_epoch(trainer, distances[-1])
    after = masked(origin if search.rewind == "weights" else trained, last)
    record = Iteration(
        number=number,
        epochs=trainer.epoch,
        trained_sparsity=sparsity(alive),
        validation=part_loss(trained, split.validation, settings),
        sparsity=sparsity(last),
        weights=num_alive(last),
        hidden=effective_hidden_size(after),
        masked_validation=part_loss(masked(trained, last), split.validation, settings),
        mask_distances=tuple(distances),
    )
    return Searched(record, trained, after)


def _found(recent: deque[float], search: SearchSettings, trainer: Trainer) -> bool:
    """The early-bird criterion, or as many epochs as the settings allow."""
    steady = len(recent) == search.k and max(recent) < search.epsilon
    return steady or trainer.epoch >= trainer.settings.epochs


def _finite(trainer: Trainer) -> Snapshot:
    snapshot = trainer.snapshot()
    if snapshot is None:
        raise BadRequest(
            f"the training left the numbers in epoch {trainer.epoch}; is the capture of the model's own "
            "device? Else lower the learning rate"
        )
    return snapshot
