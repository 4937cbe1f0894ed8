"""``zoo import``: model files and folders of them into the zoo."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from zoo.cli.output import JsonOption, QuietOption, print_json, print_remark, progress, remarks, steps

# Status -> what the summary says of so many files.
_SUMMARY = {
    "imported": "imported {}",
    "already there": "{} already there",
    "same sound": "{} known under another name",
    "refused": "{} refused",
    "not a model": "{} not a model",
}


def import_model(
    paths: Annotated[list[Path], typer.Argument(help="Model files, native folders, or folders to search.")],
    name: Annotated[str | None, typer.Option(help="Name of the model, for one file alone.")] = None,
    device: Annotated[str | None, typer.Option(help="Make and model, where the files do not say.")] = None,
    licence: Annotated[str | None, typer.Option(help="Licence (SPDX), where the files do not say.")] = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Import models: GuitarML, AIDA-X, RTNeural, NAM and native files, or whole folders of them.

    A file that is refused does not stop the others. Exit code 0: all models are in the zoo; 2: at least one
    file was refused; 3: the zoo cannot be written. Ctrl-C keeps what is done.

    Example: zoo import ~/Downloads/models --licence GPL-3.0-only
    """
    from registry.devices import device_from_text
    from registry.facts import Facts
    from zoo.api import import_models, open_registry

    make, model = device_from_text(device) if device else (None, None)
    facts = Facts(name=name, make=make, model=model, licence=licence)
    with open_registry(remark=remarks(quiet)) as registry, progress(quiet=quiet) as bar:
        imported = import_models(paths, registry=registry, facts=facts, progress=steps(bar))
    counts: Counter[str] = Counter(entry.status for entry in imported)
    if as_json:
        print_json([entry.to_json() for entry in imported])
    else:
        for entry in imported:
            if entry.reason is not None and entry.status != "not a model":
                print_remark(f"{entry.path}: {entry.reason}", quiet=quiet)
        print(", ".join(words.format(counts[status]) for status, words in _SUMMARY.items() if counts[status]))
    if counts["refused"]:
        raise typer.Exit(2)
