"""``zoo tune``: fine-tune a model on a capture."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoo.cli.model_page import leave_page
from zoo.cli.output import JsonOption, QuietOption, print_json, print_remark, progress, remarks, steps

if TYPE_CHECKING:
    from training.trainer import Trainer
    from zoo.tuning import TunedModel


class Place(str, Enum):
    """Where training runs."""

    auto = "auto"
    cpu = "cpu"
    cuda = "cuda"
    mps = "mps"


class Cell(str, Enum):
    """Kinds of recurrent networks."""

    LSTM = "LSTM"
    GRU = "GRU"


def tune(
    capture: Annotated[
        Path | None, typer.Argument(help="Stereo file (left dry, right wet) or folder of takes.")
    ] = None,
    dry: Annotated[Path | None, typer.Option(help="What went into the device.")] = None,
    wet: Annotated[Path | None, typer.Option(help="What came out of it.")] = None,
    parent: Annotated[
        str, typer.Option("--from", help="auto (first suggestion), scratch, or a model: file, id or name.")
    ] = "auto",
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the model and its picture.")] = Path(
        "tuned"
    ),
    seconds: Annotated[float | None, typer.Option(min=0.5, help="Train on so much; all by default.")] = None,
    hidden: Annotated[int | None, typer.Option(help="Units; the parent's by default.")] = None,
    cell: Annotated[Cell | None, typer.Option(help="Kind of network; the parent's by default.")] = None,
    distil: Annotated[
        bool, typer.Option("--distil", help="Let a parent of another size teach the wanted size first.")
    ] = False,
    name: Annotated[str | None, typer.Option(help="Name in the zoo; the capture's by default.")] = None,
    epochs: Annotated[int, typer.Option(min=1, help="At most so many.")] = 200,
    patience: Annotated[
        int, typer.Option(min=1, help="Validations without improvement before the end.")
    ] = 25,
    seed: Annotated[int, typer.Option(help="Draws the order of segments and random weights.")] = 0,
    device: Annotated[
        Place, typer.Option(help="Where to train; auto: LSTM and GRU on the CPU, WaveNets on a GPU if any.")
    ] = Place.auto,
    report: Annotated[
        bool, typer.Option("--report/--no-report", help="Leave report.html, to hear and see the model.")
    ] = True,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with what was interrupted in --out.")
    ] = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Fine-tune a model on your capture and enter it in the zoo.

    The last fifth of the capture is kept for the test that is reported, the fifth before it for validation.
    Ctrl-C keeps the best model so far (exit code 130); --resume goes on from there. At the end a page in the
    folder plays and shows the model beside the device (see `zoo report`).

    Example: zoo tune capture.wav --from auto --out my-pedal --epochs 4
    """
    from training.settings import Settings
    from zoo.api import open_registry
    from zoo.api import tune as run
    from zoo.tuning import Wish

    wish = Wish(name=name, hidden=hidden, cell=cell.value if cell else None, distil=distil, seconds=seconds)
    settings = Settings(epochs=epochs, patience=patience, seed=seed)
    with open_registry(remark=remarks(quiet)) as registry, progress(quiet=quiet) as bar:
        task = bar.add_task("training", total=epochs)

        def show(trainer: Trainer) -> None:
            best = min(v.validation for v in trainer.history)
            bar.update(task, completed=trainer.epoch, description=f"validation loss {best:.4f}")

        made = run(
            capture, dry=dry, wet=wet, parent=parent, out=out, settings=settings, wish=wish, resume=resume,
            device=device.value, registry=registry, remark=remarks(quiet), progress=steps(bar),
            on_validation=show,
        )  # fmt: skip
        if report and not made.tuned.interrupted:
            leave_page(made.folder, capture, dry=dry, wet=wet, registry=registry, quiet=quiet)
    if as_json:
        print_json(_facts(made))
    else:
        _print(made)
    if made.tuned.interrupted:
        print_remark(f"interrupted: this is the best model so far; go on with --resume --out {made.folder}")
        raise typer.Exit(130)


def _facts(made: TunedModel) -> dict[str, object]:
    tuned = made.tuned
    return {
        "id": made.manifest.id,
        "name": made.manifest.name,
        "parent": made.manifest.parent,
        "architecture": made.manifest.architecture,
        "folder": str(made.folder),
        "epochs": tuned.epochs,
        "data_seconds": tuned.data_seconds,
        "validation_loss": tuned.best_validation,
        "first_validation_loss": tuned.history[0].validation,
        "test_esr": tuned.scores.esr,
        "test_emphasised_esr": tuned.scores.emphasised_esr,
        "test_mr_stft": tuned.scores.mr_stft,
        "interrupted": tuned.interrupted,
    }


def _print(made: TunedModel) -> None:
    tuned = made.tuned
    print(f"{made.manifest.name} ({made.manifest.short_id}), {made.manifest.architecture}")
    print(f"trained on {tuned.data_seconds:.1f} s for {tuned.epochs} epochs; the picture is in {made.folder}")
    print(f"validation loss {tuned.history[0].validation:.4f} before, {tuned.best_validation:.4f} after")
    print(f"on unseen playing: ESR {tuned.scores.esr:.4f}, pre-emphasised {tuned.scores.emphasised_esr:.4f}")
