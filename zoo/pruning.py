"""``prune`` as a person runs it: a model and its capture in, a smaller model and its search out.

The mask search leaves a point after every iteration; the points that were chosen are trained anew under their
masks, and lose their useless units by a removal that is proved equal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.capture import Capture
from zoo.errors import BadRequest
from zoo.pruning_choice import Choice, allowed_loss, candidates
from zoo.pruning_folder import PruningFolder, PruningPlan
from zoo.snapshot import Snapshot
from zoo.training_folder import Plan, TrainingFolder
from zoo.tuning import Trained, TunedModel, enter

if TYPE_CHECKING:
    from registry import Registry
    from training.data import Split
    from training.pruning import Iteration, Pruned
    from training.settings import Settings
    from training.trainer import Trainer

__all__ = ["Choice", "Listeners", "PrunedModel", "PruningPlan", "prune_model"]

# A copy scores 0, silence about 0.75. A model that misses by this much was not made of this capture's device.
OTHER_DEVICE = 0.5


@dataclass(frozen=True, eq=False)
class Listeners:
    """Who hears of progress.

    Attributes:
        remark: of what was decided.
        epoch: of every epoch of the search: iteration, trainer, mask distance.
        iteration: of every finished iteration.
        validation: of every validation while a point is retrained: the point and the trainer.
    """

    remark: Callable[[str], None] = lambda _: None
    epoch: Callable[[int, Trainer, float], None] = lambda *_: None
    iteration: Callable[[Iteration], None] = lambda _: None
    validation: Callable[[int, Trainer], None] = lambda *_: None


@dataclass(frozen=True, eq=False)
class PrunedModel:
    """What came of it.

    Attributes:
        model: as `zoo.tuning.tune_capture` gives it: manifest, folder, scores.
        pruned: the model, and what was removed.
        point: the iteration that it comes from.
        records: of the search.
        unpruned_esr: of the trained model before any pruning, on the test part.
        within: the validation loss stays within the increase that was allowed.
    """

    model: TunedModel
    pruned: Pruned
    point: int
    records: list[Iteration]
    unpruned_esr: float
    within: bool


def prune_model(
    capture: Capture,
    start: Snapshot,
    plan: PruningPlan,
    folder: Path,
    registry: Registry,
    choice: Choice,
    *,
    resume: bool = False,
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
        listeners: hear of progress.

    Raises:
        BadRequest: the folder is taken, the model cannot be pruned or is minimal, the capture is of another
            device, or no point meets the choice.
        CaptureError: the capture cannot be trained on.
        StoreError: the disk is full or may not be written.
    """
    from training.checkpoint import data_digest
    from training.datasets import split_capture
    from training.pruning.masks import require_prunable
    from training.settings import Settings

    require_prunable(start)
    split, settings = split_capture(capture, seconds=plan.seconds), Settings.from_json(plan.settings)
    listeners, place = listeners or Listeners(), PruningFolder(folder)
    data = data_digest(split)
    if not resume:
        _check(start, split, settings, plan)
        place.begin(start, replace(plan, data=data))
    elif plan.data != data:
        raise BadRequest(f"{folder} was begun with another capture; resume with its own")
    records = _search(place, start, split, settings, plan, listeners)
    return _finish(place, records, split, settings, plan, registry, choice, listeners)


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


def _finish(
    place: PruningFolder,
    records: list[Iteration],
    split: Split,
    settings: Settings,
    plan: PruningPlan,
    registry: Registry,
    choice: Choice,
    listeners: Listeners,
) -> PrunedModel:
    """Retrain the candidates until one is good enough, and enter it."""
    from training.pruning import mask_of, retrained
    from training.tune import scores

    limit, best = allowed_loss(records, choice), None
    for number in candidates(records, choice, lambda n: _rtf(place, n)):

        def heard(trainer: Trainer, number: int = number) -> None:
            listeners.validation(number, trainer)

        found = retrained(
            place.point(number),
            split,
            settings,
            weights_before=sum(array.size for array in mask_of(place.start()).values()),
            checkpoint=place.checkpoint(number),
            on_validation=heard,
        )
        if best is None or found.validation < best[1].validation:
            best = number, found
        if found.validation <= limit or choice.is_bounded:
            best = number, found
            break
        listeners.remark(f"point {number} keeps a loss of {found.validation:.4f}, above {limit:.4f}")
    assert best is not None
    number, pruned = best
    _say(pruned, listeners)
    model = enter(_trained(place, pruned, split, settings, plan), registry)
    unpruned = scores(place.point(0), split.test).esr
    return PrunedModel(model, pruned, number, records, unpruned, pruned.validation <= limit)


def _trained(
    place: PruningFolder, pruned: Pruned, split: Split, settings: Settings, plan: PruningPlan
) -> Trained:
    """The pruned model as a training that is done."""
    from training.tune import Tuned

    name: dict[str, Any] = {
        **dict.fromkeys(("author", "make", "model", "date", "loudness_db")),
        "extra": {},
        "name": plan.name,
    }
    tuned = Tuned(
        snapshot=pruned.snapshot.with_metadata(**name),
        start=place.start(),
        history=pruned.history,
        scores=pruned.scores,
        epochs=pruned.epochs,
        data_seconds=split.train.samples / split.sample_rate,
    )
    training = Plan(plan.name, plan.sample_rate, plan.parent, plan.seconds, plan.settings)
    return Trained(TrainingFolder(place.path), training, settings, tuned, split)


def _say(pruned: Pruned, listeners: Listeners) -> None:
    removal = pruned.removal
    listeners.remark(
        f"{removal.dead} units that nobody hears were removed and {removal.constant} constant ones became "
        f"biases; {removal.snapshot.architecture} is left, proved equal on noise and on the capture"
    )
    if removal.settling_samples:
        seconds = removal.settling_samples / removal.snapshot.sample_rate
        listeners.remark(
            f"the start may differ for {1000 * seconds:.1f} ms, until the constants would settle"
        )


def _rtf(place: PruningFolder, number: int) -> float:
    from training.pruning import without_dead_units
    from zoo.benching import real_time_factor

    return real_time_factor(without_dead_units(place.point(number)).snapshot)
