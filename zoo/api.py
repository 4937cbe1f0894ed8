"""What the command line and ``import zoo`` offer: the registry, the recommender and training, joined.

The three packages know nothing of each other; whatever needs two of them stands here. Heavy imports happen
inside the functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from registry import Facts, Filter, Manifest, Registry
from registry.entering import Imported
from registry.importing import import_files
from registry.models import ModelList
from registry.starter import install_starter
from zoo.engine import processors
from zoo.errors import BadRequest
from zoo.gate import at_the_gate
from zoo.recording import list_circuits as list_circuits
from zoo.recording import record_circuit as record_circuit
from zoo.recording import write_capture_signal as write_capture_signal
from zoo.suggesting import Answer, suggest_from
from zoo.upkeep import Progress, open_index, update_fingerprints

if TYPE_CHECKING:
    from registry.collections import Collection
    from training.placement import Device
    from training.pruning import SearchSettings
    from training.settings import Settings
    from training.trainer import Trainer
    from zoo.batch_plan import Request
    from zoo.batches import Batch
    from zoo.batches import Listeners as BatchListeners
    from zoo.capture import Capture
    from zoo.comparing import Compared, Listeners
    from zoo.comparing_question import Question
    from zoo.evaluating_report import Evaluated
    from zoo.exporting import Exported
    from zoo.hub.pulling import Sought
    from zoo.hub.pushing import Pushed
    from zoo.pruning import Choice, PrunedModel
    from zoo.pruning import Listeners as PruningListeners
    from zoo.rendering import Rendered
    from zoo.snapshot import Snapshot
    from zoo.tuning import TunedModel, Wish

STARTER = Path(__file__).resolve().parent / "starter"


def open_registry(home: str | Path | None = None, *, remark: Callable[[str], None] | None = None) -> Registry:
    """The zoo on this machine, with the starter zoo in it from the first use on.

    Args:
        home: the zoo's folder; ``ZOO_HOME`` or the user's data folder when absent.
        remark: hears what a person should know, such as that a damaged catalogue was rebuilt.

    Raises:
        StoreError: the zoo can be neither read nor made.
    """
    registry = Registry(home, remark=remark)
    install_starter(registry, STARTER)
    return registry


@contextmanager
def _opened(registry: Registry | None) -> Iterator[Registry]:
    """``registry`` itself, or the user's own for as long as it is needed."""
    if registry is not None:
        yield registry
        return
    with open_registry() as own:
        yield own


def list_models(wanted: Filter | None = None, *, registry: Registry | None = None) -> ModelList:
    """The models that fit, sorted by name; ``.to_dataframe()`` makes a pandas DataFrame of them."""
    with _opened(registry) as zoo:
        return ModelList(zoo.list(wanted))


def search_models(
    query: str, wanted: Filter | None = None, *, registry: Registry | None = None
) -> list[Manifest]:
    """The models whose names, device, gain class, tone or architecture hold every word of ``query``."""

    def text(model: Manifest) -> str:
        said = (*model.names, str(model.device), model.device.kind, model.gain_class, *model.tone)
        return " ".join(filter(None, (*said, model.architecture, model.author))).casefold()

    words = query.casefold().split()
    return [model for model in list_models(wanted, registry=registry) if all(w in text(model) for w in words)]


def import_models(
    paths: Iterable[str | Path],
    *,
    registry: Registry | None = None,
    facts: Facts | None = None,
    progress: Progress | None = None,
) -> list[Imported]:
    """Import model files and whole folders of them, each through the gate (see `zoo.gate`).

    The gate measures a model and computes the fingerprint that `suggest` needs. Every model is stored as soon
    as it has passed: an interruption keeps what is done, and doing it again does only the rest.

    Args:
        paths: model files, native folders, and folders to search for them.
        registry: where to; the user's own zoo when absent.
        facts: what is known of all of these models, where their files do not say it.
        progress: hears of every file.

    Raises:
        BadRequest: nothing among ``paths`` could be a model.
        StoreError: the zoo cannot be written; what was imported before stays.
    """

    def report(done: int, total: int) -> None:
        if progress is not None:
            progress("listening", done, total)

    with _opened(registry) as zoo:
        with at_the_gate(zoo) as gate:
            steps = import_files(zoo, paths, facts=facts, gate=gate, threads=processors(), progress=report)
            imported = list(steps)
        update_fingerprints(zoo, progress=progress)
        open_index(zoo)
    return imported


def pull_collection(
    collection: str | Collection,
    *,
    only: str | None = None,
    wanted: Filter | None = None,
    registry: Registry | None = None,
    mirror: str | None = None,
    progress: Progress | None = None,
) -> list[Imported]:
    """Fetch models of a public collection into the zoo; see `zoo.pulling.pull_files`.

    Args:
        collection: one of `registry.collections.collections`, or its name.
        only: a pattern with ``*`` and ``?`` for the path or the name of the files.
        wanted: only files that fit.
        registry: where to; the user's own zoo when absent.
        mirror: asked in place of the collection's hosts; TONEZOO_MIRROR when absent.
        progress: hears of bytes and of models.

    Raises:
        BadRequest: there is no such collection, or nothing in it fits.
        StoreError: the zoo cannot be written; what was pulled before stays.
    """
    from registry.collections import collection as named
    from zoo.pulling import pull_files

    chosen = named(collection) if isinstance(collection, str) else collection
    files = chosen.choose(wanted, only)
    if not files:
        raise BadRequest(
            f"nothing in {chosen.name} fits; `zoo collections {chosen.name}` shows what there is"
        )
    with _opened(registry) as zoo:
        verdicts = list(pull_files(zoo, chosen, files, mirror=mirror, progress=progress))
        update_fingerprints(zoo, progress=progress)
        open_index(zoo)
    return verdicts


def pull_from_hub(
    wanted: Sequence[Sought],
    *,
    registry: Registry | None = None,
    lock: str | Path | None = None,
    offline: bool = False,
    progress: Progress | None = None,
) -> list[Imported]:
    """Fetch models from the Hugging Face Hub into the zoo; see `zoo.hub.pulling.pull_repos`.

    Args:
        wanted: which models; see `zoo.hub.pulling`.
        registry: where to; the user's own zoo when absent.
        lock: a lockfile to note them in.
        offline: take them from the Hub client's cache alone.
        progress: hears of models.

    Raises:
        StoreError: the zoo cannot be written; what was pulled before stays.
    """
    from zoo.hub.client import HubClient
    from zoo.hub.pulling import pull_repos

    client, path = HubClient(offline=offline), Path(lock) if lock is not None else None
    with _opened(registry) as zoo:
        verdicts = list(pull_repos(zoo, wanted, client, progress=progress, lock=path))
        update_fingerprints(zoo, progress=progress)
        open_index(zoo)
    return verdicts


def push_model(
    model: str,
    repo: str,
    *,
    licence: str | None = None,
    private: bool | None = None,
    capture: Capture | None = None,
    dry_run: bool = False,
    registry: Registry | None = None,
    remark: Callable[[str], None] = lambda _: None,
) -> Pushed:
    """Share a model of the zoo on the Hugging Face Hub; see `zoo.hub.pushing.push_bundle`.

    Args:
        model: name or id.
        repo: owner/name; made where there is none.
        licence: an SPDX id; the model's own when absent.
        private: None makes a new repository public and takes one that is there as it is.
        capture: the samples are taken from it; synthetic playing when absent.
        dry_run: make all files, ask nobody, upload nothing.
        registry: the user's own zoo when absent.
        remark: hears which plugins cannot hold the model.

    Raises:
        NotInZoo: there is no such model.
        BadRequest: no licence is known, somebody else pushed meanwhile, or the token does not allow it.
        NetworkError: the Hub cannot be reached.
    """
    from zoo.hub.address import Address, checked_repo
    from zoo.hub.bundle import bundle
    from zoo.hub.client import HubClient
    from zoo.hub.pushing import Pushed, push_bundle

    address = Address(checked_repo(repo))
    with _opened(registry) as zoo:
        made = bundle(zoo, zoo.find(model), address, licence=licence, capture=capture, remark=remark)
        if dry_run:
            files = {path: len(data) for path, data in made.with_card().items()}
            return Pushed(repo, "", files, new=False)
        return push_bundle(zoo, made, HubClient(), private=private)


def push_zoo(
    repo: str,
    wanted: Filter | None = None,
    *,
    private: bool | None = None,
    dry_run: bool = False,
    registry: Registry | None = None,
    remark: Callable[[str], None] = lambda _: None,
    progress: Progress | None = None,
) -> Pushed:
    """Share many models in one repository, with vectors to search by; see `zoo.hub.shelving.shelf_of`.

    Args:
        repo: owner/name; made where there is none.
        wanted: only models that fit.
        private: as in `push_model`.
        dry_run: make all files, ask nobody, upload nothing.
        registry: the user's own zoo when absent.
        remark: hears which models are left out, for want of a licence or a fingerprint.
        progress: hears of fingerprints that had to be computed first.

    Raises:
        BadRequest: nothing is left to push, or as in `push_model`.
        NetworkError: the Hub cannot be reached.
    """
    from zoo.hub.address import Address, checked_repo
    from zoo.hub.client import HubClient
    from zoo.hub.pushing import Pushed, push_shelf
    from zoo.hub.shelving import shelf_of

    with _opened(registry) as zoo:
        update_fingerprints(zoo, progress=progress)
        made = shelf_of(zoo, zoo.list(wanted), Address(checked_repo(repo)), remark)
    if dry_run:
        return Pushed(repo, "", {path: len(data) for path, data in made.with_card().items()}, new=False)
    return push_shelf(made, HubClient(), private=private)


def suggest(
    capture: Capture,
    *,
    k: int = 5,
    wanted: Filter | None = None,
    registry: Registry | None = None,
    progress: Progress | None = None,
    quick: bool = False,
) -> Answer:
    """Which models to start from for a capture (see `zoo.capture.load_capture`), best first.

    Args:
        capture: dry and wet, or wet alone.
        k: how many to suggest.
        wanted: only models that fit.
        registry: where they are; the user's own zoo when absent.
        progress: hears of fingerprints that had to be computed first.
        quick: do not tune the most promising for a moment; the order is less sure.

    Raises:
        BadRequest: ``k`` is below 1.
        EngineMissing: the native engine is not installed.
        StoreError: the zoo cannot be read.
    """
    with _opened(registry) as zoo:
        return suggest_from(zoo, capture, k, wanted, progress, quick=quick)


def load_model(model: str | Path, *, registry: Registry | None = None) -> Snapshot:
    """A model by its file or folder, or by its name or id in the zoo; a file of that name comes first.

    Raises:
        ModelFileError: the file or folder holds no model that can be read.
        NotInZoo: there is no such file, and no model of that name or id, or several.
    """
    from zoo.formats import read_model

    if Path(model).exists():
        return read_model(Path(model))
    with _opened(registry) as zoo:
        return zoo.load(str(model))


def render_file(
    model: str | Path | Snapshot,
    source: str | Path,
    target: str | Path,
    *,
    knobs: Sequence[float] | None = None,
    gain_db: float = 0.0,
    registry: Registry | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Rendered:
    """Play an audio file through a model; see `zoo.rendering.render_file` and `load_model`."""
    from zoo.rendering import render_file as play
    from zoo.snapshot import Snapshot

    snapshot = model if isinstance(model, Snapshot) else load_model(model, registry=registry)
    return play(snapshot, source, target, knobs=knobs, gain_db=gain_db, progress=progress)


def export_model(
    model: str | Path | Snapshot,
    to: str,
    out: str | Path | None = None,
    *,
    registry: Registry | None = None,
) -> Exported:
    """Write a model for a player; see `zoo.exporting.export_model` and `load_model`.

    Args:
        model: a snapshot, or what `load_model` takes.
        to: the player: "proteus", "aidax", "rtneural", "nam", "onnx" or "bela".
        out: the file; by default the model's name and the player's extension, in the current folder.
        registry: the user's own zoo when absent.
    """
    from zoo.exporting import export_model as write
    from zoo.exporting import file_name
    from zoo.snapshot import Snapshot

    snapshot = model if isinstance(model, Snapshot) else load_model(model, registry=registry)
    return write(snapshot, to, out if out is not None else file_name(snapshot, model))


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
    with _opened(registry) as zoo:
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
    from zoo.pruning_folder import PruningFolder, PruningPlan
    from zoo.snapshot import Snapshot

    with _opened(registry) as zoo:
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
        See `zoo.batch_planning.plan_batch` and `zoo.batches.run_batch`.
    """
    from zoo.batch_planning import plan_batch
    from zoo.batches import Listeners, run_batch

    listeners = listeners or Listeners()
    with _opened(registry) as zoo:

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

    with _opened(registry) as zoo:

        def load(model: str) -> Snapshot:
            return load_model(model, registry=zoo)

        return compare_starts(question, settings or Settings(), Path(out), zoo, load, listeners)


def evaluate(
    out: str | Path,
    *,
    targets: Sequence[str] = (),
    parents: Sequence[str] = (),
    seeds: int = 3,
    amounts: Sequence[float] = (10.0, 30.0),
    epochs: int = 20,
    report_only: bool = False,
    registry: Registry | None = None,
    remark: Callable[[str], None] = lambda _: None,
    progress: Progress | None = None,
) -> Evaluated:
    """The oracle benchmark: fine-tune every parent on every target, and score the suggestions against that.

    Args:
        out: folder of the job; what it holds is not trained again.
        targets: patterns for names of `zoo.evaluating_targets.suite`, or paths of captures; all by default.
        parents: patterns for names of LSTMs; all by default.
        seeds: trainings of each pair.
        amounts: seconds of training material.
        epochs: of every training.
        report_only: train nothing; score what ``out`` holds.
        registry: the user's own zoo when absent.
        remark: hears what a person should know.
        progress: hears of trainings and rankings.

    Raises:
        BadRequest: no target or fewer than two parents fit, or ``out`` holds another evaluation.
        StoreError: ``out`` cannot be written.
    """
    from zoo.evaluating import Listeners, Plan
    from zoo.evaluating_report import chosen_parents, evaluate_plan, report_on
    from zoo.evaluating_targets import suite

    if report_only:
        return report_on(Path(out))
    with _opened(registry) as zoo:
        plan = Plan(tuple(suite(targets)), chosen_parents(zoo, parents), seeds, tuple(amounts), epochs)
        hears = Listeners(remark, progress) if progress else Listeners(remark)
        return evaluate_plan(plan, Path(out), zoo, hears)


def save_capture(capture: Capture, path: str | Path) -> None:
    """Write an aligned capture as float WAV: left dry, right wet; one channel if only the wet is known.

    Raises:
        BadRequest: the name does not end in .wav.
        WriteError: the file cannot be written.
    """
    import numpy as np

    from zoo.audio import write_audio

    signals = [capture.wet] if capture.dry is None else [capture.dry, capture.wet]
    write_audio(path, np.stack(signals), capture.sample_rate, encoding="FLOAT")
