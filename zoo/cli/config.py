"""``zoo config``: what you decide once for all commands."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from zoo.cli.output import JsonOption, QuietOption, print_json, print_remark, print_table
from zoo.errors import BadRequest


def config(
    key: Annotated[str | None, typer.Argument(help="home, mirror, author or licence.")] = None,
    value: Annotated[str | None, typer.Argument(help="What it shall be from now on.")] = None,
    unset: Annotated[bool, typer.Option("--unset", help="Forget what was decided.")] = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show or change what counts for every command: the zoo's folder, a mirror, your name and licence.

    Without arguments all of it is shown, and where each value comes from. Environment variables come first:
    ZOO_HOME, TONEZOO_MIRROR, TONEZOO_AUTHOR, TONEZOO_LICENCE; TONEZOO_CONFIG names another file.

    Example: zoo config licence CC-BY-4.0
    """
    from zoo.preferences import KEYS, config_file, decide, preferences

    if unset and (key is None or value is not None):
        raise BadRequest("--unset takes a key and no value")
    if key is not None and key not in KEYS:
        raise BadRequest(f"there is nothing to decide about {key!r}; there is {', '.join(KEYS)}")
    if key is not None and (unset or value is not None):
        decide(key, value)
        print_remark(f"{config_file()}: {key} is {'forgotten' if unset else value}", quiet=quiet)
    shown = [found for found in preferences() if key in (None, found.key)]
    if as_json:
        print_json([asdict(found) for found in shown])
    elif key is None:
        rows = [(p.key, p.value or "-", p.source or "nothing decided", KEYS[p.key][0]) for p in shown]
        print_table(("key", "value", "from", "decides"), rows)
    elif not unset and value is None:
        print(shown[0].value or "")
