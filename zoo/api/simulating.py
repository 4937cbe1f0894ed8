"""The pedal on this computer: a zoo's models played as a Bela board would play them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from registry import Registry
from registry.manifest import Manifest
from zoo.api.home import opened
from zoo.errors import BadRequest

FOLDER = "pedal"  # in the zoo's home: the program, presets, and the bank of those who have made none
MOST = 8


@dataclass(frozen=True)
class PreparedPedal:
    """All that the pedal needs to play on this computer.

    Attributes:
        program: the app, compiled.
        bank: of models.
        memory: its presets; a file that need not exist yet.
    """

    program: Path
    bank: Path
    memory: Path


def prepare_pedal(
    bank: str | Path | None = None,
    memory: str | Path | None = None,
    *,
    registry: Registry | None = None,
    remark: Callable[[str], None] = lambda _: None,
) -> PreparedPedal:
    """Compile the pedal if that has not been done yet, and find it a bank.

    Args:
        bank: of `pack_bank`; a few models of the zoo when absent, one for each device.
        memory: the pedal's presets; a file in the zoo's home when absent.
        registry: the user's own zoo when absent.
        remark: hears what a person should know.

    Raises:
        BadRequest: the zoo has no model that a pedal can play.
        ModelFileError: the bank is damaged.
        StoreError: the pedal cannot be compiled here.
    """
    from zoo.api.pedal import read_bank
    from zoo.simulating import host_program

    with opened(registry) as zoo:
        folder = zoo.home / FOLDER
        if bank is None:
            bank = _bank_of(zoo, remark)
        else:
            read_bank(bank)
        program = host_program(folder, remark)
        return PreparedPedal(program, Path(bank), Path(memory) if memory else folder / "presets.txt")


def _bank_of(zoo: Registry, remark: Callable[[str], None]) -> Path:
    """One model of every device, in the order of the catalogue."""
    from zoo.api.pedal import pack_bank
    from zoo.bela.packing import BOARD_RATE, Wishes

    chosen: dict[str, Manifest] = {}
    for manifest in zoo.list():
        if manifest.sample_rate == BOARD_RATE and manifest.architecture.startswith("LSTM"):
            chosen.setdefault(str(manifest.device.model), manifest)
    if not chosen:
        raise BadRequest(f"the zoo has no LSTM at {BOARD_RATE} Hz to play; name a bank with --bank")
    models = [manifest.id for manifest in list(chosen.values())[:MOST]]
    remark(f"packing {len(models)} models of the zoo; zoo bela pack makes a bank of your own")
    bank = zoo.home / FOLDER / "zoo.bank"
    bank.parent.mkdir(parents=True, exist_ok=True)
    pack_bank(models, bank, name="From the zoo", wishes=Wishes(count=False), registry=zoo, remark=remark)
    return bank
