"""Unit-wise pruning: the units that are worth least go whole, and what they sent on average becomes biases.

A unit's worth is measured, not guessed from its weights: by how much the loss on a stretch of the training
part rises when the unit is held at its mean. So the error of a removal is known before it is made, and what
is left is a dense, smaller network.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from training.data import Part, Split
from training.pruning.iteration import Iteration, OnEpoch, Searched, SearchSettings, diverged
from training.pruning.masks import mask_of, num_alive, require_prunable
from training.pruning.units import sent_by_biases, with_units
from training.settings import Settings
from training.trainer import Trainer, part_loss
from zoo.engine import states
from zoo.snapshot import Snapshot

Doubles = npt.NDArray[np.float64]

LISTENING_SECONDS = 2.0


def unit_iteration(
    number: int,
    start: Snapshot,
    origin: Snapshot,
    split: Split,
    settings: Settings,
    search: SearchSettings,
    on_epoch: OnEpoch | None = None,
) -> Searched:
    """Train ``start``, then remove units; arguments and failures are `search_iteration`'s.

    The first iteration trains to the end of ``settings`` (FTF), the others for ``search.k`` epochs.
    """
    fully = search.fully_train_first and number == 1
    short = replace(settings, epochs=min(settings.epochs, search.k), seed=settings.seed + number - 1)
    trainer = Trainer(start, split, settings if fully else short)
    if on_epoch is not None:
        trainer.run(lambda t: on_epoch(t, 0.0))
    else:
        trainer.run()
    trained = trainer.best
    if not all(math.isfinite(v.validation) for v in trainer.history):
        raise diverged(trainer.epoch)
    after = without_least_units(trained, split.train, settings, share_of_units(search.ratio))
    whole = sum(array.size for array in mask_of(origin).values())
    record = Iteration(
        number=number,
        epochs=trainer.epoch,
        trained_sparsity=1.0 - num_alive(mask_of(trained)) / whole,
        validation=part_loss(trained, split.validation, settings),
        sparsity=1.0 - num_alive(mask_of(after)) / whole,
        weights=num_alive(mask_of(after)),
        hidden=require_prunable(after).hidden_size,
        masked_validation=part_loss(after, split.validation, settings),
        mask_distances=(),
    )
    return Searched(record, trained, after)


def share_of_units(share_of_weights: float) -> float:
    """The share of units that holds a share of the weights, most of which lie in hidden by hidden."""
    return 1.0 - math.sqrt(1.0 - share_of_weights)


def without_least_units(snapshot: Snapshot, part: Part, settings: Settings, share: float) -> Snapshot:
    """``snapshot`` without the ``share`` of units that is worth least, one at least; one unit stays."""
    hidden = require_prunable(snapshot).hidden_size
    count = min(hidden - 1, max(1, round(share * hidden)))
    heard = excerpt(part, round(LISTENING_SECONDS * snapshot.sample_rate))
    means = mean_states(snapshot, heard)
    least = np.argsort(worth(snapshot, heard, settings, means), kind="stable")[:count]
    for unit in least:
        snapshot = sent_by_biases(snapshot, int(unit), float(means[unit]))
    return with_units(snapshot, ~np.isin(np.arange(hidden), least))


def worth(snapshot: Snapshot, part: Part, settings: Settings, means: Doubles) -> Doubles:
    """The loss on ``part`` with each unit held at its mean, shape (hidden,)."""
    hidden = means.size
    without = [
        with_units(sent_by_biases(snapshot, unit, float(means[unit])), np.arange(hidden) != unit)
        for unit in range(hidden)
        if hidden > 1
    ]
    if not without:
        return np.zeros(hidden)
    return np.array([part_loss(smaller, part, settings) for smaller in without])


def mean_states(snapshot: Snapshot, part: Part) -> Doubles:
    """Each unit's mean h while ``part`` plays, shape (hidden,)."""
    every = np.concatenate([states(snapshot, dry) for dry in part.dry])
    means: Doubles = every.mean(axis=0, dtype=np.float64)
    return means


def excerpt(part: Part, samples: int) -> Part:
    """The loudest stretch of about ``samples`` in ``part``."""
    _, stretch, start = max(
        (float(np.square(wet[begin : begin + samples]).sum()), index, begin)
        for index, wet in enumerate(part.wet)
        for begin in range(0, max(1, wet.size - samples + 1), max(1, samples // 2))
    )
    cut = slice(start, start + samples)
    return Part((part.dry[stretch][cut],), (part.wet[stretch][cut],))
