"""What the report is made of: rows with measured cost, searches, settling times, dense against sparse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zoo.errors import BadRequest
from zoo.settling import Settling, settling
from zoo.studying.files import UNPRUNED, UNPRUNED_LONG, CellFiles, Row
from zoo.studying.sparse import seconds_dense, seconds_sparse
from zoo.studying.study import about, cells_in

if TYPE_CHECKING:
    from training.pruning import Iteration

GOAL_PRUNED, GOAL_TIMES = 0.98, 3.0


@dataclass(frozen=True)
class Measured:
    """A row and its cost beside the unpruned model's, measured in the same run.

    Attributes:
        row: of the study.
        rtf: real-time factor, on this machine.
        faster: how many times as long the unpruned model takes.
        less: how many times the row's multiplications the unpruned model's are.
    """

    row: Row
    rtf: float
    faster: float
    less: float

    def meets(self, test_loss: float) -> bool:
        """The goal: at least 98 % pruned, a third of the work, and a test loss that is no higher."""
        return (
            self.row.pruned >= GOAL_PRUNED
            and min(self.faster, self.less) >= GOAL_TIMES
            and self.row.test_loss <= test_loss
        )


@dataclass(frozen=True)
class Sparse:
    """One point of a mask search in plain loops, times the unpruned network's dense loop.

    Attributes:
        pruned: share of the weights.
        whole_sparse: all units, zeros skipped.
        compact_dense: without the useless units, zeros multiplied.
        compact_sparse: without the useless units, zeros skipped.
    """

    pruned: float
    whole_sparse: float
    compact_dense: float
    compact_sparse: float


@dataclass(frozen=True, eq=False)
class CellReport:
    """One cell, as far as it is done.

    Attributes:
        device, size: the cell.
        about: where the device's sound comes from.
        seconds: of training material.
        rows: the unpruned model first.
        records: of the mask search.
        settling: of the unpruned model.
    """

    device: str
    size: int
    about: str
    seconds: float
    rows: tuple[Measured, ...]
    records: tuple[Iteration, ...]
    settling: Settling

    @property
    def unpruned(self) -> Row:
        """The model before any pruning."""
        return self.rows[0].row

    def goal(self, measured: Measured) -> str:
        """Whether the goal is met: in words, or none.

        "met" if no unpruned model is better, not even the one that was trained for as many epochs;
        "met by longer training" if only that one is better, or is not there yet.
        """
        losses = {m.row.kind: m.row.test_loss for m in self.rows if m.row.kind in (UNPRUNED, UNPRUNED_LONG)}
        if not measured.meets(losses[UNPRUNED]):
            return ""
        fair = UNPRUNED_LONG in losses and measured.meets(losses[UNPRUNED_LONG])
        return "met" if fair else "met by longer training"

    def best(self, kind: str) -> Measured | None:
        """Of a kind, the smallest whose validation loss is no higher than the unpruned model's.

        Where none is, the one with the lowest. The test part is not looked at.
        """
        own = [m for m in self.rows if m.row.kind == kind]
        good = [m for m in own if m.row.validation <= self.unpruned.validation]
        if good:
            return min(good, key=lambda m: m.row.weights)
        return min(own, key=lambda m: m.row.validation, default=None)


def measure(
    folder: Path, remark: Callable[[str], None] = lambda _: None
) -> tuple[tuple[CellReport, ...], tuple[Sparse, ...]]:
    """All cells whose unpruned model is done, and the sparse comparison of one search of them.

    Raises:
        BadRequest: nothing is done yet.
        ModelFileError: a file is damaged.
    """
    cells = [files for files in cells_in(folder) if any(row.kind == UNPRUNED for row in files.rows())]
    if not cells:
        raise BadRequest(f"{folder} holds no finished training yet; give the same command without --report")
    reports = []
    for files in cells:
        remark(f"measuring {files.path.name}")
        reports.append(_report(files))
    searched = [files for files in cells if len(files.search.records()) > 1]
    sparse = _sparse_points(min(searched, key=_nearness_to_paper)) if searched else ()
    return tuple(sorted(reports, key=lambda report: (report.device, report.size))), sparse


def _report(files: CellFiles) -> CellReport:
    from zoo.benching import real_time_factor

    facts, rows = about(files), files.rows()
    factors = [real_time_factor(files.model(row)) for row in rows]
    measured = [
        Measured(row, rtf, factors[0] / rtf, rows[0].macs / row.macs)
        for row, rtf in zip(rows, factors, strict=True)
    ]
    return CellReport(
        device=rows[0].device,
        size=rows[0].size,
        about=str(facts["about"]),
        seconds=float(str(facts["seconds"])),
        rows=tuple(measured),
        records=tuple(files.search.records()),
        settling=settling(files.model(rows[0])),
    )


def _nearness_to_paper(files: CellFiles) -> tuple[int, str]:
    """The paper's Fig. 8 is of a hidden size of 64."""
    return abs(files.rows()[0].size - 64), files.path.name


def _sparse_points(files: CellFiles) -> tuple[Sparse, ...]:
    from training.pruning import without_dead_units

    whole = seconds_dense(files.model(files.rows()[0]))
    found = []
    for record in files.search.records():
        point = files.search.point(record.number)
        compact = without_dead_units(point).snapshot
        found.append(
            Sparse(
                record.sparsity,
                seconds_sparse(point) / whole,
                seconds_dense(compact) / whole,
                seconds_sparse(compact) / whole,
            )
        )
    return tuple(found)
