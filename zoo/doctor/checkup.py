"""What an examination of this installation says: one line for each thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["good", "note", "trouble"]


@dataclass(frozen=True)
class Checkup:
    """One thing that was looked at.

    Attributes:
        name: of the thing.
        state: "good"; "note": something that not everybody needs is missing; "trouble": a part of zoo fails.
        found: what is there.
        mend: what to do about it; empty where there is nothing to do.
    """

    name: str
    state: State
    found: str
    mend: str = ""
