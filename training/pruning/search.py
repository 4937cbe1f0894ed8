"""One iteration of the mask search: train, watch the mask that would come next, prune when it stands still.

Algorithm 1 of Südholt et al. (TASLP 2023), whose line 4 is meant the other way round: an iteration goes on
until all of the last k mask distances are below epsilon. Every iteration begins with a fresh optimizer at the
first learning rate: learning-rate rewinding. Units that the output no longer hears take no part in the
training; their weights stay in the pool that is pruned from, as in the paper.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace

from training.data import Split
from training.pruning.iteration import Iteration, OnEpoch, Searched, SearchSettings
from training.pruning.masks import (
    mask_distance,
    mask_of,
    masked,
    num_alive,
    pruned_mask,
    sparsity,
    tensors_for,
)
from training.pruning.structured import unit_iteration
from training.pruning.units import effective_hidden_size, put_back, reachable, with_units
from training.settings import Settings
from training.trainer import Trainer, part_loss
from zoo.errors import BadRequest
from zoo.snapshot import Snapshot


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
        return unit_iteration(number, start, origin, split, settings, search, on_epoch)
    alive = mask_of(start)
    keep = reachable(start)
    heard = with_units(start, keep)
    trainer = Trainer(heard, split, replace(settings, seed=settings.seed + number - 1))
    trainer.masks = tensors_for(trainer.module, mask_of(heard))
    trainer.validate(float("nan"))
    fully = search.fully_train_first and number == 1
    distances: list[float] = []
    recent: deque[float] = deque(maxlen=search.k)
    last = pruned_mask(start, alive, search.ratio)
    trained = start
    while not trainer.done if fully else not _found(recent, search, trainer):
        loss = trainer.train_epoch()
        trained = put_back(start, _finite(trainer), keep)
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
