"""What the Bela part needs beyond Python: nothing of it is needed for anything else."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from zoo.doctor.checkup import Checkup

# What it is, the programs of which one is enough, what it is for, and how to get it.
TOOLS = (
    ("C++ compiler", ("g++", "clang++", "c++"), "to run the pedal on this computer", "install g++ or clang"),
    (
        "ARM compiler",
        ("arm-linux-gnueabihf-g++", "arm-linux-gnueabihf-g++-12"),
        "to count instructions of the board",
        "on Debian and Ubuntu: apt install g++-arm-linux-gnueabihf",
    ),
    ("ARM emulator", ("qemu-arm",), "to count instructions of the board", "apt install qemu-user"),
    ("ssh", ("ssh",), "to copy the pedal to a board", "apt install openssh-client"),
)


def look_at_tools() -> Iterator[Checkup]:
    """Each tool, found or not."""
    for name, programs, purpose, mend in TOOLS:
        path = next(filter(None, map(shutil.which, programs)), None)
        if path:
            yield Checkup(f"Bela: {name}", "good", path)
        else:
            yield Checkup(f"Bela: {name}", "note", f"missing, {purpose}", mend)
