"""Models made: tuned from a parent, many at once, compared with others, pruned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from registry import Registry
from zoo.api.home import opened
from zoo.api.models import load_model
from zoo.upkeep import Progress

if TYPE_CHECKING:
    from training.placement import Device
    from training.pruning import SearchSettings
    from training.settings import Settings
    from training.trainer import Trainer
    from zoo.batches import Batch
    from zoo.batches import Listeners as BatchListeners
    from zoo.batches.plan import Request
    from zoo.comparing import Compared, Listeners
    from zoo.comparing.question import Question
    from zoo.pruning import Choice, PrunedModel
    from zoo.pruning import Listeners as PruningListeners
    from zoo.snapshot import Snapshot
    from zoo.studying.plan import StudyPlan
    from zoo.studying.report import Studied
    from zoo.studying.study import Listeners as StudyListeners
    from zoo.tuning import TunedModel, Wish


def tune(
    path: str | Path | None = None,
    *,
    dry: str | Path | None = None,
    wet: str | Path | None = None,
    parent: str = "auto",
    out: str | Path,
    settings: Settings | None = None,
    wish: Wish | None = None,
    resume: bool = False,
    device: Device = "auto",
    registry: Registry | None = None,
    remark: Callable[[str], None] = lambda _: None,
    progress: Progress | None = None,
    on_validation: Callable[[Trainer], None] | None = None,
) -> TunedModel:
    """Fine-tune a model on a capture and enter it in the zoo; see `zoo.tuning.tune_capture`.

    Args:
        path: the capture, as `zoo.capture.load_capture` takes it.
        dry: likewise.
        wet: likewise.
        parent: "auto" for the first suggestion, "scratch", or what `load_model` takes.
        out: folder for the model and its picture; must not exist unless ``resume``.
        settings: how to train.
        wish: what the child should be.
        resume: go on with the training that was interrupted in ``out``.
        device: where to train; see `training.placement.chosen_device`.
        registry: the user's own zoo when absent.
        remark: hears what was decided on the way.
        progress: hears of fingerprints that had to be computed first.
        on_validation: called after every validation.
    """
    from training.settings import Settings
    from zoo.capture import load_capture
    from zoo.tuning import Plan, Wish, tune_capture, warm_start

    settings, wish = settings or Settings(), wish or Wish()
    with opened(registry) as zoo:
        start, plan, capture = None, Plan.read(Path(out)) if resume else None, None
        parent_id = None
        if plan is None and parent == "auto":
            capture = load_capture(path, dry=dry, wet=wet)
            start, parent_id = warm_start(capture, wish, zoo, remark, progress)
        elif plan is None and parent != "scratch":
            start = load_model(parent, registry=zoo)
        rate = plan.sample_rate if plan else start.sample_rate if start else None
        if capture is None or (rate and rate != capture.sample_rate):
            capture = load_capture(path, dry=dry, wet=wet, sample_rate=rate)
        for finding in capture.findings:
            if finding.severity.value == "warning" or finding.code == "resampled":
                remark(finding.sentence)
        plan = plan or Plan.of(capture, start, wish)
        plan = replace(plan, parent=parent_id) if parent_id else plan
        return tune_capture(
            capture, start, Path(out), zoo, settings, wish, plan,
            resume=resume, device=device, remark=remark, on_validation=on_validation,
        )  # fmt: skip


def batch(
    request: Request | None,
    out: str | Path,
    *,
    threads: int | None = None,
    registry: Registry | None = None,
    listeners: BatchListeners | None = None,
) -> Batch:
    """Tune every capture from every parent, several at once; what is done already is not done again.

    Args:
        request: captures, parents and settings; None goes on with the batch in ``out``.
        out: folder of the batch.
        threads: trainings side by side; None is one for each processor.
        registry: the user's own zoo when absent.
        listeners: hear of progress.

    Raises:
        See `zoo.batches.planning.plan_batch` and `zoo.batches.run_batch`.
    """
    from zoo.batches import Listeners, run_batch
    from zoo.batches.planning import plan_batch

    listeners = listeners or Listeners()
    with opened(registry) as zoo:

        def load(name: str) -> Snapshot:
            return load_model(name, registry=zoo)

        plan = plan_batch(request, Path(out), zoo, load, listeners.remark, listeners.progress)
        return run_batch(plan, Path(out), zoo, threads=threads, listeners=listeners)


def compare(
    question: Question,
    out: str | Path,
    *,
    settings: Settings | None = None,
    registry: Registry | None = None,
    listeners: Listeners | None = None,
) -> Compared:
    """Train a capture from scratch and from parents, on several amounts of data: the transfer experiment.

    See `zoo.comparing.compare_starts`; what ``out`` already holds is not trained again.
    """
    from training.settings import Settings
    from zoo.comparing import compare_starts

    with opened(registry) as zoo:

        def load(model: str) -> Snapshot:
            return load_model(model, registry=zoo)

        return compare_starts(question, settings or Settings(), Path(out), zoo, load, listeners)


def prune(
    model: str | Path | Snapshot,
    path: str | Path | None = None,
    *,
    dry: str | Path | None = None,
    wet: str | Path | None = None,
    out: str | Path,
    name: str | None = None,
    seconds: float | None = None,
    settings: Settings | None = None,
    search: SearchSettings | None = None,
    choice: Choice | None = None,
    resume: bool = False,
    front: bool = False,
    registry: Registry | None = None,
    listeners: PruningListeners | None = None,
) -> PrunedModel:
    """Prune a model on the capture it was made of; see `zoo.pruning.prune_model`.

    Args:
        model: a snapshot, or what `load_model` takes; not looked at when ``resume``.
        path: the capture, as `zoo.capture.load_capture` takes it.
        dry: likewise.
        wet: likewise.
        out: folder for the search and the model; must not exist unless ``resume``.
        name: of the child; the model's own with "pruned" by default.
        seconds: train on so much; all by default.
        settings: how to train.
        search: the mask search.
        choice: which point of it is wanted.
        resume: go on with what was interrupted in ``out``, with its own settings.
        front: train distilled and direct models of the same sizes too, and take the best of all.
        registry: the user's own zoo when absent.
        listeners: hear of progress.
    """
    from training.pruning import SearchSettings
    from training.settings import Settings
    from zoo.capture import load_capture
    from zoo.pruning import Choice, prune_model
    from zoo.pruning.folder import PruningFolder, PruningPlan
    from zoo.snapshot import Snapshot

    with opened(registry) as zoo:
        if resume:
            plan, start = PruningFolder(Path(out)).plan(), PruningFolder(Path(out)).start()
        else:
            start = model if isinstance(model, Snapshot) else load_model(model, registry=zoo)
            plan = PruningPlan(
                name or f"{start.metadata.name or start.digest[:12]} pruned", start.sample_rate, start.digest,
                seconds, (settings or Settings()).to_json(), (search or SearchSettings()).to_json(),
            )  # fmt: skip
        capture = load_capture(path, dry=dry, wet=wet, sample_rate=start.sample_rate)
        return prune_model(
            capture, start, plan, Path(out), zoo, choice or Choice(),
            resume=resume, front=front, listeners=listeners,
        )  # fmt: skip


def study(
    out: str | Path,
    *,
    devices: Sequence[str] = (),
    captures: Sequence[Path] = (),
    sizes: Sequence[int] = (96, 64, 32),
    plan: StudyPlan | None = None,
    report_only: bool = False,
    listeners: StudyListeners | None = None,
) -> Studied:
    """Do the experiments of the pruning paper, as far as ``out`` does not hold them, and report.

    Args:
        out: folder of the study; `zoo.studying.study.run_study` says what may be wrong with it.
        devices: by name, as `zoo.studying.devices.chosen_devices` takes them; all by default.
        captures: of the user's own devices.
        sizes: hidden sizes, in the order they are trained.
        plan: how to train.
        report_only: train nothing.
        listeners: hear of progress.
    """
    from zoo.studying.devices import chosen_devices
    from zoo.studying.plan import StudyPlan
    from zoo.studying.report import report_on
    from zoo.studying.study import Listeners, run_study

    plan, listeners, done = plan or StudyPlan(), listeners or Listeners(), True
    if not report_only:
        chosen = chosen_devices(devices, captures, plan.seconds)
        done = run_study(chosen, sizes, plan, Path(out), listeners)
    return report_on(Path(out), interrupted=not done, remark=listeners.remark)
