"""A bank for the Bela pedal that holds one model; `zoo.bela` writes and reads the file.

The weights survive to the bit, gains to the rounding of float32. What `zoo bela pack` refuses is refused too:
a model too heavy for a board, or for another sample rate.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from zoo.bela.bank import Bank
from zoo.bela.layout import MAGIC, encode
from zoo.bela.networks import to_snapshot
from zoo.bela.reading import read_bank
from zoo.errors import UnsupportedModel
from zoo.files import write_atomically
from zoo.snapshot import Snapshot


def recognise(path: Path) -> bool:
    """Whether a file begins as banks do; of what is no plain file nothing is read, a pipe would wait."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as file:
            return stat.S_ISREG(os.fstat(file.fileno()).st_mode) and file.read(len(MAGIC)) == MAGIC
    except (OSError, ValueError):
        return False


def write(snapshot: Snapshot, path: Path) -> None:
    """Write a bank of one; instructions are estimated, not counted.

    Raises:
        SnapshotError: the pedal cannot play it: knobs, too heavy, another sample rate.
        WriteError: the disk is full or the place may not be written.
    """
    from zoo.bela.packing import Wishes, pack_model

    model = pack_model(snapshot, wishes=Wishes(count=False)).model
    write_atomically(path, encode(Bank(model.name, (model,))))


def read(path: Path) -> Snapshot:
    """The model in a bank of one.

    Raises:
        ModelFileError: damaged.
        UnsupportedModel: of a later version, or it holds none or several.
        SnapshotError: the model takes frames.
    """
    bank = read_bank(path)
    if len(bank.models) != 1:
        raise UnsupportedModel(
            path, f"a bank of {len(bank.models)} models, and one is expected; `zoo bela show` lists them"
        )
    return to_snapshot(bank.models[0])
