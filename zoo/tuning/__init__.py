"""``tune`` as a person runs it: a capture in, a model in the registry and a folder with its picture out.

A training comes in two halves, so that many can run side by side (`zoo.batches`): `train` touches only its
own folder, `enter` the registry.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registry import Facts, Manifest, Registry
from registry.manifest import TrainingRecord
from zoo.capture import Capture
from zoo.errors import BadRequest, WriteError
from zoo.gate import admit
from zoo.preferences import preference
from zoo.snapshot import Snapshot
from zoo.tuning.folder import PICTURE, Plan, TrainingFolder, Wish
from zoo.tuning.parents import Remark, chosen_parent, suggested_parents, warm_start
from zoo.upkeep import open_index, update_fingerprints

__all__ = [
    "Plan",
    "Remark",
    "Trained",
    "TunedModel",
    "Wish",
    "chosen_parent",
    "enter",
    "suggested_parents",
    "train",
    "tune_capture",
    "warm_start",
]

if TYPE_CHECKING:
    from training.data import Split
    from training.placement import Device
    from training.settings import Settings
    from training.trainer import Trainer
    from training.tune import Tuned


@dataclass(frozen=True, eq=False)
class TunedModel:
    """What came of it.

    Attributes:
        manifest: of the model, as it stands in the registry.
        folder: config.json, model.safetensors, zoo.json and training.png.
        tuned: scores and learning curve.
    """

    manifest: Manifest
    folder: Path
    tuned: Tuned


@dataclass(frozen=True, eq=False)
class Trained:
    """A training that is done, before its model is entered in a registry.

    Attributes:
        folder: of the training.
        plan: of the training.
        settings: that it was run with.
        tuned: the model, its scores and learning curve.
        split: the capture's parts.
    """

    folder: TrainingFolder
    plan: Plan
    settings: Settings
    tuned: Tuned
    split: Split


def tune_capture(
    capture: Capture,
    parent: Snapshot | None,
    folder: Path,
    registry: Registry,
    settings: Settings,
    wish: Wish,
    plan: Plan,
    *,
    resume: bool = False,
    device: Device = "auto",
    remark: Remark = lambda _: None,
    on_validation: Callable[[Trainer], None] | None = None,
) -> TunedModel:
    """Fine-tune ``parent`` (None: from scratch) on ``capture`` and enter the result in the registry.

    Args:
        capture: with its dry signal, at the parent's sample rate.
        parent: the snapshot to start from.
        folder: where the model goes; must not exist unless ``resume``.
        registry: the child is entered here, with the parent's id if that is here too.
        settings: of the training.
        wish: what the child should be.
        plan: of the training that is resumed, or `Plan.of` a new one.
        resume: go on with the training that was interrupted in ``folder``.
        device: see `training.placement.chosen_device`.
        remark: hears what was decided on the way.
        on_validation: called after every validation.

    Raises:
        BadRequest: the folder is taken, there is nothing to resume, the parent does not fit the wish, or
            there is no such device.
        CaptureError: the capture cannot be trained on.
        StoreError: the disk is full or may not be written.
    """
    trained = train(
        capture, parent, folder, settings, wish, plan,
        resume=resume, device=device, remark=remark, on_validation=on_validation,
    )  # fmt: skip
    return enter(trained, registry)


def train(
    capture: Capture,
    parent: Snapshot | None,
    folder: Path,
    settings: Settings,
    wish: Wish,
    plan: Plan,
    *,
    resume: bool = False,
    device: Device = "auto",
    remark: Remark = lambda _: None,
    on_validation: Callable[[Trainer], None] | None = None,
) -> Trained:
    """The first half of `tune_capture`, with the same arguments and failures."""
    from training.datasets import split_capture
    from training.placement import chosen_device
    from training.settings import Settings
    from training.tune import tune

    split = split_capture(capture, seconds=plan.seconds)
    if split.how:
        remark(split.how)
    place = TrainingFolder(folder)
    if resume:
        start, settings = place.start(), Settings.from_json(plan.settings)
    else:
        plan = replace(plan, settings=settings.to_json())
        start = _begin(place, parent, split, settings, wish, plan, device, remark, on_validation)
    try:
        tuned = tune(
            start, split, settings, checkpoint=place.checkpoint, resume=resume and place.checkpoint.exists(),
            device=chosen_device(device, start.architecture), on_validation=on_validation,
        )  # fmt: skip
    except WriteError as error:
        raise WriteError(error.path, f"{error.reason}; free space, then resume") from error
    return Trained(place, plan, settings, replace(tuned, snapshot=_named(tuned.snapshot, plan.name)), split)


def enter(trained: Trained, registry: Registry, *, index: bool = True) -> TunedModel:
    """The second half of `tune_capture`: the model goes through the gate into the registry and the folder.

    Args:
        trained: from `train`.
        registry: where to.
        index: make the model known to `suggest` at once.

    Raises:
        RefusedModel: the gate refuses the model.
        StoreError: the disk is full or may not be written.
    """
    from training.plots import plot_training

    tuned, plan = trained.tuned, trained.plan
    parent_id = plan.parent if plan.parent != tuned.snapshot.digest else None
    facts = Facts(parent=parent_id, training=_record(tuned, trained.settings))
    manifest = admit(registry, tuned.snapshot, facts=facts)
    if index:
        update_fingerprints(registry)
        open_index(registry)
    picture = trained.folder.path / PICTURE
    plot_training(picture, manifest.name, tuned.history, tuned.snapshot, trained.split.test)
    trained.folder.finish(registry.store.folder(manifest.id), manifest.files)
    if not tuned.interrupted:
        trained.folder.clear()
    return TunedModel(manifest, trained.folder.path, tuned)


def _begin(
    place: TrainingFolder,
    parent: Snapshot | None,
    split: Split,
    settings: Settings,
    wish: Wish,
    plan: Plan,
    device: Device,
    remark: Remark,
    on_validation: Callable[[Trainer], None] | None,
) -> Snapshot:
    """Where training begins, kept in the folder with the plan so that a resumed training begins there too."""
    from training.placement import chosen_device
    from training.start import DEFAULT_ARCHITECTURE, starting_point

    if place.path.exists():
        raise BadRequest(
            f"{place.path} exists; choose another --out, or add --resume to go on with its training"
        )
    wanted = _architecture(parent, wish)
    student = wanted or (parent.architecture if parent else DEFAULT_ARCHITECTURE)
    start = starting_point(
        parent, split, settings, architecture=wanted, distil=wish.distil,
        device=chosen_device(device, student), remark=remark, on_validation=on_validation,
    )  # fmt: skip
    place.begin(start, plan)
    return start


def _architecture(parent: Snapshot | None, wish: Wish) -> Any:
    """What was asked for; None leaves it to the parent."""
    from training.start import DEFAULT_ARCHITECTURE
    from zoo.architecture import Recurrent

    if wish.hidden is None and wish.cell is None:
        return None
    like = (
        parent.architecture if parent and isinstance(parent.architecture, Recurrent) else DEFAULT_ARCHITECTURE
    )
    cell = wish.cell or like.cell
    return replace(like, cell=cell, hidden_size=wish.hidden or like.hidden_size, input_size=1)


def _named(snapshot: Snapshot, name: str) -> Snapshot:
    """The child under its own name: what the parent's file said of the parent is not said of the child."""
    of_the_parent = ("make", "model", "licence", "date", "loudness_db", "tone")
    author = preference("author")
    return snapshot.with_metadata(**{**dict.fromkeys(of_the_parent), "extra": {}}, author=author, name=name)


def _record(tuned: Tuned, settings: Settings) -> TrainingRecord:
    return TrainingRecord(
        data_seconds=tuned.data_seconds,
        seed=settings.seed,
        epochs=tuned.epochs,
        test_esr=tuned.scores.esr,
        test_emphasised_esr=tuned.scores.emphasised_esr,
        test_mr_stft=tuned.scores.mr_stft,
        losses=tuple((v.epoch, v.validation) for v in tuned.history if math.isfinite(v.validation)),
    )
