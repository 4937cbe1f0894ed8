"""``zoo compare``: what a parent gains over a start from scratch."""

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
from zoo.errors import BadRequest

if TYPE_CHECKING:
    from rich.progress import Progress

    from training.compare_cells import Cell
    from training.compare_report import Row
    from training.trainer import Trainer
    from zoo.comparing import Compared, Listeners
    from zoo.comparing.question import Question

COLUMNS = ("data", "start", "seeds", "first loss", "best loss", "test ESR", "epochs", "seconds")


def compare(
    capture: Annotated[
        Path | None, typer.Argument(help="Stereo file (left dry, right wet) or folder of takes.")
    ] = None,
    dry: Annotated[Path | None, typer.Option(help="What went into the device.")] = None,
    wet: Annotated[Path | None, typer.Option(help="What came out of it.")] = None,
    device: Annotated[
        str | None, typer.Option(help="A model that stands in for the device: file, id or name.")
    ] = None,
    di: Annotated[list[Path] | None, typer.Option(help="A dry recording for --device; repeatable.")] = None,
    knob: Annotated[
        list[float] | None, typer.Option(help="A knob of --device, 0 to 1; once for each, in order.")
    ] = None,
    recipe: Annotated[
        str | None, typer.Option(help="A known experiment; its data are found through TONEZOO_DATA.")
    ] = None,
    parent: Annotated[
        list[str] | None,
        typer.Option(help="auto (first suggestion) or a model: file, id or name; repeatable."),
    ] = None,
    seconds: Annotated[
        list[str] | None, typer.Option(help="How much to train on, or full; repeatable. 30 and full.")
    ] = None,
    seeds: Annotated[int | None, typer.Option(min=1, help="Trainings of each; 3 by default.")] = None,
    epochs: Annotated[int, typer.Option(min=1, help="At most so many.")] = 200,
    patience: Annotated[
        int, typer.Option(min=1, help="Validations without improvement before the end.")
    ] = 25,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for results and figure.")] = Path(
        "comparison"
    ),
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Train from scratch and from parents, on little and on much data, and compare what comes out.

    Every start is trained with several seeds; validation and test are the same held-out time for all. The
    folder gets a figure of the validation losses, the table as JSON, and CSV files of every training.
    Ctrl-C keeps what is done (exit code 130); the same command goes on from there.

    Example: zoo compare capture.wav --parent model --seconds 3 --seconds full --seeds 1 --epochs 2
    """
    from training.settings import Settings
    from zoo.api import compare as run
    from zoo.api import open_registry

    amounts = tuple(_amount(text) for text in seconds or ())
    question = _question(capture, dry, wet, device, di, knob, recipe, parent, amounts, seeds)
    settings = Settings(epochs=epochs, patience=patience)
    with open_registry(remark=remarks(quiet)) as registry, progress(quiet=quiet) as bar:
        made = run(
            question, out, settings=settings, registry=registry, listeners=_listeners(bar, epochs, quiet)
        )
    if as_json:
        print_json(made.to_json())
    else:
        _print(made)
    if made.comparison.interrupted:
        done, cells = len(made.comparison.results), made.comparison.cells
        print_remark(f"interrupted: {done} of {cells} trainings are done; the same command does the rest")
        raise typer.Exit(130)


def _amount(text: str) -> float | None:
    if text == "full":
        return None
    try:
        return float(text)
    except ValueError:
        raise BadRequest(f"--seconds {text} is neither a number of seconds nor full") from None


def _question(
    capture: Path | None,
    dry: Path | None,
    wet: Path | None,
    device: str | None,
    di: list[Path] | None,
    knob: list[float] | None,
    recipe: str | None,
    parent: list[str] | None,
    amounts: tuple[float | None, ...],
    seeds: int | None,
) -> Question:
    from zoo.comparing.question import Question

    if recipe is not None:
        if any(given for given in (capture, dry, wet, device, di, knob, parent)):
            raise BadRequest("--recipe says what is captured and the parents; leave out the other")
        return Question.of_recipe(recipe, amounts, seeds)
    return Question(
        path=capture, dry=dry, wet=wet,
        device=device, di=tuple(di or ()), knobs=tuple(knob) if knob else None,
        parents=tuple(parent or ("auto",)), amounts=amounts, seeds=seeds or 3,
    )  # fmt: skip


def _listeners(bar: Progress, epochs: int, quiet: bool) -> Listeners:
    """Two lines of the bar: trainings done, and the epochs of the one that runs."""
    from zoo.comparing import Listeners

    cells = bar.add_task("trainings", total=None)
    training = bar.add_task("", total=epochs)
    names: dict[str, str] = {}

    def on_cell(cell: Cell, done: int, total: int) -> None:
        names["now"] = f"{cell.start}, {cell.amount}, seed {cell.seed}"
        bar.update(cells, completed=done, total=total)
        bar.update(training, completed=0, description=names["now"])

    def on_validation(trainer: Trainer) -> None:
        best = min(v.validation for v in trainer.history)
        bar.update(training, completed=trainer.epoch, description=f"{names['now']}: best loss {best:.4f}")

    return Listeners(remarks(quiet), steps(bar), on_cell, on_validation)


def _print(made: Compared) -> None:
    from training.compare_report import summary

    rows = summary(made.comparison.results)
    print_table(COLUMNS, [_cells(row) for row in rows], right=COLUMNS[2:])
    if rows:
        print_remark(f"means over seeds, ranges in brackets; figure and every training are in {made.folder}")


def _cells(row: Row) -> tuple[object, ...]:
    return (
        row.amount,
        row.start,
        row.seeds,
        row.first_loss.text(4),
        row.best_loss.text(4),
        row.test_esr.text(4),
        row.epochs.text(0),
        row.wall_seconds.text(0),
    )
