"""Counts the instructions that a Cortex-A8, the processor of a Bela board, executes for one sample.

The engine is compiled with the flags of a board and run by ``qemu-arm``; a small plugin counts. The count of
a short run is taken from that of a longer one, so that loading does not count.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from zoo.architecture import Recurrent
from zoo.snapshot import Snapshot

BELA = Path(__file__).resolve().parents[2] / "bela"
SOURCES = BELA / "tools" / "instructions"
COMPILERS = ("arm-linux-gnueabihf-g++", "arm-linux-gnueabihf-g++-12")
FLAGS = (
    "-std=c++11", "-O3", "-march=armv7-a", "-mtune=cortex-a8", "-mfpu=neon", "-mfloat-abi=hard",
    "-ffast-math", "-fno-exceptions", "-fno-rtti", "-static",
)  # fmt: skip
SHORT, LONG = 1024, 5120
SECONDS = 120.0


class NotCountable(Exception):
    """The count cannot be had here; the message says why."""


def instructions_per_sample(snapshot: Snapshot) -> float:
    """ARMv7 instructions for one sample, in blocks of 64.

    Raises:
        NotCountable: the model is no LSTM or GRU, or the tools are not there.
    """
    architecture = snapshot.at_size().architecture
    if not isinstance(architecture, Recurrent):
        raise NotCountable(f"ARM instructions are counted for LSTM and GRU, and this is a {architecture}")
    qemu, folder = _tools()["qemu"], Path(_built().name)
    short, long = (_count(qemu, folder, architecture, samples) for samples in (SHORT, LONG))
    return (long - short) / (LONG - SHORT)


@cache
def _built() -> tempfile.TemporaryDirectory[str]:
    """The folder of program and plugin, built once; it goes with the process."""
    tools, folder = _tools(), tempfile.TemporaryDirectory(prefix="zoo-arm-")
    _run(tools["compiler"], *FLAGS, f"-I{BELA}", SOURCES / "play.cpp", "-o", f"{folder.name}/play")
    _run(tools["cc"], "-O2", "-shared", "-fPIC", SOURCES / "count.c", "-o", f"{folder.name}/count.so")
    return folder


def _tools() -> dict[str, str]:
    wanted = {"compiler": COMPILERS, "qemu": ("qemu-arm",), "cc": ("gcc", "cc")}
    found = {name: next(filter(None, map(shutil.which, names)), None) for name, names in wanted.items()}
    missing = [wanted[name][0] for name, path in found.items() if path is None]
    if missing:
        raise NotCountable(
            f"ARM instructions are not counted: {', '.join(missing)} is missing "
            "(apt-get install g++-arm-linux-gnueabihf qemu-user gcc)"
        )
    if not SOURCES.is_dir():
        raise NotCountable("ARM instructions are counted in a checkout only, where the engine's sources are")
    return {name: path for name, path in found.items() if path is not None}


def _count(qemu: str, folder: Path, a: Recurrent, samples: int) -> int:
    shape = (a.cell, a.hidden_size, a.input_size, a.num_layers, int(a.residual), samples)
    said = _run(qemu, "-cpu", "cortex-a8", "-plugin", folder / "count.so", folder / "play", *shape)
    match = re.search(r"instructions (\d+)", said)
    if match is None:
        raise NotCountable(f"ARM instructions are not counted: {qemu} runs no plugins")
    return int(match.group(1))


def _run(*command: object) -> str:
    """What a tool says on stderr."""
    arguments = [str(part) for part in command]
    try:
        result = subprocess.run(  # noqa: S603 - tools found by name, arguments of our own
            arguments, capture_output=True, text=True, check=False, timeout=SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotCountable(f"ARM instructions are not counted: {error}") from error
    if result.returncode != 0:
        said = (result.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise NotCountable(f"ARM instructions are not counted: {Path(arguments[0]).name} failed ({said})")
    return result.stderr
