"""What became of files that were to enter the zoo: the same words and exit codes for import and pull."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from zoo.cli.output import print_json, print_remark

if TYPE_CHECKING:
    from registry.entering import Imported

# Status -> what the summary says of so many files.
_SUMMARY = {
    "imported": "imported {}",
    "already there": "{} already there",
    "same sound": "{} known under another name",
    "refused": "{} refused",
    "not a model": "{} not a model",
    "not fetched": "{} not fetched",
}


def print_verdicts(entries: Sequence[Imported], *, as_json: bool, quiet: bool) -> None:
    """A sentence for each file that needs one, then the counts; or all of it as JSON.

    Raises:
        typer.Exit: 3 when something was not fetched, else 2 when something was refused.
    """
    counts: Counter[str] = Counter(entry.status for entry in entries)
    if as_json:
        print_json([entry.to_json() for entry in entries])
    else:
        for entry in entries:
            reasons = [entry.reason] if entry.reason and entry.status != "not a model" else []
            for sentence in (*reasons, *entry.findings):
                print_remark(f"{entry.path}: {sentence}", quiet=quiet)
        print(", ".join(words.format(counts[status]) for status, words in _SUMMARY.items() if counts[status]))
    if counts["not fetched"]:
        raise typer.Exit(3)
    if counts["refused"]:
        raise typer.Exit(2)
