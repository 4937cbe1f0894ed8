"""Writes the reference of the command line from the command line itself, in place of ``{{ commands }}``.

Typer carries a click of its own, so only what every command object has is asked: help, params, commands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

MARKER = "{{ commands }}"


def on_page_markdown(markdown: str, **_: Any) -> str:
    """MkDocs calls this for every page."""
    return markdown.replace(MARKER, "\n".join(reference())) if MARKER in markdown else markdown


def reference() -> Iterator[str]:
    """The whole reference in Markdown, line by line."""
    import typer.main

    from zoo.cli.main import app

    yield from _group("zoo", typer.main.get_command(app), "##")


def _group(name: str, group: Any, heading: str) -> Iterator[str]:
    for word, command in group.commands.items():
        yield from _command(f"{name} {word}", command, heading)
        if hasattr(command, "commands"):
            yield from _group(f"{name} {word}", command, f"{heading}#")


def _command(name: str, command: Any, heading: str) -> Iterator[str]:
    text = re.sub(r"Example: (zoo .+)", r"```bash\n\1\n```", command.help or "")
    yield from ("", f"{heading} {name}", "", text, "")
    rows = [row for row in map(_row, command.params) if row]
    if rows:
        yield from ("| option | |", "|---|---|", *rows)


def _row(parameter: Any) -> str:
    if parameter.name in ("as_json", "quiet", "help"):  # every command has them
        return ""
    is_option = parameter.param_type_name == "option"
    own_name = (parameter.metavar or parameter.name).upper()
    names = [*parameter.opts, *parameter.secondary_opts] if is_option else [own_name]
    words = parameter.help or ""
    if is_option and parameter.default not in (None, False, (), []) and not callable(parameter.default):
        words += f" Default: {getattr(parameter.default, 'value', parameter.default)}."
    if parameter.required:
        words += " Required."
    return f"| {' '.join(f'`{name}`' for name in names)} | {words.strip()} |".replace("<", "&lt;")
