"""One iteration of the mask search: train, watch the mask that would come next, prune when it stands still.

Algorithm 1 of Südholt et al. (TASLP 2023), whose line 4 is meant the other way round: an iteration goes on
until all of the last k mask distances are below epsilon. Every iteration begins with a fresh optimizer at the
first learning rate: learning-rate rewinding. An iteration that trains to the end (FTF) goes on from the best
of what was validated, the others from where they stopped. Units that the output no longer hears take no part
in the training; their weights stay in the pool that is pruned from, as in the paper.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from training.data import Split
from training.pruning.iteration import Iteration, OnEpoch, Searched, SearchSettings, diverged
from training.pruning.masks import (
    Mask,
    mask_distance,
    mask_of,
    masked,
    num_alive,
    pruned_mask,
    sensitivities,
    sparsity,
    tensors_for,
)
from training.pruning.structured import unit_iteration
from training.pruning.units import Units, effective_hidden_size, put_back, reachable, with_units
from training.settings import Settings
from training.trainer import Trainer, part_loss
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
    last, trained = pruned_mask(start, alive, search.ratio), start
    while not trainer.done if fully else not _found(recent, search, trainer):
        loss = trainer.train_epoch()
        heard = _finite(trainer)
        trained = put_back(start, heard, keep)
        mask = pruned_mask(_scored(trained, heard, trainer, keep, search), alive, search.ratio)
        distances.append(mask_distance(mask, last, alive))
        recent.append(distances[-1])
        last = mask
        if trainer.epoch % settings.validate_every == 0 or trainer.epoch == settings.epochs:
            trainer.validate(loss)
        if on_epoch is not None:
            on_epoch(trainer, distances[-1])
    if fully:
        trained = put_back(start, trainer.best, keep)
        last = pruned_mask(_scored(trained, trainer.best, trainer, keep, search), alive, search.ratio)
    return pruned_after(
        number, trained, last, start, origin, split, settings, search, trainer.epoch, distances
    )


def _scored(
    whole: Snapshot, heard: Snapshot, trainer: Trainer, keep: Units, search: SearchSettings
) -> Snapshot:
    """What is compared when weights are pruned; of units that nobody hears, the weights are worth nothing."""
    if search.score == "magnitude":
        return whole
    nothing = replace(whole, weights={name: np.zeros_like(w) for name, w in whole.weights.items()})
    return put_back(nothing, sensitivities(heard, trainer), keep)


def pruned_after(
    number: int,
    trained: Snapshot,
    mask: Mask,
    start: Snapshot,
    origin: Snapshot,
    split: Split,
    settings: Settings,
    search: SearchSettings,
    epochs: int,
    distances: Sequence[float] = (),
) -> Searched:
    """The end of an iteration whose training led from ``start`` to ``trained``: prune to ``mask``, measure.

    Of a model that was trained to the end elsewhere it is the first iteration of a search (FTF).
    """
    after = masked(origin if search.rewind == "weights" else trained, mask)
    record = Iteration(
        number=number,
        epochs=epochs,
        trained_sparsity=sparsity(mask_of(start)),
        validation=part_loss(trained, split.validation, settings),
        sparsity=sparsity(mask),
        weights=num_alive(mask),
        hidden=effective_hidden_size(after),
        masked_validation=part_loss(masked(trained, mask), split.validation, settings),
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
        raise diverged(trainer.epoch)
    return snapshot
