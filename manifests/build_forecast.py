"""Fit the forecast that ``zoo suggest`` ranks by to the committed oracle matrix; judge it on unseen families.

    python manifests/build_forecast.py [--check] [--starters]

Reads ``matrix.csv`` (what training made of every parent on every target) and ``evidence.csv`` (what was tried
with each before) in ``manifests/oracle``. Writes ``recommender/forecast.json``, fitted to all targets, and
``manifests/oracle/predictions.csv``: for every target, how the suggestion ranks with a forecast that has not
seen the target's family; how simpler ways rank stays as ``zoo evaluate`` has written it. Today's
starter zoo is ranked and no weight is learned from it, unless ``--starters`` says so: with it the first
suggestion ended worse. The records of parents, which count where nothing can be tried, are of all of them.
Prints a table, takes seconds. With ``--check`` nothing is written.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from recommender.evaluation.fitting import fit
from recommender.evaluation.floor import noise_floor
from recommender.evaluation.matrix import Cell, Prediction, read_csv, to_csv
from recommender.evaluation.replay import suggested, suggested_by_sound
from recommender.evaluation.scores import score_all
from recommender.evaluation.summary import summarise
from recommender.evaluation.tried import Asked, Row, asked
from recommender.evidence import decibels
from recommender.forecast import FORECAST_FILE, Forecast, line_of
from zoo.api.home import STARTER
from zoo.files import write_atomically

ORACLE = Path(__file__).parent / "oracle"
SECONDS = 10.0


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true", help="write nothing")
    parser.add_argument("--starters", action="store_true", help="learn from today's starter zoo, too")
    given = parser.parse_args()
    cells, _, targets = read_oracle()
    lessons = targets if given.starters else without_starters(targets)
    lines, unseen = fit(lessons, measured=targets), families_left_out(lessons, targets)
    predictions = [p for one in targets for p in _predicted(one, unseen[one.family])]
    played_back = {p.predictor for p in predictions}
    kept = read_csv(ORACLE / "predictions.csv", Prediction)
    predictions += [p for p in kept if p.predictor not in played_back]
    if not given.check:
        document = {"targets": len(targets), "stages": {stage: asdict(line) for stage, line in lines.items()}}
        write_atomically(FORECAST_FILE, (json.dumps(document, indent=1) + "\n").encode())
        write_atomically(ORACLE / "predictions.csv", to_csv(predictions, Prediction))
    for stage, line in lines.items():
        _say(f"{stage:8s} {line.offset:7.2f} +-{line.band:.1f} dB  {line.weights}")
    for one in summarise(score_all(cells, predictions)):
        if one.kin_out:
            _say(
                f"{one.predictor:16s} {one.questions} targets: regret@1 {one.regret_1:.2f} ({one.low:.2f} to "
                f"{one.high:.2f}), p90 {one.regret_1_p90:.2f}, regret@5 {one.regret_5:.2f}, "
                f"tau {one.tau:.2f}, hit@3 {one.hit_3:.2f}, share {one.share:.0%}"
            )
    floor = noise_floor(cells, predictions)
    if floor is not None:
        _say(
            f"seeds: {floor.deviation_db:.2f} dB around the mean, the best of one has regret "
            f"{floor.other_seed_db:.2f} by another; suggest is {floor.ahead_db:+.2f} ({floor.low:+.2f} to "
            f"{floor.high:+.2f}) from it, {floor.targets} targets"
        )
    inside = [hit for target in targets for hit in _inside(target, unseen[target.family], lines)]
    _say(f"training ended inside the band around {np.mean(inside):.0%} of the first five expectations")


def read_oracle() -> tuple[list[Cell], list[Row], list[Asked]]:
    """The trainings of the committed matrix, what was tried before each, and both by target, kin left out."""
    cells = [c for c in read_csv(ORACLE / "matrix.csv", Cell) if c.seconds == SECONDS]
    rows = read_csv(ORACLE / "evidence.csv", Row)
    return cells, rows, asked(rows, truth_of(cells), cells)


def truth_of(cells: Iterable[Cell]) -> dict[tuple[str, str], float]:
    """Mean over the seeds of every target and parent, in dB."""
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for cell in cells:
        found[cell.target, cell.parent].append(decibels(cell.test_esr))
    return {key: float(np.mean(errors)) for key, errors in found.items()}


def without_starters(targets: Iterable[Asked]) -> list[Asked]:
    """What is learned from: the parents that are not in today's starter zoo."""
    starters = starter_ids()
    return [replace(one, rows=tuple(r for r in one.rows if r.parent not in starters)) for one in targets]


def starter_ids() -> set[str]:
    """The parents of today's starter zoo."""
    return {folder.name for folder in (STARTER / "models").iterdir()}


def families_left_out(targets: Sequence[Asked], measured: Sequence[Asked]) -> dict[str, Forecast]:
    """For each family a forecast that has seen no device of it; see `recommender.evaluation.fitting.fit`."""

    def others(family: str, all_of: Sequence[Asked]) -> list[Asked]:
        return [one for one in all_of if one.family != family]

    return {
        family: fit(others(family, targets), measured=others(family, measured), banded=False)
        for family in {one.family for one in targets}
    }


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _predicted(one: Asked, lines: Forecast) -> list[Prediction]:
    said = {
        "suggest": suggested(one, lines),
        "suggest --quick": suggested(one, lines, quick=True),
        "suggest, wet only": suggested_by_sound(one, lines),
    }
    return [
        Prediction(one.target, SECONDS, name, True, parent, expected)
        for name, order in said.items()
        for parent, expected in order.items()
    ]


def _inside(one: Asked, unseen: Forecast, lines: Forecast) -> list[bool]:
    """Whether training ended within the band around each of the first five expectations."""
    rows = {row.parent: row for row in one.rows}
    return [
        abs(expected - one.truth_db[parent]) <= line_of(_stage(rows[parent]), lines).band
        for parent, expected in list(suggested(one, unseen).items())[:5]
        if parent in one.truth_db
    ]


def _stage(row: Row) -> str:
    tuned = {8: row.tuned_8, 4: row.tuned_4, 1: row.tuned_1}
    return str(next((epochs for epochs, esr in tuned.items() if not np.isnan(esr)), "head"))


if __name__ == "__main__":
    main()
