"""Pictures of an evaluation: each way to rank, each target, and what became of what was expected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from recommender.evaluation.matrix import Cell, Prediction
from recommender.evaluation.scores import TUNE_ALL, Score, questions
from recommender.evaluation.summary import REFERENCE, Line
from zoo.files import atomic_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BLUE, GREY = "#4477aa", "#bbbbbb"
FIRST = 5


def draw_regrets(path: Path, lines: Sequence[Line]) -> None:
    """Mean regret@1 with its interval for each predictor, the family left out and not."""
    figure = _figure(9.0, 4.0)
    axes: Any = figure.subplots(1, 2, sharex=True)
    for panel, (kin_out, title) in zip(
        axes, ((True, "family left out"), (False, "family there")), strict=True
    ):
        chosen = [line for line in lines if line.kin_out == kin_out][::-1]
        values = np.array([line.regret_1 for line in chosen])
        low, high = (np.abs(values - [getattr(line, end) for line in chosen]) for end in ("low", "high"))
        panel.barh([line.predictor for line in chosen], values, xerr=[low, high], color=BLUE, capsize=3)
        panel.set_title(title)
        panel.set_xlabel("mean regret@1 (dB)")
    _save(figure, path)


def draw_targets(path: Path, scores: Sequence[Score]) -> None:
    """Regret@1 on every target with its family left out: of the suggestion, and of who tunes all parents."""
    chosen = [s for s in scores if s.kin_out and s.predictor in (REFERENCE, TUNE_ALL)]
    by = {(s.predictor, s.target): s.regret_1 for s in chosen}
    names = sorted({s.target for s in chosen}, key=lambda name: by.get((REFERENCE, name), 0.0))
    figure = _figure(9.0, 0.6 + 0.26 * max(4, len(names)))
    panel: Any = figure.subplots()
    for shift, way, colour in ((0.2, REFERENCE, BLUE), (-0.2, TUNE_ALL, GREY)):
        values = [by.get((way, name), float("nan")) for name in names]
        panel.barh(np.arange(len(names)) + shift, values, 0.4, color=colour, label=way)
    panel.set_yticks(range(len(names)), names)
    panel.set_xlabel("regret@1 (dB), family left out")
    panel.legend(loc="lower right")
    _save(figure, path)


def draw_calibration(path: Path, cells: Sequence[Cell], predictions: Sequence[Prediction]) -> None:
    """The error expected of the first five suggestions of every target, and what training made of them."""
    said: dict[tuple[str, float], dict[str, float]] = defaultdict(dict)
    for p in predictions:
        if p.predictor == REFERENCE and p.kin_out:
            said[p.target, p.seconds][p.parent] = p.score
    expected, became = [], []
    for one in questions(cells, kin_out=True):
        truth = dict(zip(one.parents, one.truth_db, strict=True))
        found = said.get((one.target, one.seconds), {})
        first = sorted(found, key=found.__getitem__)[:FIRST]
        expected += [found[parent] for parent in first if parent in truth]
        became += [truth[parent] for parent in first if parent in truth]
    figure = _figure(5.0, 5.0)
    panel: Any = figure.subplots()
    ends = [min([*expected, *became, -1.0]), max([*expected, *became, 0.0])]
    panel.plot(ends, ends, color=GREY)
    panel.plot(expected, became, ".", color=BLUE)
    panel.set_xlabel("expected ESR (dB)")
    panel.set_ylabel("ESR after training (dB)")
    _save(figure, path)


def _figure(width: float, height: float) -> Figure:
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def _save(figure: Figure, path: Path) -> None:
    with atomic_file(path) as temporary:
        figure.savefig(temporary, format="png", dpi=110, metadata={"Software": None})
