"""The lines of starter_evidence.csv, one a training, and the table that is made of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np

from zoo.files import write_atomically
from zoo.metrics import to_db

ROWS = Path(__file__).with_name("starter_evidence.csv")
SEEDS = (0, 1, 2)
SCRATCH = "scratch"
NOBODY = (SCRATCH, "")  # a parent's name and id, of a start that has none
WINS, LOSES = 3.0, -0.5  # dB: what is asked of the median and of the worst


@dataclass(frozen=True)
class Row:
    """One training. ``zoo`` is "starter" or "models"; ``start`` is "suggestion" or "scratch".

    ``parent_id`` begins the parent's id, which its weights decide; it is empty from scratch.
    """

    zoo: str
    target: str
    start: str
    parent: str
    parent_id: str
    architecture: str
    sample_rate: int
    seed: int
    epochs: int
    test_esr: float
    test_emphasised_esr: float

    @property
    def key(self) -> tuple[str, str, str, int]:
        """What makes it the same training."""
        return self.zoo, self.target, self.start, self.seed


def read_rows() -> list[Row]:
    """What is in the file."""
    if not ROWS.exists():
        return []
    kinds = {field.name: {"int": int, "float": float}.get(str(field.type), str) for field in fields(Row)}
    with ROWS.open(newline="") as file:
        return [
            Row(**{key: kinds[key](value) for key, value in line.items()}) for line in csv.DictReader(file)
        ]


def write_rows(rows: Sequence[Row]) -> None:
    """Put the rows into the file, in one go."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(Row)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(row) for row in rows)
    write_atomically(ROWS, text.getvalue().encode())


def table(rows: Sequence[Row]) -> str:
    """Markdown: a line for each zoo and target over the seeds that have both starts, then the verdicts."""
    lines = [
        "| zoo | target | first suggestion | seeds | its test ESR | scratch's | gain |",
        "|---|---|---|---|---|---|---|",
    ]
    verdicts = []
    for zoo in dict.fromkeys(row.zoo for row in rows):
        gains, seeds = [], set[int]()
        for target in dict.fromkeys(row.target for row in rows if row.zoo == zoo):
            found = {row.key: row for row in rows if (row.zoo, row.target) == (zoo, target)}
            pairs = [
                (found[zoo, target, "suggestion", s], found[zoo, target, SCRATCH, s])
                for s in SEEDS
                if (zoo, target, "suggestion", s) in found and (zoo, target, SCRATCH, s) in found
            ]
            if not pairs:
                continue
            seeds.add(len(pairs))
            tuned, scratch = ([pair[side].test_esr for pair in pairs] for side in (0, 1))
            gains.append(float(np.mean([to_db(b / a) for a, b in zip(tuned, scratch, strict=True)])))
            lines.append(
                f"| {zoo} | {target} | {pairs[0][0].parent} ({pairs[0][0].architecture}) "
                f"| {len(pairs)} | {np.mean(tuned):.4f} | {np.mean(scratch):.4f} | {gains[-1]:+.1f} dB |"
            )
        if gains:
            median, worst = float(np.median(gains)), min(gains)
            counted = " or ".join(map(str, sorted(seeds)))
            verdicts.append(
                f"{zoo}, {len(gains)} targets, {counted} seeds: median {median:+.1f} dB (goal {WINS:+.1f}: "
                f"{'met' if median >= WINS else 'missed'}), worst {worst:+.1f} dB (goal {LOSES:+.1f}: "
                f"{'met' if worst >= LOSES else 'missed'})"
            )
    return "\n".join([*lines, "", *verdicts, ""])
