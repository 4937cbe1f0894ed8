"""``zoo push``: share a model on the Hugging Face Hub."""

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
    from registry import Registry
    from zoo.capture import Capture
    from zoo.hub.pushing import Pushed


def push(
    repo: Annotated[str, typer.Option(help="owner/name on the Hub; made where there is none.")],
    model: Annotated[str | None, typer.Argument(help="Name or id of a model in the zoo.")] = None,
    whole: Annotated[
        bool, typer.Option("--all", help="All models of the zoo in one repository, with an index.")
    ] = False,
    licence: Annotated[str | None, typer.Option(help="SPDX id, such as CC-BY-4.0; the model's own.")] = None,
    private: Annotated[
        bool | None, typer.Option("--private/--public", help="Of a new repository; public by default.")
    ] = None,
    capture: Annotated[Path | None, typer.Option(help="Capture to take the samples from.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show every file, ask and upload nothing.")
    ] = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Share a model: weights, manifest, card, files for plugins, samples and pictures, in one commit.

    With --all, every model of the zoo that has a licence goes into one repository, with vectors to search by.
    Somebody else's push in between is never overwritten. What you write on the card outside of our lines
    stays. Pushing the same again changes nothing. You must be logged in (`zoo login`).

    Example: zoo push american-preamp-drive-3 --repo me/my-amp --dry-run
    """
    from zoo.api import open_registry, push_model

    if (model is None) != whole or (whole and (capture or licence)):
        raise BadRequest("the name of a model is expected, or --all without --licence and --capture")
    with open_registry(remark=remarks(quiet)) as registry:
        pushed = (
            _push_all(repo, private, dry_run, registry, quiet)
            if model is None
            else push_model(
                model,
                repo,
                licence=licence,
                private=private,
                capture=_read(capture, registry.load(model).sample_rate) if capture else None,
                dry_run=dry_run,
                registry=registry,
                remark=remarks(quiet),
            )
        )
    if as_json:
        print_json(_facts(pushed))
        return
    if dry_run:
        print_table(("file", "bytes"), pushed.files.items(), right=("bytes",))
        print_remark("nothing was uploaded; the card keeps what you wrote on the Hub", quiet=quiet)
        return
    print(f"{pushed.repo}@{pushed.commit}")
    if not pushed.new:
        print_remark("all of it was there already; nothing was uploaded", quiet=quiet)
    for path in pushed.deleted:
        print_remark(f"{path} was of the model before and is gone", quiet=quiet)


def _push_all(repo: str, private: bool | None, dry_run: bool, registry: Registry, quiet: bool) -> Pushed:
    from zoo.api import push_zoo

    with progress(quiet=quiet) as bar:
        return push_zoo(
            repo,
            private=private,
            dry_run=dry_run,
            registry=registry,
            remark=remarks(quiet),
            progress=steps(bar),
        )


def _read(path: Path, sample_rate: int) -> Capture:
    from zoo.capture import load_capture

    return load_capture(path, sample_rate=sample_rate)


def _facts(pushed: Pushed) -> dict[str, object]:
    return {
        "repo": pushed.repo,
        "commit": pushed.commit or None,
        "new": pushed.new,
        "files": [{"path": path, "bytes": size} for path, size in pushed.files.items()],
        "deleted": list(pushed.deleted),
    }
