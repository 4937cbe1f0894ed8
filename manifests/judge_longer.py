"""Whether 30 s of material say what 10 s said, from the committed matrices, in a second.

    python manifests/judge_longer.py [FOLDER]

FOLDER is ``manifests/oracle-30s`` unless given, see ``train_longer.py``: some parents of each target, among
them all that could well be the best. Prints for each target what the first suggestion, the parent that was
best at 10 s, the one with the least validation loss and scratch end at, in dB of ESR above the best; then the
means, and how alike the orders of the parents are at both lengths (Kendall's tau). Only the better parents
were trained with two seeds at 10 s, so what chance alone leaves is held against the same parents.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from build_forecast import ORACLE, SECONDS, truth_of
from scipy.stats import kendalltau

from recommender.evaluation.matrix import Cell, Prediction, read_csv
from recommender.evaluation.scores import Question, questions
from recommender.evidence import decibels
from zoo.evaluating.rankings import SUGGEST, WET

COLUMNS = ("suggest", "wet only", "best at 10 s", "validation", "median", "scratch")


@dataclass(frozen=True)
class Judged:
    """One target, dB above the best of the parents that were trained on 30 s.

    Attributes:
        suggested, by_sound: the first suggestions that are made with 30 s.
        best_before: the parent among them that was best with 10 s, mean of the seeds.
        validated: the one with the least validation loss.
        median: of all.
    """

    suggested: float
    by_sound: float
    best_before: float
    validated: float
    median: float
    scratch: float


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path, nargs="?", default=ORACLE.with_name("oracle-30s"))
    folder = parser.parse_args().folder
    short = [c for c in read_csv(ORACLE / "matrix.csv", Cell) if c.seconds == SECONDS]
    long = read_csv(folder / "matrix.csv", Cell)
    said = read_csv(folder / "predictions.csv", Prediction)
    before, firsts = truth_of(short), {way: _first(said, way) for way in (SUGGEST, WET)}
    asked = questions(long, kin_out=True)
    judged = [judge(one, firsts[SUGGEST][one.target], firsts[WET][one.target], before) for one in asked]
    _say(f"{'target':22s} parents " + " ".join(f"{name:>12s}" for name in COLUMNS))
    for one, found in zip(asked, judged, strict=True):
        _say(f"{one.target:22s} {len(one.parents):7d} " + _numbers(astuple(found)))
    table = np.array([astuple(found) for found in judged])
    _say(f"{'mean':30s} " + _numbers(table.mean(axis=0)))
    _say(f"{'p90':30s} " + _numbers(np.quantile(table, 0.9, axis=0)))
    seeds = {
        seed: {(c.target, c.parent): decibels(c.test_esr) for c in short if c.seed == seed} for seed in (0, 1)
    }
    after = truth_of(long)
    twice = {key: error for key, error in seeds[0].items() if key in seeds[1] and key in after}
    pairs = {
        "10 s and 30 s": (seeds[0], after),
        "10 s and 30 s, parents with two seeds": (twice, after),
        "two seeds at 10 s, the same parents": (twice, seeds[1]),
        "validation and test at 30 s": ({(c.target, c.parent): c.best_loss for c in long}, after),
    }
    for name, (one_way, other) in pairs.items():
        taus = [_tau(one, one_way, other) for one in asked]
        known = [tau for tau in taus if tau is not None]
        _say(f"tau, {name}: {np.mean(known):.2f}, {len(known)} targets")
    better = [before[one.target, p] - after[one.target, p] for one in asked for p in one.parents]
    scratch = [before[one.target, "scratch"] - one.scratch_db for one in asked]
    _say(
        f"30 s instead of 10 s: parents end {np.mean(better):.2f} dB lower, scratch {np.mean(scratch):.2f} dB"
    )


def judge(one: Question, suggested: str, by_sound: str, before: Mapping[tuple[str, str], float]) -> Judged:
    """What each way to choose ends at."""
    above = dict(zip(one.parents, one.truth_db - one.truth_db.min(), strict=True))
    known = [p for p in one.parents if (one.target, p) in before]
    return Judged(
        above[suggested],
        above[by_sound],
        above[min(known, key=lambda parent: before[one.target, parent])],
        above[one.parents[int(np.argmin(one.validation_db))]],
        float(np.median(list(above.values()))),
        float(one.scratch_db - one.truth_db.min()),
    )


def _first(said: Sequence[Prediction], way: str) -> dict[str, str]:
    """The first suggestion of each target."""
    own = [p for p in said if p.predictor == way]
    return {p.target: p.parent for p in sorted(own, key=lambda p: (p.score, p.parent), reverse=True)}


def _tau(
    one: Question, first: Mapping[tuple[str, str], float], second: Mapping[tuple[str, str], float]
) -> float | None:
    keys = [(one.target, p) for p in one.parents if (one.target, p) in first and (one.target, p) in second]
    if len(keys) < 4:
        return None
    return float(kendalltau([first[key] for key in keys], [second[key] for key in keys]).statistic)


def _numbers(values: Sequence[float]) -> str:
    return " ".join(f"{value:12.2f}" for value in values)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
