"""What longer trials and other thresholds would give: curves from the committed oracle matrix, in seconds.

    python manifests/judge_trials.py [--figure PNG]

First, how the regret falls with what is tried: heads alone, a pass of tuning for each nominee, then a whole
training for the best 2, 4, 8 ... of them, of which the least validation loss wins. Families are left out as
in ``build_forecast.py``. Second, the advice: small zoos are drawn from the matrix, the parent with the least
validation loss is held against scratch, and "train from scratch" is said below a threshold; the gain is over
who always trains from scratch.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from build_forecast import families_left_out, read_oracle, without_starters

from recommender.evaluation.matrix import SCRATCH
from recommender.evaluation.measures import hit, order_of, regret, weighted_tau
from recommender.evaluation.replay import nominated, suggested
from recommender.evaluation.tried import Asked
from recommender.evidence import decibels
from recommender.forecast import Forecast, expected_db
from zoo.files import atomic_file

SURVIVORS = (2, 4, 8, 16, 32)
SIZES, DRAWS = (1, 2, 4, 8, 16, 40), 200
THRESHOLDS_DB = (-99.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0)

Losses = Mapping[tuple[str, str], float]
"""Validation loss in dB of the first seed, by target and parent."""


@dataclass(frozen=True)
class Point:
    """One way to try, mean over the targets."""

    name: str
    regret_1: float
    regret_1_p90: float
    regret_5: float
    tau: float
    hit_3: float


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--figure", type=Path, help="draw the first curve there")
    figure = parser.parse_args().figure
    cells, _, targets = read_oracle()
    losses = {(c.target, c.parent): decibels(c.best_loss) for c in cells if c.seed == 0}
    points = trials(targets, losses)
    _say("trial                              regret@1   p90  regret@5  tau  hit@3")
    for p in points:
        found = f"{p.regret_1:8.2f} {p.regret_1_p90:5.2f} {p.regret_5:9.2f} {p.tau:4.2f} {p.hit_3:6.2f}"
        _say(f"{p.name:34s} {found}")
    _say("\nmean gain over scratch (dB) by the least promise that is followed, as trials and at best")
    _say("parents " + " ".join(f"{threshold:6.0f}" for threshold in THRESHOLDS_DB) + "  at best")
    for size in SIZES:
        gains = advice(targets, losses, size)
        _say(f"{size:7d} " + " ".join(f"{gain:6.2f}" for gain in gains))
    if figure is not None:
        draw(figure, points)


def trials(targets: Sequence[Asked], losses: Losses) -> list[Point]:
    """From the least to the most that is tried."""
    lines = families_left_out(without_starters(targets), targets)
    ways = {
        "heads": [suggested(one, lines[one.family], quick=True) for one in targets],
        "a pass each": [_passes(one, lines[one.family]) for one in targets],
        "successive halving (suggest)": [suggested(one, lines[one.family]) for one in targets],
    }
    for count in SURVIVORS:
        ways[f"a pass each, {count} trained"] = [
            _trained(one, _passes(one, lines[one.family]), losses, count) for one in targets
        ]
    ways["all trained"] = [{p: losses[one.target, p] for p in one.truth_db} for one in targets]
    return [_point(name, targets, scores) for name, scores in ways.items()]


def _passes(one: Asked, lines: Forecast) -> dict[str, float]:
    """The expectation of every nominee after one pass."""
    return {row.parent: expected_db(row.evidence(1), lines) for row in nominated(one, lines)}


def _trained(one: Asked, before: Mapping[str, float], losses: Losses, count: int) -> dict[str, float]:
    """The first ``count`` by their validation losses; the others after them, as they were."""
    order = sorted(before, key=lambda parent: (before[parent], parent))
    first = sorted(
        (p for p in order[:count] if p in one.truth_db), key=lambda parent: losses[one.target, parent]
    )
    rest = [parent for parent in order if parent not in first]
    return {parent: float(place) for place, parent in enumerate([*first, *rest])}


def _point(name: str, targets: Sequence[Asked], scores: Sequence[Mapping[str, float]]) -> Point:
    rows = []
    for one, found in zip(targets, scores, strict=True):
        parents = sorted(one.truth_db)
        truth = np.array([one.truth_db[p] for p in parents])
        last = max(found.values()) + 1.0
        said = np.array([found.get(p, last) for p in parents])
        order = order_of(said)
        rows.append(
            (regret(truth, order), regret(truth, order, 5), weighted_tau(truth, said), hit(truth, order))
        )
    table = np.array(rows)
    mean = table.mean(axis=0)
    return Point(name, mean[0], float(np.quantile(table[:, 0], 0.9)), mean[1], mean[2], mean[3])


def advice(targets: Sequence[Asked], losses: Losses, size: int) -> npt.NDArray[Any]:
    """The mean gain at each threshold, and that of who always knows."""
    rng = np.random.Generator(np.random.PCG64(0))
    promised, gained = [], []
    for one in targets:
        parents = sorted(p for p in one.truth_db if (one.target, p) in losses)
        for _ in range(DRAWS):
            drawn = rng.choice(len(parents), min(size, len(parents)), replace=False)
            best = min((parents[i] for i in drawn), key=lambda parent: losses[one.target, parent])
            promised.append(losses[one.target, SCRATCH] - losses[one.target, best])
            gained.append(one.scratch[1] - one.truth_db[best])
    promise, gain = np.array(promised), np.array(gained)
    followed = [np.where(promise >= threshold, gain, 0.0).mean() for threshold in THRESHOLDS_DB]
    return np.array([*followed, np.maximum(gain, 0.0).mean()])


def draw(path: Path, points: Sequence[Point]) -> None:
    """Regret@1 and @5 of each way to try."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.0, 4.0), layout="constrained")
    panel: Any = figure.subplots()
    places = np.arange(len(points))
    panel.plot(places, [p.regret_1 for p in points], "o-", color="#4477aa", label="regret@1")
    panel.plot(places, [p.regret_5 for p in points], "s-", color="#bbbbbb", label="regret@5")
    panel.set_xticks(places, [p.name for p in points], rotation=40, ha="right")
    panel.set_ylabel("dB, families left out")
    panel.set_ylim(bottom=0.0)
    panel.legend()
    with atomic_file(path) as temporary:
        figure.savefig(temporary, format="png", dpi=110, metadata={"Software": None})


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
