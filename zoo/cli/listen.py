"""``zoo listen``: how like the device is it, to ears."""

from __future__ import annotations

import time
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoo.cli.output import JsonOption, QuietOption, print_json, print_remark, print_table, progress
from zoo.errors import BadRequest

if TYPE_CHECKING:
    from zoo.listening.results import Results
    from zoo.listening.stimuli import ListeningTest


def listen(
    systems: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[A B ...]",
            help="What is compared: models, recordings, or folders of recordings named as the references.",
        ),
    ] = None,
    reference: Annotated[
        list[Path] | None, typer.Option(help="Recording of the device; once for each.")
    ] = None,
    dry: Annotated[
        list[Path] | None, typer.Option(help="What was played, once for each --reference; models need it.")
    ] = None,
    excerpts: Annotated[int, typer.Option(min=1, max=20, help="Of each reference; each is a trial.")] = 3,
    seconds: Annotated[float, typer.Option(min=1, max=30, help="Of an excerpt, at most.")] = 8.0,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the ratings.")] = Path("listening"),
    listeners: Annotated[int, typer.Option(min=1, max=1000, help="End after so many.")] = 1,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Of the page; 0 takes one that is free.")] = 0,
    show: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in a browser.")] = True,
    results: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Show what came of a test, and draw results.png.")
    ] = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Take a MUSHRA-style listening test in the browser: which version is most like the device?

    In every trial there are a reference and, in random order, what is compared, the reference once more and a
    low anchor (tanh of the dry signal), all equally loud. Every trial is saved at once as CSV; Ctrl-C keeps
    them (exit code 130), and a listener of the same name goes on. Only this machine can open the page.
    --results leaves out listeners who rated the hidden reference below 90 in more than 15 % of their trials.

    Example: zoo listen --results listening
    """
    if results is not None:
        if systems or reference or dry:
            raise BadRequest("--results shows a test that was taken; leave out what to compare")
        _show(results, as_json, quiet)
        return
    if not systems or not reference:
        raise BadRequest(
            "name what to compare and the device's recording: zoo listen A B --reference wet.wav, and "
            "--dry dry.wav for models"
        )
    from zoo.api import listening_test

    with progress(quiet=quiet) as bar:
        bar.add_task("preparing the sounds", total=None)
        test = listening_test(systems, reference, dry=dry or [], excerpts=excerpts, seconds=seconds)
    _take(test, out, listeners, port, show, quiet)
    _show(out, as_json, quiet)


def _take(test: ListeningTest, out: Path, listeners: int, port: int, show: bool, quiet: bool) -> None:
    """Serve the test until so many listeners are through."""
    from zoo.listening.server import serving
    from zoo.listening.sitting import Sitting

    trials = f"{len(test.trials)} trials of {len(test.conditions)} versions"
    print_remark(f"{trials}; low anchor: {test.anchor}", quiet=quiet)
    sitting = Sitting(test, out)
    with serving(sitting, port) as server:
        # Without it nobody finds the page, so that --quiet keeps it unless a browser was opened.
        opened = show and webbrowser.open(server.address)
        print_remark(f"the test is at {server.address}", quiet=quiet and opened)
        try:
            with sitting.changed:
                while len(sitting.finished) < listeners:
                    sitting.changed.wait(1.0)  # a wait without end would not hear Ctrl-C on every system
            time.sleep(0.3)  # the last answer is on its way to the page
        except KeyboardInterrupt:
            print_remark(f"interrupted; what was rated is kept in {out}", quiet=quiet)
            raise typer.Exit(130) from None


def _show(folder: Path, as_json: bool, quiet: bool) -> None:
    from zoo.api import listening_results
    from zoo.listening.chart import plot_results

    found = listening_results(folder)
    plot_results(folder / "results.png", found)
    if as_json:
        print_json(found.to_json())
    else:
        _print(found)
    out = [listener for listener in found.listeners if listener.is_excluded]
    for listener in out:
        print_remark(
            f"{listener.name} is left out: the hidden reference has less than 90 in {listener.missed} of "
            f"{listener.trials} trials",
            quiet=quiet,
        )
    if len(out) == len(found.listeners):
        print_remark("nobody is left", quiet=quiet)
    print_remark(f"means and intervals are drawn in {folder / 'results.png'}", quiet=quiet)


def _print(found: Results) -> None:
    def number(value: float | None) -> str:
        return "" if value is None else f"{value:.1f}"

    rows = [
        (m.condition, number(m.mean), number(m.low), number(m.high), number(m.median), m.ratings)
        for m in found.means
    ]
    columns = ("condition", "mean", "low", "high", "median", "ratings")
    print_table(columns, rows, right=columns[1:])
