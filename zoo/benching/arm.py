"""Counts the instructions that a Cortex-A8, the processor of a Bela board, executes for one sample.

The engine is compiled with the flags of a board and run by ``qemu-arm``; small plugins count and trace. The
count of a short run is taken from that of a longer one, so that loading does not count.
"""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from zoo.architecture import Recurrent
from zoo.benching.a8_instructions import Instruction, UnknownInstruction, understand
from zoo.benching.a8_pipeline import Pipeline
from zoo.snapshot import Snapshot
from zoo.sources import board_sources

COMPILERS = ("arm-linux-gnueabihf-g++", "arm-linux-gnueabihf-g++-12")
FLAGS = (
    "-std=c++11", "-O3", "-march=armv7-a", "-mtune=cortex-a8", "-mfpu=neon", "-mfloat-abi=hard",
    "-ftree-vectorize", "-ffast-math", "-fno-exceptions", "-fno-rtti", "-static",
)  # fmt: skip
OBJDUMP = "arm-linux-gnueabihf-objdump"  # comes with either compiler
PACKAGES = "g++-arm-linux-gnueabihf qemu-user gcc"
SHORT, LONG = 1024, 5120  # multiples of every block that Bela has
FRAME = 16
SECONDS = 120.0


class NotCountable(Exception):
    """The count cannot be had here; the message says why."""


@dataclass(frozen=True)
class Playing:
    """A recurrent network as a board plays it.

    Attributes:
        network: its shape; of one with model_block 16, `input_size` must be 16.
        block: samples that come at a time, a power of two up to 1024.
        model_block: samples that one step of the network takes and gives, 1 or 16.
    """

    network: Recurrent
    block: int = 64
    model_block: int = 1

    def arguments(self, samples: int) -> tuple[object, ...]:
        """What ``play`` is told."""
        a = self.network
        shape = (a.cell, a.hidden_size, a.input_size, a.num_layers, int(a.residual))
        return (*shape, self.block, samples, self.model_block)


def instructions_per_sample(snapshot: Snapshot) -> float:
    """ARMv7 instructions for one sample, in blocks of 64.

    Raises:
        NotCountable: the model is no LSTM or GRU, or the tools are not there.
    """
    architecture = snapshot.at_size().architecture
    if not isinstance(architecture, Recurrent):
        raise NotCountable(f"ARM instructions are counted for LSTM and GRU, and this is a {architecture}")
    return instructions(Playing(architecture))


def instructions(playing: Playing) -> float:
    """ARMv7 instructions for one sample, whatever its weights.

    Raises:
        NotCountable: the tools are not there.
    """
    short, long = (_count(playing.arguments(samples)) for samples in (SHORT, LONG))
    return (long - short) / (LONG - SHORT)


def estimated_cycles(network: Recurrent) -> float:
    """Cycles of a Cortex-A8 for one sample of a block of 16, by a model that no board has confirmed.

    Raises:
        NotCountable: the tools are not there, or the model does not know an instruction.
    """
    folder, trace = Path(_built().name), Path(_built().name) / "trace"
    mark, text = _disassembled()
    plugin = f"{folder / 'trace.so'},mark={mark:x},out={trace}"
    _run(*_emulator(), "-plugin", plugin, folder / "play", *Playing(network, FRAME).arguments(FRAME))
    understood: dict[int, Instruction] = {}
    addresses = sorted(text)
    place = {address: n for n, address in enumerate(addresses)}
    pipeline = Pipeline()
    for address, count in struct.iter_unpack("<II", trace.read_bytes()):
        first = place[address]
        for at in addresses[first : first + count]:
            if at not in understood:
                understood[at] = _understood(*text[at])
            pipeline.feed([understood[at]])
    return pipeline.cycles / FRAME


def _understood(mnemonic: str, operands: str) -> Instruction:
    try:
        return understand(mnemonic, operands)
    except UnknownInstruction as error:
        raise NotCountable(f"cycles are not estimated: the model of a Cortex-A8 has no {error}") from error


@cache
def _disassembled() -> tuple[int, dict[int, tuple[str, str]]]:
    """Where mark() is, and each address's mnemonic and operands."""
    program = Path(_built().name) / "play"
    said = _run(OBJDUMP, "-d", "--no-show-raw-insn", program, stdout=True)
    lines = re.findall(r"^\s*([0-9a-f]+):\t(\S+)[ \t]*([^@;<\n]*)", said, re.MULTILINE)
    mark = re.search(r"^([0-9a-f]+) <mark>:", said, re.MULTILINE)
    if mark is None:
        raise NotCountable("cycles are not estimated: the program has no mark")
    return int(mark[1], 16), {int(address, 16): (name, rest.strip()) for address, name, rest in lines}


def is_countable() -> bool:
    """Whether the tools are there."""
    try:
        _tools()
    except NotCountable:
        return False
    return True


@cache
def _built() -> tempfile.TemporaryDirectory[str]:
    """The folder of program and plugins, built once; it goes with the process."""
    tools, bela, folder = _tools(), board_sources(), tempfile.TemporaryDirectory(prefix="zoo-arm-")
    sources = bela / "tools" / "instructions"
    _run(tools["compiler"], *FLAGS, f"-I{bela}", sources / "play.cpp", "-o", f"{folder.name}/play")
    for plugin in ("count", "trace"):
        source, target = sources / f"{plugin}.c", f"{folder.name}/{plugin}.so"
        _run(tools["cc"], "-O2", "-shared", "-fPIC", source, "-o", target)
    return folder


def _tools() -> dict[str, str]:
    wanted = {"compiler": COMPILERS, "qemu": ("qemu-arm",), "cc": ("gcc", "cc")}
    found = {name: next(filter(None, map(shutil.which, names)), None) for name, names in wanted.items()}
    missing = [wanted[name][0] for name, path in found.items() if path is None]
    if missing:
        raise NotCountable(
            f"ARM instructions are not counted: {', '.join(missing)} is missing (apt-get install {PACKAGES})"
        )
    return {name: path for name, path in found.items() if path is not None}


def _emulator() -> tuple[str, ...]:
    return (_tools()["qemu"], "-cpu", "cortex-a8")


def _count(arguments: tuple[object, ...]) -> int:
    folder = Path(_built().name)
    said = _run(*_emulator(), "-plugin", folder / "count.so", folder / "play", *arguments)
    match = re.search(r"instructions (\d+)", said)
    if match is None:
        raise NotCountable(f"ARM instructions are not counted: {_tools()['qemu']} runs no plugins")
    return int(match.group(1))


def _run(*command: object, stdout: bool = False) -> str:
    """What a tool says on stderr, or on stdout."""
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
    return result.stdout if stdout else result.stderr
