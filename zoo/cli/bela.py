"""``zoo bela``: the pedal on a Bela board."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zoo.cli.bela_deploy import deploy
from zoo.cli.bela_simulate import simulate
from zoo.cli.output import (
    JsonOption,
    QuietOption,
    help_of,
    print_json,
    print_remark,
    print_table,
    progress,
    remarks,
    steps,
)

if TYPE_CHECKING:
    from zoo.bela.bank import Bank, BankModel

group = typer.Typer(
    name="bela",
    help="The pedal on a Bela board: banks of models, and what plays them.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


def pack(
    models: Annotated[
        list[str],
        typer.Argument(
            help="Files, folders, or names or ids in the zoo; MODEL@0.7 sets a knob.", metavar="MODEL..."
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="File to write.")] = Path("bank.bin"),
    name: Annotated[str | None, typer.Option(help="Name of the bank; the file's by default.")] = None,
    cab: Annotated[list[Path] | None, typer.Option(help="Impulse response of a cabinet, WAV.")] = None,
    budget: Annotated[
        int | None, typer.Option(min=1, help="Instructions a sample that one model may take.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Pack what is beyond the budget.")] = False,
    any_rate: Annotated[
        bool, typer.Option("--any-rate", help="Pack models for other sample rates than 44.1 kHz.")
    ] = False,
    count: Annotated[
        bool, typer.Option(help="Count instructions where the cross tools are, or estimate them.")
    ] = True,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Pack models into a bank for the pedal: weights, states of rest, equal loudness, a test for the board.

    A model that is too heavy for a board or made for another sample rate is refused. Knobs stand where they
    are set, at 0.5 by default. Two cabinets of the project's own come with every bank.

    Example: zoo bela pack ./model -o bank.bin --name "My bank"
    """
    from zoo.api import pack_bank
    from zoo.bela.bank import BUDGET
    from zoo.bela.packing import Wishes

    wishes = Wishes(budget or BUDGET, force=force, any_rate=any_rate, count=count)
    with progress(quiet=quiet) as bar:
        bank = pack_bank(
            models, out, name=name, cabs=cab or (), wishes=wishes, remark=remarks(quiet), progress=steps(bar)
        )
    if as_json:
        print_json({"file": str(out), **_facts(bank)})
        return
    print(out)
    how = "counted" if all(model.counted for model in bank.models) else "estimated; no board has confirmed it"
    print_remark(f"{len(bank.models)} models, {len(bank.cabs)} cabinets; instructions {how}", quiet=quiet)


def show(
    bank: Annotated[Path, typer.Argument(help="Bank that `zoo bela pack` or `zoo export --to bela` wrote.")],
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show what is in a bank, every value of it checked as the board does.

    Example: zoo bela show bank.bin
    """
    from zoo.api import read_bank

    read = read_bank(bank)
    if as_json:
        print_json({"file": str(bank), **_facts(read)})
        return
    columns = ("model", "device", "gain", "network", "Hz", "trim dB", "instructions", "budget")
    rows = [
        (m.name, m.device, m.gain_class or "unknown", m.architecture, m.sample_rate, f"{m.trim_db:+.1f}",
         f"{m.instructions}{'' if m.counted else ' (estimated)'}", f"{m.instructions / read.budget:.0%}")
        for m in read.models
    ]  # fmt: skip
    print_table(columns, rows, right=columns[4:], least=("Hz", "device", "trim dB"))
    cabs = ", ".join(f"{cab.name} ({cab.taps.size} taps)" for cab in read.cabs) or "none"
    print_remark(f"{read.name}; cabinets: {cabs}", quiet=quiet)


def _facts(bank: Bank) -> dict[str, Any]:
    cabs = [{"name": c.name, "sample_rate": c.sample_rate, "taps": int(c.taps.size)} for c in bank.cabs]
    models = [_model(model) for model in bank.models]
    return {"name": bank.name, "budget": bank.budget, "models": models, "cabs": cabs}


def _model(m: BankModel) -> dict[str, Any]:
    return {
        "name": m.name,
        "device": m.device,
        "id": m.digest,
        "gain_class": m.gain_class or None,
        "architecture": m.architecture,
        "frame": m.frame,
        "sample_rate": m.sample_rate,
        "trim_db": m.trim_db,
        "instructions": m.instructions,
        "instructions_are": "counted" if m.counted else "estimated",
        "beyond_budget": m.forced,
        "weights": int(m.weights.size),
    }


COMMANDS: dict[str, object] = {"pack": pack, "show": show, "simulate": simulate, "deploy": deploy}

for _name, _command in COMMANDS.items():
    group.command(_name, help=help_of(_command))(_command)  # type: ignore[type-var]
