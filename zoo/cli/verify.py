"""``zoo verify``: is every model what it was when it was imported?"""

from __future__ import annotations

from dataclasses import asdict

import typer

from zoo.cli.output import JsonOption, QuietOption, print_json, print_remark, print_table, progress, remarks


def verify(as_json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Hash every file in the zoo and load every model; list what is damaged.

    Exit code 0: all is well; 1: something is damaged. Nothing is changed: remove damaged models with
    `zoo remove`, and import them again.

    Example: zoo verify
    """
    from zoo.api import open_registry

    with open_registry(remark=remarks(quiet)) as registry, progress(quiet=quiet) as bar:
        task = bar.add_task("verifying")
        damage = registry.verify(progress=lambda done, total: bar.update(task, completed=done, total=total))
        count = len(registry.store.ids())
    if as_json:
        print_json({"models": count, "damage": [asdict(entry) for entry in damage]})
    elif damage:
        print_table(("id", "name", "damage"), ((d.id[:12], d.name or "unknown", d.reason) for d in damage))
    if damage:
        ids = " ".join(dict.fromkeys(entry.id[:12] for entry in damage))
        print_remark(f"remove what is damaged with `zoo remove {ids}` and import it again", quiet=quiet)
        raise typer.Exit(1)
    print_remark(f"{count} model{'s' * (count != 1)}, all sound", quiet=quiet)
