"""The oracle matrix as rows: what every parent became on every target; and how predictors ranked them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

from zoo.errors import BadRequest

SCRATCH = "scratch"


@dataclass(frozen=True, slots=True)
class Cell:
    """One training.

    Attributes:
        target: its name.
        kind: "capture", "model" or "circuit".
        family: of the target's device.
        parent: its id, or `SCRATCH`.
        name: of the parent.
        kin: the parent is of the target's family or lineage.
        seconds: of training material.
        seed: of the training.
        epochs: at most.
        best_loss: on the validation part.
        test_esr: on playing that nothing was trained or validated on.
    """

    target: str
    kind: str
    family: str
    parent: str
    name: str
    kin: bool
    seconds: float
    seed: int
    epochs: int
    best_loss: float
    test_esr: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """How much a predictor thinks of a parent for a target.

    Attributes:
        kin_out: the parents of the target's family were not there; None where that makes no difference.
        score: less is better.
    """

    target: str
    seconds: float
    predictor: str
    kin_out: bool | None
    parent: str
    score: float


class OfPair(Protocol):
    """A row of a target and a parent, such as a `Cell`."""

    @property
    def target(self) -> str:
        """Its name."""

    @property
    def parent(self) -> str:
        """Its id, or `SCRATCH`."""


def place(row: OfPair) -> tuple[str, bool, str]:
    """To sort rows by: target by target, scratch after the parents."""
    return row.target, row.parent == SCRATCH, row.parent


Row = TypeVar("Row")


def to_csv(rows: Iterable[Any], kind: type[Any]) -> bytes:
    """Rows as CSV with a header, numbers to six digits."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(kind)], lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _text(value) for name, value in asdict(row).items()} for row in rows)
    return text.getvalue().encode()


def read_csv(path: Path, kind: Callable[..., Row]) -> list[Row]:
    """The rows of a file that `to_csv` wrote.

    Args:
        path: of the file.
        kind: a dataclass.

    Raises:
        BadRequest: the file cannot be read, or is something else.
    """
    try:
        columns = fields(cast("type[Any]", kind))
        with path.open(newline="", encoding="utf-8") as file:
            return [
                kind(**{f.name: _value(row[f.name], str(f.type)) for f in columns})
                for row in csv.DictReader(file)
            ]
    except (OSError, KeyError, ValueError, TypeError, csv.Error) as error:
        raise BadRequest(f"{path} is not a matrix that `zoo evaluate` wrote ({error})") from error


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    return "" if value is None else f"{value:.6g}" if isinstance(value, float) else value


def _value(text: str, kind: str) -> Any:
    if kind.startswith("bool"):
        return None if text == "" and "None" in kind else bool(int(text))
    return {"str": str, "int": int, "float": float}[kind](text)
