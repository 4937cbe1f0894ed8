"""``zoo evaluate``: how near the suggestions come to the best parent there is."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoo.cli.output import (
    JsonOption,
    QuietOption,
    RayOption,
    print_json,
    print_remark,
    print_table,
    progress,
    remarks,
    steps,
)

if TYPE_CHECKING:
    from zoo.evaluating.report import Evaluated

COLUMNS = ("family", "ranked by", "regret@1", "95 %", "p90", "regret@5", "tau", "hit@3", "share")


def evaluate(
    targets: Annotated[
        list[str] | None,
        typer.Option(help="Names of targets (with *), or a capture file of your own; repeatable. All."),
    ] = None,
    parents: Annotated[
        list[str] | None, typer.Option(help="Names of LSTMs in the zoo (with *); repeatable. All.")
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Trainings of each pair.")] = 3,
    seconds: Annotated[
        list[float] | None, typer.Option(min=0.5, help="Training material; repeatable. 10 and 30.")
    ] = None,
    epochs: Annotated[int, typer.Option(min=1, help="Of every training.")] = 8,
    report: Annotated[
        bool, typer.Option("--report", help="Only score what --out holds; takes seconds.")
    ] = False,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for matrix and report.")] = Path(
        "evaluation"
    ),
    ray: RayOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Fine-tune every LSTM of the zoo on every target, and hold the suggestions against the outcome.

    regret@1 is how many dB worse the first suggestion ends than the best parent. Rankings are judged with the
    parents of the target's own family left out, and with them. Targets are real captures and models that are
    found through TONEZOO_DATA, circuits, or your own captures. Ctrl-C keeps what is done (exit code 130);
    the same command goes on from there. With --ray the machines of a cluster train.

    Example: zoo evaluate --targets capture.wav --parents '*amp*' --seconds 2 --seeds 1 --epochs 1
    """
    from zoo.api import evaluate as run
    from zoo.api import open_registry

    with open_registry(remark=remarks(quiet)) as registry, progress(quiet=quiet) as bar:
        made = run(
            out, targets=targets or (), parents=parents or (), seeds=seeds, amounts=seconds or (10.0, 30.0),
            epochs=epochs, report_only=report, ray=ray, registry=registry, remark=remarks(quiet),
            progress=steps(bar),
        )  # fmt: skip
    if as_json:
        print_json(made.to_json())
    else:
        _print(made, quiet)
    if made.interrupted:
        print_remark(
            f"{made.trainings} of {made.planned} trainings are done; the same command does the rest",
            quiet=quiet,
        )
        raise typer.Exit(130)


def _print(made: Evaluated, quiet: bool) -> None:
    rows = [
        (
            "left out" if line.kin_out else "there",
            line.predictor,
            f"{line.regret_1:.2f}",
            f"{line.low:.2f} to {line.high:.2f}",
            f"{line.regret_1_p90:.2f}",
            f"{line.regret_5:.2f}",
            f"{line.tau:.2f}",
            f"{line.hit_3:.2f}",
            "-" if math.isnan(line.share) else f"{line.share:.0%}",
        )
        for line in made.lines
    ]
    print_table(COLUMNS, rows, right=COLUMNS[2:])
    for remark in made.remarks:
        print_remark(remark, quiet=quiet)
    print_remark(f"the report is {made.folder / 'report.html'}", quiet=quiet)
