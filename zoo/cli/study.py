"""``zoo study``: the pruning paper's table and figures."""

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
)

if TYPE_CHECKING:
    from rich.progress import Progress

    from training.trainer import Trainer
    from zoo.studying.study import Listeners


def study(
    device: Annotated[
        list[str] | None,
        typer.Option(help="HT-1, Big Muff, Mesa, HT-40, DS-1 or Broadcast; repeatable. All."),
    ] = None,
    capture: Annotated[
        list[Path] | None, typer.Option(help="A capture of your own device instead; repeatable.")
    ] = None,
    hidden: Annotated[
        list[int] | None, typer.Option(min=2, help="Hidden size; repeatable. 96, 64 and 32.")
    ] = None,
    seconds: Annotated[float | None, typer.Option(min=0.5, help="Train on so much; all by default.")] = None,
    minutes: Annotated[float, typer.Option(help="Of playing in every training ...")] = 60.0,
    long_minutes: Annotated[
        float, typer.Option(help="... and in the last one of the combined recipe.")
    ] = 200.0,
    iterations: Annotated[int, typer.Option(min=1, help="Of the mask search.")] = 15,
    seed: Annotated[int, typer.Option(help="Draws first weights and the order of segments.")] = 0,
    report: Annotated[bool, typer.Option("--report", help="Only report on what --out holds.")] = False,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for trainings and report.")] = Path(
        "study"
    ),
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Train, prune and retrain models of several devices and sizes: the table and figures of Südholt et al.

    Each is trained from scratch, pruned by the paper's mask search, and by a recipe that removes whole units
    and then single weights by the loss they cost. The devices are real models and captures that are found
    through TONEZOO_DATA, or your own captures. Ctrl-C keeps what is done (exit code 130); the same command
    goes on from there. All of it takes days; a device at a size takes hours.

    Example: zoo study --capture capture.wav --hidden 4 --seconds 2 --minutes 0.1 --iterations 2
    """
    from zoo.api import study as run
    from zoo.studying.plan import SIZES, StudyPlan
    from zoo.studying.tables import SHORT

    plan = StudyPlan(seconds, minutes, long_minutes, iterations, seed=seed)
    with progress(quiet=quiet) as bar:
        made = run(
            out, devices=device or (), captures=capture or (), sizes=hidden or SIZES, plan=plan,
            report_only=report, listeners=_listeners(bar, quiet),
        )  # fmt: skip
    if as_json:
        print_json(made.to_json())
    else:
        print_table(SHORT, made.table, right=SHORT[3:11])
        print_remark(f"the report is {made.folder / 'study.html'}", quiet=quiet)
    if made.interrupted:
        print_remark("interrupted; the same command does the rest", quiet=quiet)
        raise typer.Exit(130)


def _listeners(bar: Progress, quiet: bool) -> Listeners:
    """Two lines of the bar: cells done, and the epochs of the training that runs."""
    from zoo.studying.study import Listeners

    cells, training = bar.add_task("cells", total=None), bar.add_task("", total=None)

    def cell(device: str, size: int, done: int, total: int) -> None:
        bar.update(cells, completed=done, total=total, description=f"{device}, hidden size {size}")

    def heard(name: str, trainer: Trainer) -> None:
        best = min((v.validation for v in trainer.history), default=float("nan"))
        text = f"{name}, best validation loss {best:.4f}"
        bar.update(training, completed=trainer.epoch, total=trainer.settings.epochs, description=text)

    return Listeners(remarks(quiet), cell, heard)
