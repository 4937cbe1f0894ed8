"""Take a model document apart field by field; a complaint names the file, the field and what was found."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from zoo.errors import ModelFileError, UnsupportedModel
from zoo.formats.json_file import quoted

LARGEST_FLOAT32 = float(np.finfo(np.float32).max)


@dataclass(frozen=True, slots=True)
class Fields:
    """One JSON object of a model file.

    Attributes:
        path: the file, for messages.
        values: the object.
        where: the object's place in the file, as ``config.layers[0].``; empty for the root.
    """

    path: Path
    values: Mapping[str, Any]
    where: str = ""

    def __contains__(self, key: str) -> bool:
        return self.values.get(key) is not None

    def damaged(self, reason: str) -> ModelFileError:
        """An error to raise: the file is not what its format promises."""
        return ModelFileError(self.path, reason)

    def unsupported(self, reason: str) -> UnsupportedModel:
        """An error to raise: the file is sound, but such models are refused."""
        return UnsupportedModel(self.path, reason)

    def wrong(self, key: str, expected: str) -> ModelFileError:
        """An error to raise: the field ``key`` is missing or is not what is expected."""
        found = f"is {quoted(self.values[key])}" if key in self.values else "is missing"
        return self.damaged(f"{self.where}{key} {found}; {expected} is expected")

    def child(self, key: str) -> Fields:
        """The object in a field."""
        value = self.values.get(key)
        if not isinstance(value, dict):
            raise self.wrong(key, "an object")
        return Fields(self.path, value, f"{self.where}{key}.")

    def merged(self, key: str, without: Iterable[str]) -> Fields:
        """This object ``without`` some fields and the object in one field, if any, as one; the inner wins."""
        inner = self.child(key).values if key in self else {}
        outer = {name: value for name, value in self.values.items() if name not in {*without, key}}
        return Fields(self.path, {**outer, **inner}, self.where)

    def children(self, key: str) -> list[Fields]:
        """The objects in a field that holds a list of them; at least one."""
        value = self.values.get(key)
        if not isinstance(value, list) or not value or not all(isinstance(v, dict) for v in value):
            raise self.wrong(key, "a list of objects")
        return [Fields(self.path, v, f"{self.where}{key}[{i}].") for i, v in enumerate(value)]

    def text(self, key: str) -> str:
        """A string."""
        value = self.values.get(key)
        if not isinstance(value, str):
            raise self.wrong(key, "a string")
        return value

    def number(self, key: str, default: float | None = None) -> float:
        """A finite number; ``default`` where the field is missing or null."""
        value = self.values.get(key)
        if value is None and default is not None:
            return default
        if value is None or not is_number(value):
            raise self.wrong(key, "a number")
        return float(value)

    def integer(self, key: str, default: int | None = None) -> int:
        """A whole number, ``48000`` or ``48000.0``; ``default`` where the field is missing or null."""
        value = self.number(key, default)
        if value != int(value):
            raise self.wrong(key, "a whole number")
        return int(value)

    def flag(self, key: str, default: bool | None = None) -> bool:
        """True or false, or 1 or 0; ``default`` where the field is missing or null."""
        value = self.values.get(key)
        if value is None and default is not None:
            return default
        if value not in (0, 1):
            raise self.wrong(key, "true or false")
        return bool(value)

    def integers(self, key: str) -> list[int]:
        """A list of whole numbers."""
        value = self.values.get(key)
        if not isinstance(value, list) or not all(is_number(v) and v == int(v) for v in value):
            raise self.wrong(key, "a list of whole numbers")
        return [int(v) for v in value]

    def array(self, key: str, shape: tuple[int, ...]) -> npt.NDArray[np.float32]:
        """Nested lists of numbers of exactly this shape, rounded to the nearest float32."""
        return self.as_array(self.values.get(key), key, shape)

    def as_array(self, value: Any, name: str, shape: tuple[int, ...]) -> npt.NDArray[np.float32]:
        """``value`` as `array` would return it; ``name`` is for the message."""
        rows = [value]
        for axis, length in enumerate(shape):
            for row in rows:
                if not isinstance(row, list) or len(row) != length:
                    found = f"{len(row)} entries" if isinstance(row, list) else quoted(row)
                    what = f"{self.where}{name} has {found} along axis {axis}"
                    raise self.damaged(f"{what}; shape {shape} is expected")
            if axis < len(shape) - 1:
                rows = [inner for row in rows for inner in row]
        if odd := {type(number) for row in rows for number in row} - {float, int}:
            found = sorted(kind.__name__ for kind in odd)[0]
            raise self.damaged(f"{self.where}{name} holds a {found}; numbers are expected")
        numbers = np.array(rows, dtype=np.float64).reshape(shape)
        if not np.all(np.abs(numbers) <= LARGEST_FLOAT32):
            raise self.damaged(f"{self.where}{name} holds a number that is not finite as float32")
        return numbers.astype(np.float32)

    def refuse_unknown(self, known: Iterable[str]) -> None:
        """Refuse fields that may change the sound in ways unknown here; null and false ones do not."""
        for key in sorted(set(self.values) - set(known)):
            if self.values[key] not in (None, False):
                raise self.unsupported(f"{self.where}{quoted(key)} is a feature that is not supported")


def is_number(value: Any) -> bool:
    """A finite JSON number: no boolean, no string."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
