"""Functions as machine code: numba, keeping what it compiled where it can."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function`` as machine code from its first call on, kept on disk for the next time.

    Where neither the package's folder nor the user's cache can be written, it is compiled anew every time.
    """
    try:
        made: Callable[..., Any] = njit(cache=True)(function)
    except RuntimeError:
        made = njit(function)
    return made
