"""``zoo demo``: the whole way at once, ending with a page to hear."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoo.cli.output import (
    JsonOption,
    QuietOption,
    print_json,
    print_remark,
    print_table,
    progress,
    remarks,
    steps,
)

if TYPE_CHECKING:
    from zoo.demonstrating import Demonstrated


def demo(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for all of it.")] = Path("zoo-demo"),
    circuit: Annotated[
        str, typer.Option(help="The pedal or amp that is captured; `zoo circuits` lists them.")
    ] = "british-preamp",
    epochs: Annotated[int, typer.Option(min=2, max=1000, help="Of each training.")] = 30,
    seconds: Annotated[float, typer.Option(min=5, max=300, help="Of playing.")] = 40.0,
    hidden: Annotated[int, typer.Option(min=1, help="Units that the pruned model has at most.")] = 12,
    add: Annotated[
        bool, typer.Option("--add", help="Enter the tuned and the pruned model in your own zoo too.")
    ] = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show the whole way: capture a device, ask the zoo, tune, prune, export, and a page to hear it all.

    Takes one or two minutes and needs neither gear nor network: the device is a circuit whose equations are
    solved. All of it happens in the folder; your own zoo is not touched unless you say --add. Ctrl-C keeps
    what is done (exit code 130), and the same command goes on from there.

    Example: zoo demo --out first-try --epochs 2 --seconds 5
    """
    from zoo.api import demonstrate, open_registry
    from zoo.demonstrating import Listeners, Plan

    plan = Plan(circuit, epochs, seconds, hidden)
    with progress(quiet=quiet) as bar:
        listeners = Listeners(remarks(quiet), steps(bar))
        if add:
            with open_registry(remark=remarks(quiet)) as own:
                made = demonstrate(out, plan=plan, into=own, listeners=listeners)
        else:
            made = demonstrate(out, plan=plan, listeners=listeners)
    print_json(made.to_json()) if as_json else _print(made)
    if made.interrupted:
        print_remark("interrupted; the same command goes on from here", quiet=quiet)
        raise typer.Exit(130)
    print_remark(f"open {made.folder.page} in a browser to hear it", quiet=quiet)


def _print(made: Demonstrated) -> None:
    shown = made.shown
    if shown is None:
        return
    from zoo.demonstrating.shown import NAMES, STAGES

    rows = [
        (
            NAMES[stage],
            shown.manifests[stage].architecture,
            f"{shown.esr(stage):.2g}",
            made.folder.model(stage),
        )
        for stage in STAGES
    ]
    print_table(("model", "network", "ESR", "folder"), rows, right=("ESR",))
