"""The benchmark as a person asks for it: train, rank, score, report; or score again what a folder holds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from recommender.evaluation.figures import draw_calibration
from recommender.evaluation.floor import noise_floor
from recommender.evaluation.matrix import Cell, Prediction, read_csv
from recommender.evaluation.report import write_report
from recommender.evaluation.scores import score_all
from recommender.evaluation.summary import Line, summarise
from recommender.halving import can_be_tuned
from registry import Filter, Manifest, Registry
from zoo.errors import BadRequest
from zoo.evaluating.job import MATRIX, PREDICTIONS, Listeners, Plan, train_matrix, write_predictions
from zoo.evaluating.log import alone_in, claim
from zoo.evaluating.rankings import rank_all, require_parents
from zoo.executors import LOCAL, Executor


@dataclass(frozen=True)
class Evaluated:
    """A benchmark as it stands.

    Attributes:
        folder: matrix.csv, predictions.csv, scores.csv, summary.csv, report.html and its pictures.
        lines: of the summary, the family left out first.
        remarks: what the figures rest on, one sentence each.
        trainings, planned: done, and to be done.
    """

    folder: Path
    lines: tuple[Line, ...]
    remarks: tuple[str, ...]
    trainings: int
    planned: int

    @property
    def interrupted(self) -> bool:
        """Some trainings are left to do."""
        return self.trainings < self.planned

    def to_json(self) -> dict[str, Any]:
        """As JSON values; NaN is null."""
        lines = [{k: _finite(v) for k, v in asdict(line).items()} for line in self.lines]
        return {
            "trainings": self.trainings,
            "trainings_planned": self.planned,
            "remarks": list(self.remarks),
            "summary": lines,
        }


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value


def chosen_parents(registry: Registry, patterns: Sequence[str]) -> tuple[Manifest, ...]:
    """The LSTMs of the zoo whose names fit one of the patterns, all by default; not those in layers.

    Raises:
        BadRequest: fewer than two fit.
    """
    models = registry.list(Filter(arch="LSTM"))
    models = [m for m in models if can_be_tuned(registry.load(m.id))]
    wanted = [m for m in models if not patterns or any(fnmatch(m.name, pattern) for pattern in patterns)]
    return require_parents(sorted(wanted, key=lambda model: model.id))


def evaluate_plan(
    plan: Plan, folder: Path, registry: Registry, listeners: Listeners, executor: Executor = LOCAL
) -> Evaluated:
    """Train and rank what is left to do, and report on what is done.

    Raises:
        BadRequest: the folder holds an evaluation with other settings.
        ClusterError: the executor is a cluster, and a machine of it has another tonezoo.
        StoreError: the folder cannot be written.
    """
    claim(folder, plan.settings(0))
    with alone_in(folder):
        cells, interrupted = train_matrix(plan, folder, registry, listeners, executor)
        if not interrupted:
            write_predictions(folder, rank_all(plan, folder, registry, listeners, executor))
    planned = len(plan.jobs())
    return report_on(folder, planned=planned if interrupted or len(cells) < planned else None)


def report_on(folder: Path, *, planned: int | None = None) -> Evaluated:
    """Score the matrix that a folder holds; takes seconds, and trains nothing.

    Raises:
        BadRequest: there is none.
    """
    cells = read_csv(folder / MATRIX, Cell)
    path = folder / PREDICTIONS
    predictions = read_csv(path, Prediction) if path.exists() else []
    scores = score_all(cells, predictions)
    if not scores and planned is not None:
        return Evaluated(folder, (), tuple(_remarks(cells, predictions)), len(cells), planned)
    if not scores:
        raise BadRequest(
            f"{folder} has no target with two parents yet; give the same command again and let it run longer"
        )
    lines, remarks = summarise(scores), _remarks(cells, predictions)
    write_report(folder, lines, scores, remarks)
    draw_calibration(folder / "calibration.png", cells, predictions)
    return Evaluated(folder, tuple(lines), tuple(remarks), len(cells), planned or len(cells))


def _remarks(cells: Sequence[Cell], predictions: Sequence[Prediction]) -> list[str]:
    counts = {name: len({getattr(cell, name) for cell in cells}) for name in ("target", "parent", "seed")}
    amounts = ", ".join(f"{seconds:g}" for seconds in sorted({cell.seconds for cell in cells}))
    epochs = ", ".join(str(n) for n in sorted({cell.epochs for cell in cells}))
    said = [
        f"{len(cells)} trainings of {epochs} epochs on {amounts} s: {counts['target']} targets, "
        f"{counts['parent']} starts with scratch, {counts['seed']} seeds."
    ]
    floor = noise_floor(cells, predictions)
    if floor is None:
        return [*said, "A single seed: how much of a regret is chance cannot be told."]
    said.append(
        f"Between seeds a result scatters by {floor.deviation_db:.2f} dB: the best parent of one seed has a "
        f"regret of {floor.other_seed_db:.2f} dB by another, so with one seed nobody gets below that."
    )
    if floor.targets:
        said.append(
            f"Judged by a seed that chose neither, the first suggestion ends {floor.ahead_db:+.2f} dB "
            f"({floor.low:+.2f} to {floor.high:+.2f}) from that parent, on {floor.targets} targets."
        )
    return said
