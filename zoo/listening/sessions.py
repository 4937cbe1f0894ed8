"""One listener's way through a test: their own random order, and a CSV that is whole after every trial."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timezone
from pathlib import Path

import numpy as np

from zoo.errors import BadRequest
from zoo.files import write_atomically
from zoo.listening.stimuli import Kind, ListeningTest

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LISTENER = re.compile(r"[^\W_][\w .'-]{0,39}")  # nothing that a spreadsheet would take for a formula
MOST_PLAYS, MOST_SECONDS = 1_000_000, 1e6


@dataclass(frozen=True)
class Rating:
    """A line of the CSV: what one listener said of one condition in one trial.

    Attributes:
        test: id of the `ListeningTest`.
        listener: name or number.
        trial: number in the test, from 1.
        shown: when this listener had it, from 1.
        reference: name of the reference.
        start_seconds: of the excerpt.
        condition, kind: what it was.
        letter: what it was called on the page.
        rating: 0 to 100.
        plays: how often it was listened to.
        seconds: how long the whole trial took.
        rated_at: UTC, ISO 8601.
    """

    test: str
    listener: str
    trial: int
    shown: int
    reference: str
    start_seconds: float
    condition: str
    kind: Kind
    letter: str
    rating: int
    plays: int
    seconds: float
    rated_at: str


COLUMNS = tuple(field.name for field in fields(Rating))


class Session:
    """A listener on the way.

    Attributes:
        test: what is rated.
        listener: their name.
        path: the CSV.
        ratings: so far.
    """

    def __init__(
        self,
        test: ListeningTest,
        listener: str,
        path: Path,
        rated: Sequence[Rating],
        rng: np.random.Generator,
    ) -> None:
        self.test, self.listener, self.path = test, listener, path
        self.ratings = list(rated)
        done = {rating.trial for rating in rated}
        left = [number for number in range(1, len(test.trials) + 1) if number not in done]
        self._order = [int(number) for number in rng.permutation(left)]
        self._done = len(done)
        count = len(test.conditions)
        self._letters = {number: [int(i) for i in rng.permutation(count)] for number in self._order}

    @property
    def left(self) -> int:
        """Trials to go."""
        return len(self._order)

    @property
    def done(self) -> int:
        """Trials that are rated."""
        return self._done

    @property
    def now(self) -> int:
        """Number of the trial that is next, from 1.

        Raises:
            BadRequest: there is none.
        """
        if not self._order:
            raise BadRequest("every trial is rated")
        return self._order[0]

    def sounds(self) -> bytes:
        """The trial that is next: reference, A, B, ..., one after another as little-endian float32."""
        signals = self.test.trials[self.now - 1].signals
        order = [0, *(1 + i for i in self._letters[self.now])]
        return np.ascontiguousarray(signals[order], dtype="<f4").tobytes()

    def rate(self, ratings: Mapping[str, int], plays: Mapping[str, int], seconds: float) -> None:
        """Take the ratings of the trial that is next, by letter, and write the CSV.

        Raises:
            BadRequest: a rating is missing, or is no whole number from 0 to 100.
            WriteError: the CSV cannot be written; the trial counts as not rated.
        """
        number, order = self.now, self._letters[self.now]
        letters = list(LETTERS[: len(order)])
        if sorted(ratings) != letters or not all(_whole(v, 100) for v in ratings.values()):
            raise BadRequest(f"every one of {', '.join(letters)} needs a rating from 0 to 100")
        if not set(plays) <= set(letters) or not all(_whole(v, MOST_PLAYS) for v in plays.values()):
            raise BadRequest("the numbers of plays are no such numbers")
        if not isinstance(seconds, int | float) or not 0.0 <= seconds <= MOST_SECONDS:
            raise BadRequest("the time that was taken is no such time")
        trial, now = self.test.trials[number - 1], datetime.now(timezone.utc)
        rows = []
        for letter, index in zip(letters, order, strict=True):
            condition = self.test.conditions[index]
            rows.append(
                Rating(
                    self.test.id, self.listener, number, self._done + 1, trial.reference,
                    round(trial.start_seconds, 3), condition.name, condition.kind, letter,
                    ratings[letter], plays.get(letter, 0), round(float(seconds), 1),
                    now.isoformat(timespec="seconds"),
                )
            )  # fmt: skip
        write_atomically(self.path, to_csv([*self.ratings, *rows]))
        self.ratings += rows
        self._order.pop(0)
        self._done += 1


def check_listener(name: object) -> str:
    """``name`` without blanks around it, if it can stand in a CSV.

    Raises:
        BadRequest: it cannot.
    """
    said = name.strip() if isinstance(name, str) else ""
    if not LISTENER.fullmatch(said):
        raise BadRequest(
            "a listener is a name, initials or a number: at most 40 letters, digits, blanks, - or ."
        )
    return said


def to_csv(ratings: Sequence[Rating]) -> bytes:
    """The table of a listener."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(rating) for rating in ratings)
    return text.getvalue().encode()


def _whole(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most
