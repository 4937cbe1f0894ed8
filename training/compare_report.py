"""A comparison as a table, as CSV, as JSON and as a figure. Numbers over seeds: mean, and range from to."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from training.compare_cells import CellResult, amount_label
from training.plots import Band, draw_bands, new_figure, save_figure

Curves = Mapping[str, Sequence[CellResult]]


@dataclass(frozen=True)
class Spread:
    """Mean and range of a number over seeds; all None if a seed has no finite number."""

    mean: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, numbers: Iterable[float | None]) -> Spread:
        """Of at least one number."""
        found = list(numbers)
        finite = [n for n in found if n is not None]
        if len(finite) < len(found):
            return cls(None, None, None)
        return cls(float(np.mean(finite)), min(finite), max(finite))

    def text(self, digits: int) -> str:
        """As a table shows it: the mean, and the range where there is one."""
        if self.mean is None or self.low is None or self.high is None:
            return "diverged"
        mean = f"{self.mean:.{digits}f}"
        return mean if self.low == self.high else f"{mean} ({self.low:.{digits}f}-{self.high:.{digits}f})"


@dataclass(frozen=True)
class Row:
    """One start on one amount of data.

    Attributes:
        start: "scratch" or the parent's name.
        amount: of training data, in words.
        seeds: how many trainings.
        data_seconds: trained on.
        first_loss, best_loss: validation losses, the first one after the first epochs.
        test_esr: of the best model.
        epochs: trained.
        best_epoch: of the best loss.
        wall_seconds: of one training.
    """

    start: str
    amount: str
    seeds: int
    data_seconds: float
    first_loss: Spread
    best_loss: Spread
    test_esr: Spread
    epochs: Spread
    best_epoch: Spread
    wall_seconds: Spread


def summary(results: Sequence[CellResult]) -> list[Row]:
    """A row for each amount and start, smallest amount first, in the order of the results otherwise."""
    return [
        Row(
            start,
            amount_label(seconds),
            len(group),
            group[0].data_seconds,
            **{
                name: Spread.of(getattr(result, name) for result in group)
                for name in ("first_loss", "best_loss", "test_esr", "epochs", "best_epoch", "wall_seconds")
            },
        )
        for seconds, starts in by_amount(results).items()
        for start, group in starts.items()
    ]


def by_amount(results: Sequence[CellResult]) -> dict[float | None, dict[str, list[CellResult]]]:
    """Results by amount of data (all of it last), then by start."""
    groups: dict[float | None, dict[str, list[CellResult]]] = {}
    for result in sorted(results, key=lambda r: float("inf") if r.seconds is None else r.seconds):
        groups.setdefault(result.seconds, {}).setdefault(result.start, []).append(result)
    return groups


def to_json(results: Sequence[CellResult]) -> dict[str, Any]:
    """The table and the trainings behind it as JSON values."""
    return {"summary": [asdict(row) for row in summary(results)], "trainings": [_facts(r) for r in results]}


def trainings_csv(results: Sequence[CellResult]) -> bytes:
    """A line for each training."""
    columns = [name for name in _facts(results[0]) if name != "curve"]
    return _csv(columns, ([_facts(r)[column] for column in columns] for r in results))


def curves_csv(results: Sequence[CellResult]) -> bytes:
    """A line for each validation of each training."""
    lines = ((r.start, amount_label(r.seconds), r.seed, *point) for r in results for point in r.curve)
    return _csv(("start", "amount", "seed", "epoch", "validation_loss"), lines)


def _facts(result: CellResult) -> dict[str, Any]:
    facts = asdict(result)
    del facts["inputs"], facts["seconds"]
    return {"start": facts.pop("start"), "amount": amount_label(result.seconds), **facts}


def _csv(columns: Sequence[str], lines: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(lines)
    return text.getvalue().encode()


def plot_comparison(path: Path, title: str, results: Sequence[CellResult]) -> None:
    """Validation loss against epochs, a panel for each amount of data: mean and range over seeds."""
    groups = by_amount(results)
    figure, panels = new_figure(len(groups))
    figure.suptitle(title)
    for axes, (seconds, starts) in zip(panels, groups.items(), strict=True):
        draw_bands(axes, {start: _band(group) for start, group in starts.items()})
        data_seconds = next(iter(starts.values()))[0].data_seconds
        axes.set_title(f"{data_seconds:.4g} s of training" + (" (full)" if seconds is None else ""))
    for axes in panels[1:]:
        axes.sharey(panels[0])
    save_figure(figure, path)


def _band(group: Sequence[CellResult]) -> Band:
    """Curves of several seeds on the epochs of the longest; one that stopped stays at its best."""
    epochs = max(([epoch for epoch, _ in result.curve] for result in group), key=len)
    curves = np.array([_stretched(result, epochs) for result in group])
    return Band(np.array(epochs), curves.mean(axis=0), curves.min(axis=0), curves.max(axis=0))


def _stretched(result: CellResult, epochs: Sequence[int]) -> npt.NDArray[np.float64]:
    known = {epoch: np.nan if loss is None else loss for epoch, loss in result.curve}
    return np.array([known.get(epoch, result.best_loss) for epoch in epochs], dtype=np.float64)
