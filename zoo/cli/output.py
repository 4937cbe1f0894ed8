"""What commands print: data on stdout (a table, or JSON with ``--json``), all else on stderr."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any, Literal, TypeVar

import typer
from rich.cells import cell_len
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
    least: Sequence[str] = (),
) -> None:
    """A table on stdout; when piped, tab-separated lines with a header.

    A terminal that is too narrow for whole words shows fewer columns; what is piped has all of them.

    Args:
        columns: their names.
        rows: a cell for each column.
        right: columns of numbers.
        piped_only: columns that no terminal has room for.
        least: columns that are left out, one after another, as long as a line is too long for the terminal.
    """
    if not sys.stdout.isatty():
        for row in [columns, *rows]:
            sys.stdout.write("\t".join(printable(str(cell)) for cell in row) + "\n")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    cells = [[printable(str(cell)) for cell in row] for row in rows]
    left_out = {*piped_only, *_without_room(columns, cells, piped_only, least)}
    shown = [index for index, column in enumerate(columns) if column not in left_out]
    for column in (columns[index] for index in shown):
        justify: Literal["left", "right"] = "right" if column in right else "left"
        table.add_column(column, justify=justify, overflow="fold", no_wrap=column == "id")
    for row in cells:
        table.add_row(*(Text(row[index]) for index in shown))
    stdout().print(table)


def _without_room(
    columns: Sequence[str], rows: Sequence[Sequence[str]], hidden: Sequence[str], least: Sequence[str]
) -> Sequence[str]:
    """The first few of ``least``, as many as have to go for the longest line to fit."""
    widths = [max(map(cell_len, cells)) + 2 for cells in zip(columns, *rows, strict=True)]
    width = dict(zip(columns, widths, strict=True))
    wanted = sum(width[column] for column in columns if column not in hidden) - 2
    for count, column in enumerate(least):
        if wanted <= stdout().width:
            return least[:count]
        wanted -= width[column]
    return least


def help_of(command: object) -> str:
    """A command's docstring with every paragraph on one line, for the terminal to wrap where it likes."""
    paragraphs = (inspect.getdoc(command) or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


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
