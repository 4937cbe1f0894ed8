"""``zoo bela deploy``: the pedal brought to a board."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from zoo.cli.output import JsonOption, QuietOption, print_json, print_remark


def deploy(
    bank: Annotated[Path, typer.Argument(help="Bank that `zoo bela pack` wrote.")],
    host: Annotated[
        str | None,
        typer.Option(help="Board, as [user@]host[:port]; else bela.local, 192.168.7.2 or 192.168.6.2."),
    ] = None,
    boot: Annotated[bool, typer.Option("--boot", help="Start at every power-on.")] = False,
    zip_file: Annotated[
        Path | None, typer.Option("--zip", help="Write the project for Bela's IDE instead.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print each step and do none.")] = False,
    open_page: Annotated[bool, typer.Option("--open/--no-open", help="Open the pedal's page.")] = True,
    ssh_config: Annotated[
        Path | None, typer.Option(help="Configuration of OpenSSH, if not your own.")
    ] = None,
    page_port: Annotated[int, typer.Option(min=1, max=65535, help="Of the pedal's WebSocket.")] = 5555,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Copy the pedal and a bank to a Bela board, build it there, start it and see that it plays.

    What played goes on until the new one is built; presets stay.

    Example: zoo bela deploy bank.bin --dry-run
    """
    from zoo.api import deploy_bank

    done = deploy_bank(
        bank, host=host, boot=boot, zip_file=zip_file, dry_run=dry_run, ssh_config=ssh_config,
        page_port=page_port, tell=lambda step: print_remark(step, quiet=quiet),
    )  # fmt: skip
    if as_json:
        print_json({**done, "steps": [{"does": s.does, "command": s.command} for s in done["steps"]]})
    elif dry_run:
        for step in done["steps"]:
            print(f"{step.does}: {step.command}")
    else:
        print(done["page"] or done["zip"])
    if done["page"] and open_page and not as_json:
        webbrowser.open(done["page"])
