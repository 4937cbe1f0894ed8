"""``zoo prune``: a smaller model that sounds the same."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from zoo.cli.model_page import leave_page
from zoo.cli.output import JsonOption, QuietOption, print_json, print_remark, progress, remarks
from zoo.cli.pruned import facts_of, line_of, print_pruned

if TYPE_CHECKING:
    from training.pruning import Iteration
    from training.trainer import Trainer


class Rewind(str, Enum):
    """What is set back after each pruning."""

    rate = "rate"
    weights = "weights"


class Score(str, Enum):
    """What the least of is pruned."""

    magnitude = "magnitude"
    sensitivity = "sensitivity"


def prune(
    model: Annotated[str, typer.Argument(help="Model file or folder, or the name or id of one in the zoo.")],
    capture: Annotated[Path | None, typer.Argument(help="The capture it was made of.")] = None,
    dry: Annotated[Path | None, typer.Option(help="What went into the device.")] = None,
    wet: Annotated[Path | None, typer.Option(help="What came out of it.")] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for search and model.")] = Path("pruned"),
    iterations: Annotated[int, typer.Option(min=1, help="Of the mask search.")] = 15,
    ratio: Annotated[float, typer.Option(help="Share of the weights that each iteration prunes.")] = 0.3,
    epsilon: Annotated[float, typer.Option(help="Mask distance that ends an iteration ...")] = 0.1,
    k: Annotated[int, typer.Option(min=1, help="... when so many in a row are below it.")] = 5,
    fully_train_first: Annotated[
        bool, typer.Option("--ftf/--no-ftf", help="Train the first iteration to the end.")
    ] = True,
    rewind: Annotated[
        Rewind, typer.Option(help="After pruning: the learning rate alone, or the weights to the start's.")
    ] = Rewind.rate,
    units: Annotated[
        bool, typer.Option("--units", help="Prune whole units by what they are worth, not single weights.")
    ] = False,
    by: Annotated[
        Score, typer.Option(help="Prune the smallest weights, or those that the loss feels least.")
    ] = Score.magnitude,
    one_shot: Annotated[
        float | None, typer.Option(help="Prune this share at once instead, such as 0.9.")
    ] = None,
    target_hidden: Annotated[int | None, typer.Option(help="At most so many units.")] = None,
    target_rtf: Annotated[float | None, typer.Option(help="At most this real-time factor, here.")] = None,
    point: Annotated[int | None, typer.Option(help="That iteration of the search.")] = None,
    max_esr_increase: Annotated[
        float, typer.Option(min=0, help="Else the smallest whose loss grows by at most this share.")
    ] = 0.1,
    front: Annotated[
        bool, typer.Option("--front", help="Compare with distilled and direct models; take the best of all.")
    ] = False,
    paper: Annotated[
        bool, typer.Option("--paper", help="Train as Südholt et al. did: 750 epochs at 5e-4, batches of 40.")
    ] = False,
    seconds: Annotated[float | None, typer.Option(min=0.5, help="Train on so much; all by default.")] = None,
    name: Annotated[str | None, typer.Option(help="Name in the zoo.")] = None,
    epochs: Annotated[int, typer.Option(min=1, help="At most so many in one training.")] = 200,
    seed: Annotated[int, typer.Option(help="Draws the order of segments.")] = 0,
    report: Annotated[
        bool, typer.Option("--report/--no-report", help="Leave report.html, to hear it before and after.")
    ] = True,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with what is in --out.")] = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Prune a model on the capture it was made of, and enter the smaller one in the zoo.

    The mask search of Südholt et al. (2023), a full retraining of the point that was chosen, and exact
    removal of the units that became useless. Ctrl-C keeps every finished iteration; --resume goes on, and
    chooses another point of a finished search. A page in the folder holds the pruned model beside the model
    before and the device (see `zoo report`).

    Example: zoo prune green-overdrive-drive-8 capture.wav --out small --iterations 2 --epochs 2 --point 2
    """
    from training.pruning import SearchSettings
    from training.settings import PAPER, Settings
    from zoo.api import open_registry
    from zoo.api import prune as run
    from zoo.pruning import Choice, Listeners
    from zoo.pruning.folder import PLAN

    many, share = (iterations, ratio) if one_shot is None else (1, one_shot)
    method: Literal["weights", "units"] = "units" if units else "weights"
    search = SearchSettings(many, share, epsilon, k, fully_train_first, rewind.value, method, by.value)
    settings = Settings(**{**PAPER, "seed": seed}) if paper else Settings(epochs=epochs, seed=seed)
    with open_registry(remark=remarks(quiet)) as registry, progress(quiet=quiet) as bar:
        task = bar.add_task("mask search", total=search.iterations)

        def epoch(number: int, trainer: Trainer, distance: float) -> None:
            text = f"iteration {number}, epoch {trainer.epoch}, mask distance {distance:.3f}"
            bar.update(task, completed=number - 1, description=text)

        def iteration(record: Iteration) -> None:
            bar.update(task, completed=record.number)
            remarks(quiet)(line_of(record))

        def validation(what: str, trainer: Trainer) -> None:
            best = min(v.validation for v in trainer.history)
            text = f"training {what}, validation loss {best:.4f}"
            bar.update(task, completed=trainer.epoch, total=trainer.settings.epochs, description=text)

        try:
            made = run(
                model, capture, dry=dry, wet=wet, out=out, name=name, seconds=seconds, settings=settings,
                search=search, choice=Choice(point, target_hidden, target_rtf, max_esr_increase),
                resume=resume, front=front, registry=registry,
                listeners=Listeners(remarks(quiet), epoch, iteration, validation),
            )  # fmt: skip
        except KeyboardInterrupt:
            if (out / PLAN).is_file():
                print_remark(f"interrupted; the same command goes on with --resume --out {out}")
            raise
        if report:
            leave_page(
                made.model.folder, capture, dry=dry, wet=wet, before=made.model.folder / "unpruned",
                registry=registry, quiet=quiet,
            )  # fmt: skip
    print_json(facts_of(made)) if as_json else print_pruned(made)
