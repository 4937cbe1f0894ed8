"""What can be said about a capture before anyone trains on it: findings and the verdict they add up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType


class Severity(Enum):
    """How much a finding matters: a note informs, a warning costs quality, an error forbids use."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


class Verdict(Enum):
    """What the findings add up to."""

    READY = "ready"
    CARE = "usable with care"
    UNUSABLE = "not usable"


@dataclass(frozen=True)
class Finding:
    """One thing found in a capture.

    Attributes:
        code: a stable short name for programs, such as "latency" or "clipped-wet".
        severity: how much it matters.
        sentence: what was found, what was expected, what to do.
        numbers: the measurements behind the sentence; the unit is part of each name.
        take: the take it concerns, or None when it concerns all of them.
    """

    code: str
    severity: Severity
    sentence: str
    numbers: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    take: str | None = None


def note(code: str, sentence: str, *, take: str | None = None, **numbers: float) -> Finding:
    """A finding for information."""
    return Finding(code, Severity.NOTE, sentence, MappingProxyType(numbers), take)


def warning(code: str, sentence: str, *, take: str | None = None, **numbers: float) -> Finding:
    """A finding that costs quality."""
    return Finding(code, Severity.WARNING, sentence, MappingProxyType(numbers), take)


def error(code: str, sentence: str, *, take: str | None = None, **numbers: float) -> Finding:
    """A finding that forbids use."""
    return Finding(code, Severity.ERROR, sentence, MappingProxyType(numbers), take)


def verdict(findings: Iterable[Finding]) -> Verdict:
    """The verdict that ``findings`` add up to: the worst severity decides."""
    severities = {finding.severity for finding in findings}
    if Severity.ERROR in severities:
        return Verdict.UNUSABLE
    return Verdict.CARE if Severity.WARNING in severities else Verdict.READY
