"""``compare`` as a person asks for it: a capture, or a model that plays recordings in a device's stead.

The folder holds a file for every finished training (see `training.compare`), and the report.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registry import Registry
from zoo.capture import Capture, load_capture
from zoo.comparing.capture import rendered_capture
from zoo.comparing.question import Question
from zoo.errors import BadRequest
from zoo.files import write_atomically
from zoo.snapshot import Snapshot
from zoo.tuning import Remark, Wish, chosen_parent
from zoo.upkeep import Progress

if TYPE_CHECKING:
    from training.compare import Comparison, Experiment
    from training.compare_cells import Cell
    from training.data import Split
    from training.settings import Settings
    from training.trainer import Trainer

FIGURE, REPORT, TRAININGS, CURVES = "comparison.png", "comparison.json", "trainings.csv", "curves.csv"
HELD_OUT_SHARE = 0.2  # at most, of validation and of test each
LIMITED_SECONDS = 30.0

Load = Callable[[str], Snapshot]


@dataclass(frozen=True)
class Listeners:
    """Who hears what happens: remarks, steps of the preparation, cells begun, validations."""

    remark: Remark = lambda _: None
    progress: Progress | None = None
    on_cell: Callable[[Cell, int, int], None] = lambda _cell, _done, _cells: None
    on_validation: Callable[[Trainer], None] | None = None


@dataclass(frozen=True, eq=False)
class Compared:
    """The outcome and where its report lies.

    Attributes:
        title: of the report.
        folder: comparison.png, comparison.json, trainings.csv and curves.csv.
        comparison: the results.
    """

    title: str
    folder: Path
    comparison: Comparison

    def to_json(self) -> dict[str, Any]:
        """What comparison.json holds."""
        from training.compare_report import to_json

        done = self.comparison
        head = {"title": self.title, "trainings_planned": done.cells, "interrupted": done.interrupted}
        return {**head, **to_json(done.results)}


def compare_starts(
    question: Question,
    settings: Settings,
    folder: Path,
    registry: Registry,
    load: Load,
    listeners: Listeners | None = None,
) -> Compared:
    """Train from scratch and from every parent, on every amount of data, and report; what is done is kept.

    Args:
        question: what to compare.
        settings: of every training, but for the seed.
        folder: of results and report; made if missing.
        registry: for the first suggestion.
        load: finds a model.
        listeners: hear what happens.

    Raises:
        BadRequest: the parents or amounts do not fit, or the folder holds another comparison.
        CaptureError: the capture cannot be trained on.
        StoreError: the folder cannot be written.
    """
    from training.compare import run_experiment

    listeners = listeners or Listeners()
    capture, experiment = _experiment(question, settings, registry, load, listeners)
    comparison = run_experiment(
        experiment,
        folder,
        remark=listeners.remark,
        on_cell=listeners.on_cell,
        on_validation=listeners.on_validation,
    )
    compared = Compared(question.title or capture.name, folder, comparison)
    if comparison.results:
        _write_report(compared)
    return compared


def _experiment(
    question: Question, settings: Settings, registry: Registry, load: Load, listeners: Listeners
) -> tuple[Capture, Experiment]:
    from training.compare import Experiment

    capture_at = _capture_source(question, load)
    parents = {_name(parent): load(parent) for parent in question.parents if parent != "auto"}
    capture = capture_at(next((parent.sample_rate for parent in parents.values()), None))
    if "auto" in question.parents:
        parent = chosen_parent(capture, Wish(), registry, listeners.remark, listeners.progress)
        if parent is not None:
            known = registry.get(parent.digest)
            parents[known.name if known else parent.digest[:12]] = parent
    if not parents:
        raise BadRequest("there is no parent to compare with scratch; name one with --parent")
    rates = {name: parent.sample_rate for name, parent in parents.items()}
    rate = next(iter(rates.values()))
    if odd := [name for name, own in rates.items() if own != rate]:
        raise BadRequest(
            f"{odd[0]} runs at {rates[odd[0]]} Hz and {next(iter(rates))} at {rate} Hz; "
            "compare them one by one"
        )
    if capture.sample_rate != rate:
        capture = capture_at(rate)
    for finding in capture.findings:
        if finding.severity.value == "warning" or finding.code == "resampled":
            listeners.remark(finding.sentence)
    split = split_capture(capture, question)
    amounts = question.amounts or _default_amounts(split)
    return capture, Experiment(split, parents, amounts, question.seeds, settings)


def _name(model: str) -> str:
    """A parent's name in the report: its file's, or what it was called by."""
    path = Path(model)
    return path.stem if path.is_file() else path.name


def split_capture(capture: Capture, question: Question) -> Split:
    """Train, validation and test parts, as much held out as the question wants and the capture can spare."""
    from training.data import split_by_time

    validation, test = (
        min(HELD_OUT_SHARE, seconds / capture.seconds)
        for seconds in (question.validation_seconds, question.test_seconds)
    )
    return split_by_time(capture, validation=validation, test=test)


def _default_amounts(split: Split) -> tuple[float | None, ...]:
    available = split.train.samples / split.sample_rate
    return (LIMITED_SECONDS, None) if available > 1.5 * LIMITED_SECONDS else (None,)


def _capture_source(question: Question, load: Load) -> Callable[[int | None], Capture]:
    """What gives the capture at a sample rate, or at its own."""
    if question.device is None:
        return lambda rate: load_capture(question.path, dry=question.dry, wet=question.wet, sample_rate=rate)
    device = load(question.device)
    return partial(rendered_capture, device, question.di, _name(question.device), question.knobs)


def _write_report(compared: Compared) -> None:
    from training.compare_report import curves_csv, plot_comparison, trainings_csv

    folder, results = compared.folder, compared.comparison.results
    write_atomically(folder / REPORT, (json.dumps(compared.to_json(), indent=2) + "\n").encode())
    write_atomically(folder / TRAININGS, trainings_csv(results))
    write_atomically(folder / CURVES, curves_csv(results))
    plot_comparison(folder / FIGURE, compared.title, results)
