"""What commands print: data on stdout (a table, or JSON with ``--json``), all else on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any, Literal, TypeVar

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

T = TypeVar("T")

JsonOption = Annotated[bool, typer.Option("--json", help="Print data as JSON on stdout.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no remarks.")]

RayOption = Annotated[
    str | None,
    typer.Option(
        "--ray", metavar="ADDRESS", help="Work on a Ray cluster: host:port, or auto (tonezoo[cluster])."
    ),
]


def stdout() -> Console:
    """A console for data; plain text when piped, and never coloured under NO_COLOR."""
    return Console(soft_wrap=not sys.stdout.isatty())


def stderr() -> Console:
    """A console for remarks and progress."""
    return Console(stderr=True, soft_wrap=True)


def print_json(data: Any) -> None:
    """One JSON document on stdout, the same bytes for the same data."""
    sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def print_error(sentence: str) -> None:
    """One plain sentence on stderr."""
    stderr().print(Text.assemble(("error: ", "bold red"), printable(sentence)))


def print_remark(sentence: str, *, quiet: bool = False) -> None:
    """A remark on stderr, unless ``quiet``."""
    if not quiet:
        stderr().print(Text(printable(sentence)))


def remarks(quiet: bool = False) -> Callable[[str], None]:
    """What hears remarks: `print_remark`, or nobody when ``quiet``."""
    return lambda sentence: print_remark(sentence, quiet=quiet)


def print_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    right: Sequence[str] = (),
    piped_only: Sequence[str] = (),
) -> None:
    """A table on stdout; when piped, tab-separated lines with a header.

    Args:
        columns: their names.
        rows: a cell for each column.
        right: columns of numbers.
        piped_only: columns that a terminal has no room for.
    """
    if not sys.stdout.isatty():
        for row in [columns, *rows]:
            sys.stdout.write("\t".join(printable(str(cell)) for cell in row) + "\n")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    shown = [index for index, column in enumerate(columns) if column not in piped_only]
    for column in (columns[index] for index in shown):
        justify: Literal["left", "right"] = "right" if column in right else "left"
        table.add_column(column, justify=justify, overflow="fold", no_wrap=column == "id")
    for row in rows:
        table.add_row(*(Text(printable(str(row[index]))) for index in shown))
    stdout().print(table)


def printable(text: str) -> str:
    """``text`` without control characters: names from strangers' files cannot steer the terminal."""
    return "".join(c if c.isprintable() or c == " " else "\N{REPLACEMENT CHARACTER}" for c in text)


def steps(bar: Progress) -> Callable[[str, int, int], None]:
    """What hears (what, done, total) and draws a line of the bar for each ``what``."""
    tasks: dict[str, TaskID] = {}

    def show(what: str, done: int, total: int) -> None:
        if what not in tasks:
            tasks[what] = bar.add_task(what, total=total)
        bar.update(tasks[what], completed=done)

    return show


def progress(*, quiet: bool = False) -> Progress:
    """A progress bar on stderr, silent when ``quiet`` or when stderr is not a terminal."""
    console = stderr()
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=quiet or not console.is_terminal,
    )
