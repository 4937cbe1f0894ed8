"""``zoo batch``: tune many captures from many parents."""

from __future__ import annotations

import os
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
from zoo.cli.tune import Cell

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from training.trainer import Trainer
    from zoo.batches import Batch, Listeners, Outcome
    from zoo.batches.plan import Job

COLUMNS = ("test ESR", "validation loss", "epochs", "id", "name", "folder")


def batch(
    captures: Annotated[
        list[str] | None, typer.Argument(help="Stereo files (left dry, right wet) or folders of takes.")
    ] = None,
    parents: Annotated[
        list[str] | None,
        typer.Option("--from", help="auto, scratch, or a model: file, id or name; repeatable. auto."),
    ] = None,
    count: Annotated[int, typer.Option("--count", "-k", min=1, help="Suggestions that auto takes.")] = 1,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the batch.")] = Path("batch"),
    seconds: Annotated[float | None, typer.Option(min=0.5, help="Train on so much; all by default.")] = None,
    hidden: Annotated[int | None, typer.Option(help="Units; the parent's by default.")] = None,
    cell: Annotated[Cell | None, typer.Option(help="Kind of network; the parent's by default.")] = None,
    distil: Annotated[
        bool, typer.Option("--distil", help="Let parents of another size teach the wanted size first.")
    ] = False,
    epochs: Annotated[int, typer.Option(min=1, help="At most so many.")] = 200,
    patience: Annotated[
        int, typer.Option(min=1, help="Validations without improvement before the end.")
    ] = 25,
    seed: Annotated[int, typer.Option(help="Draws the order of segments and random weights.")] = 0,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", "-j", min=1, help="Trainings side by side; one for each processor."),
    ] = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Tune every capture from every parent, and list the models by their error on unseen playing.

    All models are entered in the zoo. Ctrl-C or a crash loses nothing: the same command, or `zoo batch --out`
    with the folder alone, does the rest. A capture or parent that does not fit fails alone (exit code 2).

    Example: zoo batch capture.wav --from scratch --from model --epochs 2 --out tries
    """
    from training.settings import Settings
    from zoo.api import batch as run
    from zoo.api import open_registry
    from zoo.batches.plan import Request
    from zoo.tuning.folder import Wish

    wish = Wish(hidden=hidden, cell=cell.value if cell else None, distil=distil, seconds=seconds)
    settings = Settings(epochs=epochs, patience=patience, seed=seed).to_json()
    request = (
        Request(tuple(map(os.path.abspath, captures)), tuple(parents or ("auto",)), count, settings, wish)
        if captures
        else None
    )
    with open_registry(remark=remarks(quiet)) as registry, progress(quiet=quiet) as bar:
        made = run(request, out, threads=jobs, registry=registry, listeners=_listeners(bar, quiet))
    _print(made, as_json, quiet)


def _listeners(bar: Progress, quiet: bool) -> Listeners:
    """A line of the bar for the batch, and one for each training that runs."""
    from zoo.batches import Listeners

    all_jobs = bar.add_task("trainings", total=None)
    tasks: dict[str, TaskID] = {}

    def on_validation(job: Job, trainer: Trainer) -> None:
        if job.name not in tasks:
            tasks[job.name] = bar.add_task(job.child, total=trainer.settings.epochs)
        best = min(v.validation for v in trainer.history)
        bar.update(tasks[job.name], completed=trainer.epoch, description=f"{job.child}: loss {best:.4f}")

    def on_end(job: Job) -> None:
        if job.name in tasks:
            bar.remove_task(tasks.pop(job.name))

    def on_done(done: int, jobs: int) -> None:
        bar.update(all_jobs, completed=done, total=jobs)

    return Listeners(remarks(quiet), steps(bar), on_validation, on_end, on_done)


def _print(made: Batch, as_json: bool, quiet: bool) -> None:
    """The table or JSON, and an exit code for what is not done."""
    done = [outcome for outcome in made.outcomes if outcome.manifest is not None]
    failed = [outcome for outcome in made.outcomes if outcome.problem]
    waiting = len(made.outcomes) - len(done) - len(failed)
    if as_json:
        jobs = [_facts(made, outcome) for outcome in made.outcomes]
        print_json({"folder": str(made.folder), "interrupted": made.interrupted, "jobs": jobs})
    elif done:
        print_table(COLUMNS, [_row(made, o) for o in done], right=COLUMNS[:3], piped_only=("folder",))
    if failed:
        print_remark(
            f"{len(failed)} of {len(made.outcomes)} failed; the same command tries them again", quiet=quiet
        )
    if made.interrupted:
        print_remark(f"interrupted: {waiting} left to do; go on with zoo batch --out {made.folder}")
        raise typer.Exit(130)
    if failed:
        raise typer.Exit(2)


def _row(made: Batch, outcome: Outcome) -> tuple[str, ...]:
    facts = _facts(made, outcome)
    numbers = (f"{facts['test_esr']:.4f}", f"{facts['validation_loss']:.4f}", str(facts["epochs"]))
    return (*numbers, str(facts["id"])[:12], str(facts["name"]), str(facts["folder"]))


def _facts(made: Batch, outcome: Outcome) -> dict[str, object]:
    job, manifest = outcome.job, outcome.manifest
    facts: dict[str, object] = {
        "name": job.child,
        "capture": job.capture,
        "parent": job.parent,
        "folder": str(made.folder / job.name),
        "state": "done" if manifest else "failed" if outcome.problem else "waiting",
    }
    if outcome.problem:
        facts["problem"] = outcome.problem
    if manifest is not None and manifest.training is not None:
        record = manifest.training
        facts |= {
            "id": manifest.id,
            "architecture": manifest.architecture,
            "epochs": record.epochs,
            "validation_loss": min((loss for _, loss in record.losses), default=None),
            "test_esr": record.test_esr,
            "test_emphasised_esr": record.test_emphasised_esr,
            "test_mr_stft": record.test_mr_stft,
        }
    return facts
