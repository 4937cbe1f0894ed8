"""What every architecture shares: named tensor shapes, and integers within bounds."""

from __future__ import annotations

from typing import TypeAlias

from zoo.errors import SnapshotError

Shapes: TypeAlias = dict[str, tuple[int, ...]]


def bounded(what: str, value: int, low: int, high: int) -> None:
    """Refuse a ``value`` that is not an integer from ``low`` to ``high``.

    Raises:
        SnapshotError: names ``what``, what was found and what is expected.
    """
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise SnapshotError(f"{what} is {value!r}; an integer from {low} to {high} is expected")


def flag(what: str, value: bool) -> None:
    """Refuse a ``value`` that is neither True nor False.

    Raises:
        SnapshotError: names ``what`` and what was found.
    """
    if not isinstance(value, bool):
        raise SnapshotError(f"{what} is {value!r}; true or false is expected")
