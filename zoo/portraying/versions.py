"""A model beside the one that it was made from: what it lost in size, and what in sound."""

from __future__ import annotations

from zoo.benching import count
from zoo.portraying.measures import esr_text
from zoo.portraying.subject import Subject, Version
from zoo.reports.markup import Markup
from zoo.reports.page import section, table
from zoo.settling import LISTENING_SECONDS

COLUMNS = ("", "before", "after")


def beside(subject: Subject) -> Markup:
    """Sizes, error and settling time of the model before and of the model."""
    before, after = (_facts(version) for version in subject.versions)
    rows = [(name, before[name], after[name]) for name in before]
    return section("Before and after", table(COLUMNS, rows, right=COLUMNS[1:]))


def _facts(version: Version) -> dict[str, str]:
    size, settling = count(version.model), version.settling.seconds
    rings = f"{1000.0 * settling:.0f} ms"
    told = {
        "Network": str(version.model.architecture),
        "Parameters": f"{size.parameters:,}",
        "Parameters that are not zero": f"{size.nonzero:,}",
        "Multiplications a sample": f"{size.macs:,}",
        "Weights": f"{size.weight_bytes / 1000:.1f} kB",
    }
    if version.esr is not None:
        told["ESR"] = esr_text(version.esr)
    told["Settled after an impulse"] = rings if settling < LISTENING_SECONDS else f"more than {rings}"
    return told
