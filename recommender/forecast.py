"""From what was tried to the error to expect after fine-tuning, learned from the oracle matrix.

A weighted sum for each stage of what is known: of a nominee, of a head, of a moment of tuning. The weights
are ``forecast.json``, which ``manifests/build_forecast.py`` makes from the committed matrix. Where nothing
can be tried, how a parent did on other devices counts as well, if the matrix has it; nothing else names a
parent. Who has the least expected error comes first, so order and expectation agree.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import numpy as np

from recommender.evidence import SCRATCH_STAGE, Evidence, Numbers, decibels
from recommender.halving import Moment
from recommender.suggestion import Expected

FORECAST_FILE = Path(__file__).with_name("forecast.json")


@dataclass(frozen=True)
class Line:
    """A weighted sum in dB: ``offset + sum of weights[n] * (numbers[n] - means[n])``; NaN is the mean.

    Attributes:
        ranges: what it was fitted on; a number beyond counts as the end of its range.
        band: half the width, in dB, of what eight in ten trainings fell into.
        records: by parent, how much worse than its numbers promise it ended on other devices, in dB.
    """

    offset: float
    weights: Mapping[str, float]
    means: Mapping[str, float]
    band: float
    ranges: Mapping[str, Sequence[float]] = field(default_factory=dict)
    records: Mapping[str, float] = field(default_factory=dict)

    def __call__(self, numbers: Numbers) -> float:
        """The forecast in dB."""
        total = self.offset
        for name, weight in self.weights.items():
            low, high = self.ranges.get(name, (-np.inf, np.inf))
            difference = np.clip(numbers.get(name, float("nan")), low, high) - self.means[name]
            total += 0.0 if np.isnan(difference) else weight * difference
        return float(total)


Forecast = Mapping[str, Line]
"""A line for every stage, see `Evidence.stage`, and for `SCRATCH_STAGE`."""


def read_forecast(path: Path) -> Forecast:
    """What `manifests/build_forecast.py` wrote."""
    document = json.loads(path.read_bytes())
    return {stage: Line(**line) for stage, line in document["stages"].items()}


_in_force: ContextVar[Forecast | None] = ContextVar("forecast", default=None)


def forecast() -> Forecast:
    """The one that is shipped, or that of `forecasting_with`."""
    return _in_force.get() or _shipped()


@cache
def _shipped() -> Forecast:
    return read_forecast(FORECAST_FILE)


@contextmanager
def forecasting_with(lines: Forecast) -> Iterator[None]:
    """Judge by other lines for a while: a benchmark asks what one says that has not seen a family."""
    token = _in_force.set(lines)
    try:
        yield
    finally:
        _in_force.reset(token)


def line_of(stage: str, lines: Forecast) -> Line:
    """The line of a stage; of a moment, that of the nearest length."""
    if stage in lines:
        return lines[stage]
    known = sorted(int(name) for name in lines if name.isdigit())
    return lines[str(min(known, key=lambda epochs: abs(epochs - int(stage))))]


def expected_db(evidence: Evidence, lines: Forecast) -> float:
    """Of a parent, in dB."""
    line = line_of(evidence.stage, lines)
    return line(evidence.numbers()) + line.records.get(evidence.parent, 0.0)


def settled(known: Mapping[str, Evidence], lines: Forecast) -> dict[str, float]:
    """The expected error of each, by id, in dB, when all tuning is over.

    What a longer moment teaches of those who went on (this device is harder, or easier, than the others were)
    holds for those who stayed behind as well, so their expectation moves along.
    """
    found = {i: expected_db(replace(one, moments=()), lines) for i, one in known.items()}
    for count in range(1, 1 + max((len(one.moments) for one in known.values()), default=0)):
        went_on = {i: one.moments[:count] for i, one in known.items() if len(one.moments) >= count}
        better = {i: expected_db(replace(known[i], moments=m), lines) for i, m in went_on.items()}
        shift = float(np.mean([better[i] - found[i] for i in better]))
        found = {i: better.get(i, before + shift) for i, before in found.items()}
    return found


def around(middle_db: float, stage: str) -> Expected:
    """An expectation in dB with the band that eight in ten trainings of that stage fell in; never above 1."""
    band_db = line_of(stage, forecast()).band
    esr, low, high = (
        min(float(10.0 ** ((middle_db + shift) / 10.0)), 1.0) for shift in (0.0, -band_db, band_db)
    )
    return Expected(esr, low, high)


def expect_from_scratch(moment: Moment) -> Expected:
    """The same for a network that has learned nothing before, from a moment of tuning it."""
    return around(forecast()[SCRATCH_STAGE]({"tuned": decibels(moment.esr)}), SCRATCH_STAGE)


def worthwhile(parent_error: float, scratch_error: float, margin_db: float = 0.0) -> bool:
    """Whether a parent promises to end better than a start from scratch by so much, or no worse.

    To ask for more of a tuned parent costs more than it saves: one that ties in a trial of a few passes will
    mostly win in the end (``python manifests/judge_trials.py``).
    """
    gain_db = 10.0 * np.log10(max(scratch_error, 1e-12) / max(parent_error, 1e-12))
    return bool(gain_db >= margin_db)
