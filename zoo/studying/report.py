"""The report of the study: CSV files, two pictures and one page, of whatever is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoo.files import write_atomically
from zoo.reports.markup import Markup
from zoo.reports.page import figure, grid, page, paragraph, section, table, write_page
from zoo.studying.devices import RENDERED
from zoo.studying.figures import dense_and_sparse, ringing, search_and_final, units_left
from zoo.studying.measured import CellReport, Sparse, measure
from zoo.studying.pictures import draw_searches, draw_trainings
from zoo.studying.plan import SIZES, StudyPlan, read_plan
from zoo.studying.tables import (
    SHORT,
    searches,
    settlings,
    short_table,
    sparse_lines,
    to_csv,
    trainings,
)

PAGE = "study.html"


@dataclass(frozen=True, eq=False)
class Studied:
    """The study as it stands.

    Attributes:
        folder: study.html; trainings.csv, searches.csv, settling.csv and sparse.csv; trainings.png and, where
            a mask search has begun, searches.png.
        plan: how it trains.
        cells: as far as they are done.
        sparse: dense against sparse.
        interrupted: the user stopped it; the rest is left for another run.
    """

    folder: Path
    plan: StudyPlan
    cells: tuple[CellReport, ...]
    sparse: tuple[Sparse, ...]
    interrupted: bool = False

    @property
    def table(self) -> list[tuple[str, ...]]:
        """Table I, under `zoo.studying.tables.SHORT`."""
        return short_table(self.cells)

    @property
    def missing(self) -> list[str]:
        """Cells of the paper's table that are not begun."""
        done = {(cell.device, cell.size) for cell in self.cells}
        return [f"{name} {size}" for name in RENDERED for size in SIZES if (name, size) not in done]

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "plan": self.plan.to_json(),
            "interrupted": self.interrupted,
            "not_run": self.missing,
            "trainings": trainings(self.cells),
            "searches": searches(self.cells),
            "settling": settlings(self.cells),
            "sparse": sparse_lines(self.sparse),
        }


def report_on(
    folder: Path, *, interrupted: bool = False, remark: Callable[[str], None] = lambda _: None
) -> Studied:
    """Measure the models that a folder holds, and write the report beside them; trains nothing.

    Raises:
        BadRequest: there is no study, or no training of it is done.
        ModelFileError: a file is damaged.
        WriteError: the disk is full or may not be written.
    """
    plan = read_plan(folder)
    cells, sparse = measure(folder, remark)
    studied = Studied(folder, plan, cells, sparse, interrupted)
    files = {
        "trainings.csv": trainings(cells),
        "searches.csv": searches(cells),
        "settling.csv": settlings(cells),
        "sparse.csv": sparse_lines(sparse),
    }
    for name, lines in files.items():
        write_atomically(folder / name, to_csv(lines))
    draw_trainings(folder / "trainings.png", files["trainings.csv"])
    if files["searches.csv"]:
        draw_searches(folder / "searches.png", files["searches.csv"])
    write_page(folder / PAGE, document(studied))
    return studied


def document(studied: Studied) -> str:
    """The page."""
    cells = studied.cells
    searched = [cell for cell in cells if cell.records]
    parts = [
        section("Table", _how(studied), table(SHORT, studied.table, right=SHORT[3:11]), *_not_run(studied))
    ]
    if searched:
        charts = [
            figure(search_and_final(cell), f"{cell.device}, hidden size {cell.size}") for cell in searched
        ]
        said = "What a short training under a mask reached, and what a full retraining did (Fig. 3)."
        parts.append(section("Loss over pruning", paragraph(said), grid(*charts)))
        sizes = [figure(chart, f"hidden size {size}") for size, chart in units_left(searched)]
        said = "Units that the output still hears (Fig. 6)."
        parts.append(section("Units over pruning", paragraph(said), grid(*sizes)))
    parts.append(section("Settling", _settling(cells), figure(ringing(cells))))
    if studied.sparse:
        said = (
            "An LSTM in plain loops, compiled alike: skipping zeros against multiplying by them, times the "
            "dense loop of the unpruned network (Fig. 8)."
        )
        parts.append(
            section("Dense against sparse", paragraph(said), figure(dense_and_sparse(studied.sparse)))
        )
    lead = "The experiments of Südholt, Wright, Erkut and Välimäki (TASLP 2023), done again: zoo study."
    return page("What pruning costs and saves", *parts, lead=lead)


def _how(studied: Studied) -> Markup:
    plan = studied.plan
    devices = dict.fromkeys(
        f"{cell.device} ({cell.about}, {cell.seconds:.0f} s to train on)" for cell in studied.cells
    )
    return paragraph(
        f"Devices: {', '.join(devices)}. What validation and test are made on was never trained on. Unpruned "
        f"models and retrained points of the mask search heard {plan.minutes:g} minutes of playing, the last "
        f"training of the combined recipe {plan.long_minutes:g}; epochs before a plus led to its start, and "
        "an unpruned long model had as many as the combined recipe in all. "
        "Mask search: the sparsest retrained point whose validation loss is no higher than the unpruned "
        "model's, else the one with the lowest. Combined: whole units by their worth, then single weights by "
        "the loss they cost, in small steps, then the long training. Loss: 0.75 ESR after pre-emphasis and "
        "0.25 DC. Times as fast: real-time factors of one run, in blocks of 64. Goal: at least 98 % pruned "
        "and 3 times less work, in time and in multiplications, at a test loss no higher than both unpruned "
        "models'."
    )


def _not_run(studied: Studied) -> Sequence[Markup]:
    missing = studied.missing
    return [paragraph(f"Not run: {', '.join(missing)}.", class_="note")] if missing else []


def _settling(cells: Sequence[CellReport]) -> Markup:
    times = ", ".join(f"{c.device} {c.size}: {1000 * c.settling.seconds:.0f} ms" for c in cells)
    return paragraph(f"Until an impulse has sunk by 60 dB, unpruned models (Fig. 7): {times}.")
