"""Full retraining of a pruned snapshot under its mask, and its useless units removed afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from training.checkpoint import load_checkpoint, save_checkpoint
from training.data import Signal, Split
from training.pruning.equality import assert_equal, compacted
from training.pruning.masks import mask_of, num_alive, tensors_for
from training.pruning.units import Removal, reachable, with_units
from training.settings import Settings
from training.trainer import Trainer, Validation
from training.tune import Scores, scores
from zoo.snapshot import Snapshot

PROOF_SECONDS = 0.5  # of the capture that the smaller model is compared on


@dataclass(frozen=True, eq=False)
class Pruned:
    """A pruned model, ready to be used.

    Attributes:
        removal: the compact model, and what was removed from it.
        history: of the retraining, beginning with its start.
        scores: on the test part.
        validation: loss of the compact model's training, at its best.
        epochs: retrained.
        weights: of the compact model, the non-zero ones among those that may be pruned.
        sparsity: the share of the unpruned model's weights that is gone.
    """

    removal: Removal
    history: tuple[Validation, ...]
    scores: Scores
    validation: float
    epochs: int
    weights: int
    sparsity: float

    @property
    def snapshot(self) -> Snapshot:
        """The compact model."""
        return self.removal.snapshot


def retrained(
    start: Snapshot,
    split: Split,
    settings: Settings,
    *,
    weights_before: int | None = None,
    checkpoint: Path | None = None,
    on_validation: Callable[[Trainer], None] | None = None,
) -> Pruned:
    """Train ``start`` under its mask to the end of ``settings``; useless units are removed before and after.

    Args:
        start: a pruned snapshot; its zeros are its mask.
        split: the capture.
        settings: of the training.
        weights_before: how many there were before any pruning; as many as in ``start`` by default.
        checkpoint: rewritten after every validation; where it exists already, training goes on from it.
        on_validation: called after every validation.

    Raises:
        NotEqual: a model without its useless units does not sound as the one that has them.
    """
    weights_before = weights_before or sum(array.size for array in mask_of(start).values())
    keep = reachable(start)
    whole, dead = start, int(np.count_nonzero(~keep))
    start = with_units(whole, keep)
    assert_equal(whole, Removal(start, dead, 0, 0), _proof(split))
    if checkpoint is not None and checkpoint.is_file():
        trainer = load_checkpoint(checkpoint, start, split)
    else:
        trainer = Trainer(start, split, settings)
    trainer.masks = tensors_for(trainer.module, mask_of(start))

    def validated(trainer: Trainer) -> None:
        if checkpoint is not None:
            save_checkpoint(trainer, checkpoint)
        if on_validation is not None:
            on_validation(trainer)

    trainer.run(validated)
    return _finished(trainer, weights_before, dead)


def _finished(trainer: Trainer, weights_before: int, dead: int) -> Pruned:
    """The compact form of what was trained, proved equal and measured on the test part."""
    trained, split = trainer.best, trainer.split
    removal = compacted(trained, _proof(split))
    removal = replace(removal, dead=removal.dead + dead)
    weights = num_alive(mask_of(removal.snapshot))
    return Pruned(
        removal=removal,
        history=tuple(trainer.history),
        scores=scores(removal.snapshot, split.test),
        validation=min(v.validation for v in trainer.history),
        epochs=trainer.epoch,
        weights=weights,
        sparsity=1.0 - weights / weights_before,
    )


def _proof(split: Split) -> Signal:
    """Of the capture, what models are compared on."""
    dry: Signal = np.concatenate(split.test.dry)[: round(PROOF_SECONDS * split.sample_rate)]
    return dry
