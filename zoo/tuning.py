"""``tune`` as a person runs it: a capture in, a model in the registry and a folder with its picture out.

The folder holds a checkpoint while training runs, so that it can be interrupted and resumed.
"""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from registry import Facts, Filter, Manifest, Registry
from registry.manifest import TrainingRecord
from zoo.capture import Capture
from zoo.errors import BadRequest, StoreError
from zoo.files import write_atomically
from zoo.formats import native
from zoo.gate import admit
from zoo.snapshot import Snapshot
from zoo.suggesting import suggest_from
from zoo.upkeep import Progress, open_index, update_fingerprints

if TYPE_CHECKING:
    from training.data import Split
    from training.settings import Settings
    from training.trainer import Trainer
    from training.tune import Tuned

CHECKPOINT, START, PLAN, PICTURE = "checkpoint.safetensors", "start", "plan.json", "training.png"

Remark = Callable[[str], None]


@dataclass(frozen=True)
class Wish:
    """What the child should be.

    Attributes:
        name: in the zoo; the capture's by default.
        hidden: units; the parent's by default, 20 from scratch.
        cell: "LSTM" or "GRU"; the parent's by default, LSTM from scratch.
        distil: a parent of another size teaches a student first, instead of being refused.
        seconds: how much to train on; all by default.
    """

    name: str | None = None
    hidden: int | None = None
    cell: Literal["LSTM", "GRU"] | None = None
    distil: bool = False
    seconds: float | None = None


@dataclass(frozen=True)
class Plan:
    """What a resumed training must know beside its checkpoint; kept in the folder while training runs."""

    name: str
    sample_rate: int
    parent: str | None = None
    seconds: float | None = None

    @classmethod
    def of(cls, capture: Capture, parent: Snapshot | None, wish: Wish) -> Plan:
        """The plan of a new training."""
        name, parent_id = wish.name or capture.name, parent.digest if parent else None
        return cls(name, capture.sample_rate, parent_id, wish.seconds)

    @classmethod
    def read(cls, folder: Path) -> Plan:
        """The plan of an interrupted training.

        Raises:
            BadRequest: there is none in ``folder``.
        """
        try:
            return cls(**json.loads((folder / PLAN).read_bytes()))
        except (OSError, ValueError, TypeError) as error:
            raise BadRequest(
                f"{folder} holds no interrupted training; leave out --resume to begin one"
            ) from error


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


def chosen_parent(
    capture: Capture, wish: Wish, registry: Registry, remark: Remark, progress: Progress | None = None
) -> Snapshot | None:
    """The first suggestion among recurrent models of the wanted kind and size; None is "from scratch".

    Any size will do where the wish says to distil. WaveNets are left out: they train an order slower.

    Raises:
        CaptureError: there is no dry signal to train on.
    """
    from training.data import require_dry

    require_dry(capture)
    hidden = None if wish.distil else wish.hidden
    wanted = Filter(arch=wish.cell or "LSTM", hidden=hidden)
    answer = suggest_from(registry, capture, 1, wanted, progress)
    parents = answer.suggestion.parents
    if not parents or answer.suggestion.advice == "train from scratch":
        remark(f"no model among {answer.choice} promises to help; training starts from scratch")
        return None
    model = answer.models[parents[0].id]
    remark(f"starting from {model.name} ({model.short_id}), the first of {answer.choice}")
    return registry.load(model.id)


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
        resume: go on with the training whose checkpoint lies in ``folder``.
        remark: hears what was decided on the way.
        on_validation: called after every validation.

    Raises:
        BadRequest: the folder is taken, there is nothing to resume, or the parent does not fit the wish.
        CaptureError: the capture cannot be trained on.
        StoreError: the disk is full or may not be written.
    """
    from training.datasets import split_capture
    from training.tune import tune

    split = split_capture(capture, seconds=plan.seconds)
    if split.how:
        remark(split.how)
    start = (
        native.read(folder / START)
        if resume
        else _begin(folder, parent, split, settings, wish, plan, remark, on_validation)
    )
    tuned = tune(
        start, split, settings, checkpoint=folder / CHECKPOINT, resume=resume, on_validation=on_validation
    )
    named = tuned.snapshot.with_metadata(
        **{
            **dict.fromkeys(("author", "make", "model", "licence", "date", "loudness_db", "tone")),
            "extra": {},
        },
        name=plan.name,
    )
    tuned = replace(tuned, snapshot=named)
    manifest = _enter(tuned, plan, registry, settings)
    _write_folder(tuned, manifest, folder, registry, split)
    return TunedModel(manifest, folder, tuned)


def _begin(
    folder: Path,
    parent: Snapshot | None,
    split: Split,
    settings: Settings,
    wish: Wish,
    plan: Plan,
    remark: Remark,
    on_validation: Callable[[Trainer], None] | None,
) -> Snapshot:
    """Where training begins, kept in the folder with the plan so that a resumed training begins there too."""
    from training.start import starting_point

    if folder.exists():
        raise BadRequest(f"{folder} exists; choose another --out, or add --resume to go on with its training")
    start = starting_point(
        parent,
        split,
        settings,
        architecture=_architecture(parent, wish),
        distil=wish.distil,
        remark=remark,
        on_validation=on_validation,
    )
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise StoreError(f"{folder} cannot be made ({error.strerror}); choose another --out") from error
    native.write(start, folder / START)
    write_atomically(folder / PLAN, json.dumps(asdict(plan), indent=2).encode())
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


def _enter(tuned: Tuned, plan: Plan, registry: Registry, settings: Settings) -> Manifest:
    record = TrainingRecord(
        data_seconds=tuned.data_seconds,
        seed=settings.seed,
        epochs=tuned.epochs,
        test_esr=tuned.scores.esr,
        test_emphasised_esr=tuned.scores.emphasised_esr,
        test_mr_stft=tuned.scores.mr_stft,
        losses=tuple((v.epoch, v.validation) for v in tuned.history if math.isfinite(v.validation)),
    )
    parent_id = plan.parent if plan.parent != tuned.snapshot.digest else None
    manifest = admit(registry, tuned.snapshot, facts=Facts(parent=parent_id, training=record))
    update_fingerprints(registry)
    open_index(registry)
    return manifest


def _write_folder(tuned: Tuned, manifest: Manifest, folder: Path, registry: Registry, split: Split) -> None:
    from training.plots import plot_training

    stored = registry.store.folder(manifest.id)
    for name in (*manifest.files, "zoo.json"):
        shutil.copyfile(stored / name, folder / name)
    plot_training(folder / PICTURE, manifest.name, tuned.history, tuned.snapshot, split.test)
    if not tuned.interrupted:
        for name in (CHECKPOINT, PLAN):
            (folder / name).unlink(missing_ok=True)
        shutil.rmtree(folder / START, ignore_errors=True)
