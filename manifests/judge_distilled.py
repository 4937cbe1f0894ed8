"""Whether WaveNets make better parents than the LSTMs there are, from the committed matrices, in a second.

    python manifests/judge_distilled.py [FOLDER]

FOLDER is ``manifests/oracle-wavenets`` unless given, see ``train_distilled.py``. Prints for each student how
often it ends better than all LSTM parents of the oracle matrix, among their first five, and better than
scratch, and how many dB above the best parent it ends; kin left out, the same seed of both. The same for an
LSTM-40 that was taught nothing, for the best student of each target, as if one knew which, and, to be fair
to them, for the LSTM-40 of the matrix: any of them, and the best of as many, drawn by lot.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from math import comb
from pathlib import Path

import numpy as np
from build_forecast import ORACLE, SECONDS

from recommender.evaluation.matrix import SCRATCH, Cell, read_csv
from recommender.evaluation.measures import Array
from recommender.evaluation.tried import Row
from recommender.evidence import decibels

FIRST = 5
SIZE = 13  # log2 of the parameters of an LSTM-40, knobs or none, rounded


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path, nargs="?", default=ORACLE.with_name("oracle-wavenets"))
    folder = parser.parse_args().folder
    made = [cell for cell in read_csv(folder / "matrix.csv", Cell) if not cell.kin]
    matrix = [c for c in read_csv(ORACLE / "matrix.csv", Cell) if c.seconds == SECONDS and c.seed == 0]
    sizes = {row.parent: row.size for row in read_csv(ORACLE / "evidence.csv", Row)}
    targets = {c.target for c in made}
    rows = {}
    for name in sorted({c.name for c in made}):
        rows[name] = [_judge(c.test_esr, c.target, matrix) for c in made if c.name == name]
    taught = [[c.test_esr for c in made if c.target == t and c.parent != SCRATCH] for t in sorted(targets)]
    rows["the best student"] = [
        _judge(min(errors), target, matrix) for target, errors in zip(sorted(targets), taught, strict=True)
    ]
    own = [_above(target, matrix, sizes) for target in sorted(targets)]
    _say(f"{'start':24s} targets  first  in first {FIRST}  beats scratch  above the best (dB)")
    for name, found in rows.items():
        first, five, better, above = np.mean(found, axis=0)
        _say(f"{name:24s} {len(found):7d} {first:6.0%} {five:10.0%} {better:13.0%} {above:18.2f}")
    drawn = [_best_of(len(errors), above) for errors, above in zip(taught, own, strict=True)]
    _say(f"{'an LSTM-40 parent':24s} {len(own):7d} {np.mean([above.mean() for above in own]):49.2f}")
    _say(f"{'the best of as many':24s} {len(own):7d} {np.mean(drawn):49.2f}")


def _above(target: str, matrix: Sequence[Cell], sizes: Mapping[str, float]) -> Array:
    """How many dB above the best parent those end that have the students' size, sorted."""
    parents = [c for c in matrix if c.target == target and not c.kin and c.parent != SCRATCH]
    errors = {c.parent: decibels(c.test_esr) for c in parents}
    return np.sort([e for p, e in errors.items() if round(sizes[p]) == SIZE]) - min(errors.values())


def _best_of(count: int, sorted_db: Array) -> float:
    """The mean of the least of ``count`` that are drawn by lot."""
    size = len(sorted_db)
    ways = [comb(size - 1 - place, count - 1) for place in range(size)]
    return float(np.dot(sorted_db, ways) / comb(size, count))


def _judge(test_esr: float, target: str, matrix: Sequence[Cell]) -> tuple[bool, bool, bool, float]:
    """First, among the first five, better than scratch; dB above the best LSTM, less than 0 below it."""
    own = [c for c in matrix if c.target == target and not c.kin]
    parents = sorted(c.test_esr for c in own if c.parent != SCRATCH)
    (scratch,) = (c.test_esr for c in own if c.parent == SCRATCH)
    above = decibels(test_esr) - decibels(parents[0])
    return test_esr < parents[0], test_esr < parents[FIRST - 1], test_esr < scratch, above


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
