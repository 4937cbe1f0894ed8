"""The study's numbers: every training and every iteration of the searches as CSV, and the short table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from zoo.studying.files import KINDS
from zoo.studying.measured import CellReport, Measured, Sparse

SHORT = (
    "device", "hidden", "", "units left", "parameters", "pruned %", "test loss %", "test ESR %",
    "times as fast", "times fewer MACs", "epochs", "goal",
)  # fmt: skip


def trainings(cells: Sequence[CellReport]) -> list[dict[str, Any]]:
    """A line for each training, with its cost."""
    return [
        {
            **asdict(measured.row),
            "point": "" if measured.row.point is None else measured.row.point,
            "rtf": measured.rtf,
            "times_as_fast": measured.faster,
            "times_fewer_macs": measured.less,
            "training_seconds": cell.seconds,
            "goal": cell.goal(measured),
        }
        for cell in cells
        for measured in cell.rows
    ]


def searches(cells: Sequence[CellReport]) -> list[dict[str, Any]]:
    """A line for each iteration of each mask search; of its mask distances, the last."""
    lines = []
    for cell in cells:
        for record in cell.records:
            facts = asdict(record)
            distances = facts.pop("mask_distances")
            last = {"mask_distance": distances[-1] if distances else ""}
            lines.append({"device": cell.device, "size": cell.size, **facts, **last})
    return lines


def settlings(cells: Sequence[CellReport]) -> list[dict[str, Any]]:
    """How long each unpruned model rings on after an impulse."""
    return [
        {"device": cell.device, "size": cell.size, "settling_seconds": cell.settling.seconds}
        for cell in cells
    ]


def sparse_lines(points: Sequence[Sparse]) -> list[dict[str, Any]]:
    """Dense against sparse, times the unpruned network's dense loop."""
    return [asdict(point) for point in points]


def to_csv(lines: Sequence[dict[str, Any]]) -> bytes:
    """The lines under a header; fractions to six digits."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(lines[0]) if lines else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        {k: f"{v:.6g}" if isinstance(v, float) else v for k, v in line.items()} for line in lines
    )
    return text.getvalue().encode()


def short_table(cells: Iterable[CellReport]) -> list[tuple[str, ...]]:
    """Table I: for each cell the unpruned models, the mask search's best and the combined recipe's."""
    lines = []
    for cell in cells:
        found = [cell.best(kind) for kind in KINDS]
        lines += [_short(cell, measured) for measured in found if measured is not None]
    return lines


def _short(cell: CellReport, measured: Measured) -> tuple[str, ...]:
    row = measured.row
    kind = row.kind if row.point is None else f"{row.kind}, iteration {row.point}"
    before = f"{row.epochs_before} + " if row.epochs_before else ""
    return (
        row.device,
        str(row.size),
        kind,
        str(row.hidden),
        str(row.parameters),
        f"{100 * row.pruned:.1f}",
        f"{100 * row.test_loss:.2f}",
        f"{100 * row.test_esr:.2f}",
        f"{measured.faster:.1f}",
        f"{measured.less:.1f}",
        f"{before}{row.epochs}",
        cell.goal(measured),
    )
