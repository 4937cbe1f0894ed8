"""``prune`` as a person runs it: a model and its capture in, a smaller model and its search out.

The mask search leaves a point after every iteration; the points that were chosen are trained anew under their
masks, and lose their useless units by a removal that is proved equal.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from zoo.capture import Capture
from zoo.errors import BadRequest
from zoo.matching import matched
from zoo.pruning.choice import Choice
from zoo.pruning.finish import Job, Listeners, PrunedModel, finish, finish_with_front
from zoo.pruning.folder import PruningFolder, PruningPlan
from zoo.snapshot import Snapshot

if TYPE_CHECKING:
    from registry import Registry
    from training.data import Split
    from training.pruning import Iteration
    from training.settings import Settings
    from training.trainer import Trainer

__all__ = ["Choice", "Listeners", "PrunedModel", "PruningPlan", "prune_model"]

# A copy scores 0, silence about 0.75. A model that misses by this much was not made of this capture's device.
OTHER_DEVICE = 0.35


def prune_model(
    capture: Capture,
    start: Snapshot,
    plan: PruningPlan,
    folder: Path,
    registry: Registry,
    choice: Choice,
    *,
    resume: bool = False,
    front: bool = False,
    listeners: Listeners | None = None,
) -> PrunedModel:
    """Prune ``start`` on the capture it was made of, and enter the result in the registry.

    Args:
        capture: with its dry signal, at the model's sample rate.
        start: an LSTM or GRU of one layer.
        plan: of the pruning; of a resumed one, the folder's.
        folder: where everything goes; must not exist unless ``resume``.
        registry: where the child is entered.
        choice: which point of the search is wanted.
        resume: go on with what was interrupted in ``folder``.
        front: train distilled and direct models of the same sizes too, and take the best of all.
        listeners: hear of progress.

    Raises:
        BadRequest: the folder is taken, the model cannot be pruned or is minimal, the capture is of another
            device, or no point meets the choice.
        CaptureError: the capture cannot be trained on.
        StoreError: the disk is full or may not be written.
    """
    from training.checkpoint import data_digest
    from training.data import require_dry
    from training.datasets import split_capture
    from training.pruning.front import plot_search
    from training.pruning.masks import require_prunable
    from training.settings import Settings

    require_prunable(start)
    require_dry(capture)
    listeners, place = listeners or Listeners(), PruningFolder(folder)
    capture, remark = matched(capture, start)
    if remark:
        listeners.remark(remark)
    split, settings = split_capture(capture, seconds=plan.seconds), Settings.from_json(plan.settings)
    data = data_digest(split)
    if not resume:
        _check(start, split, settings, plan)
        place.begin(start, replace(plan, data=data))
    elif plan.data != data:
        raise BadRequest(f"{folder} was begun with another capture; resume with its own")
    records = _search(place, start, split, settings, plan, listeners)
    plot_search(folder / "search.png", plan.name, records)
    job = Job(place, records, split, settings, plan, registry, choice, listeners)
    return finish_with_front(job) if front else finish(job)


def _check(start: Snapshot, split: Split, settings: Settings, plan: PruningPlan) -> None:
    """Refuse what pruning can only spoil."""
    from training.pruning import SearchSettings, mask_of
    from training.pruning.masks import num_alive, require_prunable
    from training.trainer import part_loss

    alive, ratio = num_alive(mask_of(start)), SearchSettings(**plan.search).ratio
    if require_prunable(start).hidden_size == 1 or round(ratio * alive) == 0:
        raise BadRequest(
            f"the model is minimal already: {start.architecture} with {alive} weights that could be pruned"
        )
    loss = part_loss(start, split.validation, settings)
    if not loss < OTHER_DEVICE:
        raise BadRequest(
            f"the model misses this capture by a loss of {loss:.2f} (a copy: 0, silence: about 0.75), so it "
            "is of another device; give the capture that it was made of, or tune it to this one first"
        )


def _search(
    place: PruningFolder,
    start: Snapshot,
    split: Split,
    settings: Settings,
    plan: PruningPlan,
    listeners: Listeners,
) -> list[Iteration]:
    """All iterations of the mask search; what the folder holds is not done again."""
    from training.pruning import SearchSettings, search_iteration

    search, records = SearchSettings(**plan.search), place.records()
    for number in range(len(records) + 1, search.iterations + 1):
        before = place.point(number - 1) if records else start

        def heard(trainer: Trainer, distance: float, number: int = number) -> None:
            listeners.epoch(number, trainer, distance)

        found = search_iteration(number, before, start, split, settings, search, heard)
        if number == 1:
            if not found.record.validation < OTHER_DEVICE:
                raise BadRequest(
                    f"the loss rose to {found.record.validation:.2f} before anything was pruned; lower the "
                    "learning rate, or give the capture that the model was made of"
                )
            place.keep(0, found.trained)
        place.keep(number, found.pruned)
        records.append(found.record)
        place.write(records)
        listeners.iteration(found.record)
    return records
