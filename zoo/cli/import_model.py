"""``zoo import``: model files and folders of them into the zoo."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zoo.cli.output import JsonOption, QuietOption, RayOption, progress, remarks, steps
from zoo.cli.verdicts import print_verdicts


def import_model(
    paths: Annotated[list[Path], typer.Argument(help="Model files, native folders, or folders to search.")],
    name: Annotated[str | None, typer.Option(help="Name of the model, for one file alone.")] = None,
    device: Annotated[str | None, typer.Option(help="Make and model, where the files do not say.")] = None,
    licence: Annotated[str | None, typer.Option(help="Licence (SPDX), where the files do not say.")] = None,
    ray: RayOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Import models: GuitarML, AIDA-X, RTNeural, NAM and native files, or whole folders of them.

    Every model is listened to first: one that blows up or never falls silent is refused; what is worth
    knowing of the others is said and kept. A file that is refused does not stop the others. Exit code 0: all
    models are in the zoo; 2: at least one file was refused; 3: the zoo cannot be written. Ctrl-C keeps what
    is done. With --ray the machines of a cluster listen; see `ray start --help` for how to make one.

    Example: zoo import ~/Downloads/models --licence GPL-3.0-only
    """
    from registry.devices import device_from_text
    from registry.facts import Facts
    from zoo.api import import_models, open_registry

    make, model = device_from_text(device) if device else (None, None)
    facts = Facts(name=name, make=make, model=model, licence=licence)
    with open_registry(remark=remarks(quiet)) as registry, progress(quiet=quiet) as bar:
        imported = import_models(paths, registry=registry, facts=facts, progress=steps(bar), ray=ray)
    print_verdicts(imported, as_json=as_json, quiet=quiet)
