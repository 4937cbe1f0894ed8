"""Which models to list: a few optional conditions, all of which must hold."""

from __future__ import annotations

import re
from dataclasses import dataclass

from registry.quality import GAIN_CLASSES
from zoo.errors import BadRequest

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions on manifests; ``None`` asks nothing. Words compare without regard to case.

    Attributes:
        device: part of the device's make and model, or "unknown".
        gain: a gain class ("clean", "crunch", "high gain", ...), or "unknown".
        arch: "LSTM", "WaveNet", or one shape such as "LSTM-40"; ``*`` stands for anything.
        hidden: hidden size of LSTMs and GRUs.
        rate: sample rate in Hz.
        licence: as an SPDX id, or "unknown".
        name: a name with ``*`` and ``?``; other names of the same sound count too.

    Raises:
        BadRequest: the gain class does not exist.
    """

    device: str | None = None
    gain: str | None = None
    arch: str | None = None
    hidden: int | None = None
    rate: int | None = None
    licence: str | None = None
    name: str | None = None

    def __post_init__(self) -> None:
        if self.gain is None:
            return
        classes = (*GAIN_CLASSES, UNKNOWN)
        spellings = {_letters(c): c for c in classes} | {"higain": "high gain"}
        if _letters(self.gain) not in spellings:
            raise BadRequest(
                f"the gain class {self.gain!r} does not exist; one of {', '.join(classes)} is expected"
            )
        object.__setattr__(self, "gain", spellings[_letters(self.gain)])

    def to_sql(self) -> tuple[str, list[str | int]]:
        """A WHERE clause over the catalogue's columns, and its parameters."""
        clauses: list[str] = []
        values: list[str | int] = []

        def require(clause: str, *parameters: str | int) -> None:
            clauses.append(clause)
            values.extend(parameters)

        for column, wanted in (("device", self.device), ("gain_class", self.gain), ("licence", self.licence)):
            if wanted is not None and wanted.lower() == UNKNOWN:
                require(f"{column} IS NULL")
            elif wanted is not None and column == "device":
                require("instr(device, ?)", wanted.lower())
            elif wanted is not None:
                require(f"lower({column}) = ?", wanted.lower())
        if self.arch is not None:
            require("(lower(family) = ? OR lower(architecture) GLOB ?)", self.arch.lower(), self.arch.lower())
        if self.hidden is not None:
            require("hidden_size = ?", self.hidden)
        if self.rate is not None:
            require("sample_rate = ?", self.rate)
        if self.name is not None:
            require("id IN (SELECT id FROM names WHERE folded GLOB ?)", self.name.casefold())
        return " AND ".join(clauses) or "1", values


def _letters(words: str) -> str:
    return re.sub(r"[^a-z]", "", words.lower())
