"""The second half of a pruning: chosen points of a search are trained anew, and one of them is entered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zoo.errors import BadRequest
from zoo.pruning.choice import Choice, allowed_loss, candidates
from zoo.pruning.folder import PruningFolder, PruningPlan
from zoo.tuning import Trained, TunedModel, enter
from zoo.tuning.folder import Plan, TrainingFolder

if TYPE_CHECKING:
    from registry import Registry
    from training.data import Split
    from training.pruning import Iteration, Pruned
    from training.pruning.front import Entry
    from training.settings import Settings
    from training.trainer import Trainer


@dataclass(frozen=True, eq=False)
class Listeners:
    """Who hears of progress.

    Attributes:
        remark: of what was decided.
        epoch: of every epoch of the search: iteration, trainer, mask distance.
        iteration: of every finished iteration.
        validation: of every validation of a full training: what is trained, and the trainer.
    """

    remark: Callable[[str], None] = lambda _: None
    epoch: Callable[[int, Trainer, float], None] = lambda *_: None
    iteration: Callable[[Iteration], None] = lambda _: None
    validation: Callable[[str, Trainer], None] = lambda *_: None


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
        front: all models of the front, if one was asked for.
        kind: "pruned"; of a front's best choice it may be another.
    """

    model: TunedModel
    pruned: Pruned
    point: int | None
    records: list[Iteration]
    unpruned_esr: float
    within: bool
    front: tuple[Entry, ...] = ()
    kind: str = "pruned"


@dataclass(frozen=True, eq=False)
class Job:
    """A search that is done, and what to make of it."""

    place: PruningFolder
    records: list[Iteration]
    split: Split
    settings: Settings
    plan: PruningPlan
    registry: Registry
    choice: Choice
    listeners: Listeners

    def enter(self, pruned: Pruned, point: int | None, **facts: Any) -> PrunedModel:
        """The model in the registry and in the folder."""
        from training.tune import scores

        _say(pruned, self.listeners)
        model = enter(_trained(self.place, pruned, self.split, self.settings, self.plan), self.registry)
        unpruned = scores(self.place.point(0), self.split.test).esr
        limit = allowed_loss(self.records, self.choice)
        within = pruned.validation <= limit
        if not within:
            self.listeners.remark(
                f"the validation loss is {pruned.validation:.4f}, beyond the {limit:.4f} that was allowed"
            )
        return PrunedModel(model, pruned, point, self.records, unpruned, within, **facts)


def finish_with_front(job: Job) -> PrunedModel:
    """All kinds of models of a few sizes, and the best of them entered."""
    from zoo.pruning.front import chosen, contenders, write_front

    found = contenders(job.place, job.records, job.split, job.settings, job.listeners.validation)
    best = chosen(found, job.records, job.choice)
    write_front(job.place, job.plan.name, found, best)
    if best is None:
        raise BadRequest(
            f"no model of the front fits the budget; {job.place.path / 'front.csv'} has them all"
        )
    front = tuple(contender.entry for contender in found)
    return job.enter(best.pruned, best.point, front=front, kind=best.entry.kind)


def finish(job: Job) -> PrunedModel:
    """Retrain the candidates until one is good enough, and enter it."""
    from training.pruning import mask_of, retrained

    place, records, choice, listeners = job.place, job.records, job.choice, job.listeners
    limit, best = allowed_loss(records, choice), None
    for number in candidates(records, choice, lambda n: _rtf(place, n)):

        def heard(trainer: Trainer, number: int = number) -> None:
            listeners.validation(f"point {number}", trainer)

        found = retrained(
            place.point(number),
            job.split,
            job.settings,
            weights_before=sum(array.size for array in mask_of(place.start()).values()),
            checkpoint=place.checkpoint(f"{number:02d}"),
            on_validation=heard,
        )
        if best is None or found.validation < best[1].validation:
            best = number, found
        if found.validation <= limit or choice.is_bounded:
            best = number, found
            break
        listeners.remark(f"point {number} keeps a loss of {found.validation:.4f}, above {limit:.4f}")
    assert best is not None
    return job.enter(best[1], best[0])


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
