"""``zoo remove``: models out of the zoo."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from zoo.cli.output import JsonOption, QuietOption, print_json, print_remark, remarks
from zoo.errors import BadRequest


def remove(
    models: Annotated[list[str], typer.Argument(help="Names, ids, or the first digits of ids.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Remove models from the zoo, damaged ones too. Asks first; nothing is removed if one cannot be found.

    Example: zoo remove american-preamp-drive-3 --yes
    """
    from zoo.api import open_registry

    with open_registry(remark=remarks(quiet)) as registry:
        chosen = dict.fromkeys(map(registry.locate, models))
        labels = ", ".join(f"{model.name or 'a damaged model'} ({model.id[:12]})" for model in chosen)
        if not yes:
            _ask(labels)
        removed = registry.remove(model.id for model in chosen)
    if as_json:
        print_json([{"id": model.id, "name": model.name} for model in removed])
    else:
        print_remark(f"removed {labels}", quiet=quiet)


def _ask(labels: str) -> None:
    if not sys.stdin.isatty():
        raise BadRequest(f"remove {labels}? Nobody is here to answer; add --yes to remove without asking")
    if not typer.confirm(f"Remove {labels}?", err=True):
        print_remark("nothing was removed")
        raise typer.Exit(1)
