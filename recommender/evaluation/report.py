"""The report: a table as CSV, the same on one HTML page that needs nothing else, and a picture."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

from recommender.evaluation.figures import draw_regrets, draw_targets
from recommender.evaluation.scores import Score
from recommender.evaluation.summary import REFERENCE, Line
from zoo.files import write_atomically

COLUMNS = {
    "predictor": "ranked by",
    "regret_1": "regret@1 (dB)",
    "low": "95 % from",
    "high": "to",
    "regret_1_p90": "p90",
    "regret_5": "regret@5 (dB)",
    "tau": "weighted tau",
    "hit_3": "hit@3",
    "share": "share of gain",
    "behind": "behind suggest (dB)",
    "behind_low": "95 % from",
    "behind_high": "to",
}
_STYLE = ":root{color-scheme:light dark}\
body{font:15px sans-serif;max-width:70em;margin:2em auto;padding:0 1em}.scroll{overflow-x:auto}\
td,th{padding:.2em .7em;text-align:right}td:first-child,th:first-child{text-align:left}\
tr:nth-child(even){background:#8882}img{max-width:100%}"


def write_report(
    folder: Path, lines: Sequence[Line], scores: Sequence[Score], remarks: Sequence[str]
) -> None:
    """scores.csv, summary.csv, report.html, report.png and targets.png.

    Raises:
        WriteError: the folder cannot be written.
    """
    write_atomically(folder / "scores.csv", _csv([asdict(score) for score in scores]))
    write_atomically(folder / "summary.csv", _csv([asdict(line) for line in lines]))
    draw_regrets(folder / "report.png", lines)
    draw_targets(folder / "targets.png", scores)
    write_atomically(folder / "report.html", page(lines, scores, remarks).encode())


def _csv(rows: Sequence[dict[str, Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def page(lines: Sequence[Line], scores: Sequence[Score], remarks: Sequence[str]) -> str:
    """The HTML; everything that came from a name is escaped."""
    parts = ["<!doctype html><html lang=en><meta charset=utf-8><title>zoo evaluate</title>"]
    parts += ['<meta name=viewport content="width=device-width, initial-scale=1">']
    parts += [f"<style>{_STYLE}</style>"]
    parts += ["<h1>How near the suggestion comes to the best parent</h1>"]
    parts += [f"<p>{html.escape(remark)}</p>" for remark in remarks]
    for kin_out, title in ((True, "Without the target's own family"), (False, "With it")):
        chosen = [line for line in lines if line.kin_out == kin_out]
        rows = [[_cell(getattr(line, name)) for name in COLUMNS] for line in chosen]
        parts += [f"<h2>{title}</h2>", _table(list(COLUMNS.values()), rows)]
    parts += ['<p><img src="report.png" alt="mean regret of each way to rank"></p>']
    parts += ["<h2>The suggestion, by target</h2>", _table(*_by_target(scores))]
    parts += ['<p><img src="targets.png" alt="regret of the suggestion on each target">']
    parts += ['<img src="calibration.png" alt="expected errors and what became of them"></p>']
    return "\n".join(parts) + "\n"


def _by_target(scores: Sequence[Score]) -> tuple[list[str], list[list[str]]]:
    names = [f.name for f in fields(Score) if f.name not in ("predictor", "kin_out")]
    chosen = [score for score in scores if score.predictor == REFERENCE and score.kin_out]
    return names, [[_cell(getattr(score, name)) for name in names] for score in chosen]


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    def line(cells: Sequence[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    whole = "<table>" + line(columns, "th") + "".join(line(row, "td") for row in rows) + "</table>"
    return f"<div class=scroll tabindex=0 role=region aria-label=table>{whole}</div>"
