"""Ratings read back: who is left out, and means with 95 % intervals.

A listener is left out who rated the hidden reference below 90 in more than 15 % of their trials (ITU-R
BS.1534-3, section 4.1.2; Suholt et al., IEEE TASLP 2022). Every rating counts once, as in that paper: the
intervals take ratings for independent, although one listener gives several.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np

from zoo.errors import BadRequest
from zoo.listening.sessions import COLUMNS, Rating
from zoo.listening.stimuli import Kind

LOWEST, MOST_SHARE, CONFIDENCE = 90, 0.15, 0.95
MOST_FILES, MOST_BYTES = 10_000, 1 << 22
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Mean:
    """What is left of a condition.

    Attributes:
        condition, kind: what it is.
        ratings: how many.
        mean, median: of them, 0 to 100.
        low, high: ends of the 95 % interval of the mean, by Student's t; None for a single rating.
    """

    condition: str
    kind: Kind
    ratings: int
    mean: float
    median: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Listener:
    """Somebody who rated.

    Attributes:
        name: of the listener.
        trials: that they rated.
        missed: trials in which the hidden reference has less than 90.
        means: their own, by condition.
    """

    name: str
    trials: int
    missed: int
    means: dict[str, float]

    @property
    def is_excluded(self) -> bool:
        """They did not hear the reference often enough."""
        return self.missed > MOST_SHARE * self.trials


@dataclass(frozen=True)
class Results:
    """A test as far as it was taken.

    Attributes:
        test: its id.
        means: of the listeners who are left; the hidden reference first, the anchor last.
        listeners: all of them.
    """

    test: str
    means: tuple[Mean, ...]
    listeners: tuple[Listener, ...]

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "test": self.test,
            "conditions": [asdict(mean) for mean in self.means],
            "listeners": [{**asdict(one), "excluded": one.is_excluded} for one in self.listeners],
        }


def read_ratings(folder: str | Path) -> list[Rating]:
    """All ratings in the CSV files of a folder.

    Raises:
        BadRequest: there are none, a file is no such table, or they are of different tests.
    """
    folder = Path(folder)
    files = sorted(path for path in folder.glob("*.csv") if path.is_file()) if folder.is_dir() else []
    if not files:
        raise BadRequest(f"{folder} holds no ratings; `zoo listen A B --reference wet.wav` makes some")
    if len(files) > MOST_FILES:
        raise BadRequest(f"{folder} holds {len(files)} tables; at most {MOST_FILES} are read")
    ratings = [rating for file in files for rating in read_csv(file)]
    tests = sorted({rating.test for rating in ratings})
    if len(tests) > 1:
        raise BadRequest(
            f"{folder} holds ratings of {len(tests)} tests ({', '.join(tests[:3])}); keep each in a folder "
            "of its own"
        )
    if not ratings:
        raise BadRequest(f"nothing is rated in {folder} yet")
    return ratings


def read_csv(path: Path) -> list[Rating]:
    """The ratings in one table.

    Raises:
        BadRequest: it is none, or was changed into something that is none.
    """
    if path.stat().st_size > MOST_BYTES:
        raise BadRequest(f"{path} is too large for the ratings of one listener")
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()  # spreadsheets put a mark in front
    except (OSError, UnicodeDecodeError) as error:
        raise BadRequest(f"{path} cannot be read as text; was it saved as CSV?") from error
    if not lines or tuple(next(csv.reader(lines[:1]))) != COLUMNS:
        raise BadRequest(f"{path} is no table of ratings: its columns are not those of `zoo listen`")
    return [_rating(path, number, row) for number, row in enumerate(csv.DictReader(lines), 2)]


def _rating(path: Path, number: int, row: dict[str, str]) -> Rating:
    try:
        rating = Rating(
            row["test"], row["listener"], int(row["trial"]), int(row["shown"]), row["reference"],
            float(row["start_seconds"]), row["condition"], KINDS[KINDS.index(row["kind"])],
            row["letter"], int(row["rating"]), int(row["plays"]), float(row["seconds"]), row["rated_at"],
        )  # fmt: skip
    except (ValueError, TypeError, KeyError) as error:
        raise BadRequest(
            f"{path}, line {number}: not a rating; it was changed by hand, or damaged"
        ) from error
    if not 0 <= rating.rating <= 100:
        raise BadRequest(f"{path}, line {number}: a rating of {rating.rating}; they go from 0 to 100")
    return rating


def analyse(ratings: Sequence[Rating]) -> Results:
    """Leave out who did not hear the reference, and take the means.

    Args:
        ratings: of one test, at least one.
    """
    names = sorted({rating.listener for rating in ratings})
    listeners = tuple(_listener(name, [r for r in ratings if r.listener == name]) for name in names)
    out = {listener.name for listener in listeners if listener.is_excluded}
    left = [rating for rating in ratings if rating.listener not in out]
    order = {"reference": 0, "system": 1, "anchor": 2}
    conditions = dict.fromkeys(
        sorted({(r.kind, r.condition) for r in left}, key=lambda c: (order[c[0]], c[1]))
    )
    means = tuple(
        _mean(condition, kind, [r.rating for r in left if r.condition == condition and r.kind == kind])
        for kind, condition in conditions
    )
    return Results(ratings[0].test, means, listeners)


def _listener(name: str, ratings: Sequence[Rating]) -> Listener:
    hidden = [rating.rating for rating in ratings if rating.kind == "reference"]
    conditions = sorted({rating.condition for rating in ratings})
    means = {c: _average(r.rating for r in ratings if r.condition == c) for c in conditions}
    return Listener(name, len(hidden), sum(rating < LOWEST for rating in hidden), means)


def _average(values: Iterable[int]) -> float:
    return round(float(np.mean(list(values))), 2)


def _mean(condition: str, kind: Kind, values: Sequence[int]) -> Mean:
    from scipy.stats import t

    middle, low, high = float(np.mean(values)), None, None
    if len(values) > 1:
        half = float(
            t.ppf((1 + CONFIDENCE) / 2, len(values) - 1) * np.std(values, ddof=1) / len(values) ** 0.5
        )
        low, high = round(middle - half, 2), round(middle + half, 2)
    return Mean(condition, kind, len(values), round(middle, 2), float(np.median(values)), low, high)
