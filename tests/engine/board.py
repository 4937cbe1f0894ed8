"""Compiles the engine for a board's processor and plays snapshots on it, through qemu."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from zoo.architecture import Recurrent, WaveNet
from zoo.engine.flat import flat_weights
from zoo.snapshot import Snapshot

ROOT = Path(__file__).resolve().parents[2]
BELA_FLAGS = (
    "-O3", "-march=armv7-a", "-mtune=cortex-a8", "-mfpu=neon", "-mfloat-abi=hard", "-ftree-vectorize",
    "-ffast-math", "-std=c++11",
)  # fmt: skip
STRICT = ("-Wall", "-Wextra", "-Werror")
ACTIVATIONS = ("Tanh", "ReLU", "LeakyReLU", "Sigmoid", "Softsign", "SiLU", "Hardtanh", "HardSwish")


@dataclass(frozen=True)
class Board:
    """How to compile for a board, and how to run what comes out."""

    compiler: tuple[str, ...]
    flags: tuple[str, ...]
    qemu: tuple[str, ...]
    packages: str

    def need(self) -> None:
        for tool in (self.compiler[0], self.qemu[0]):
            if shutil.which(tool) is None:
                pytest.skip(f"{tool} is missing: apt-get install {self.packages}")

    def compile(self, source: Path, program: Path, *options: str) -> Path:
        self.need()
        command = [*self.compiler, *self.flags, *STRICT, *options, f"-I{ROOT / 'bela'}"]
        subprocess.run([*command, source, "-static", "-o", program], check=True)
        return program

    def play(self, program: Path, snapshot: Snapshot, audio: np.ndarray, block: int = 64) -> np.ndarray:
        """What the engine makes of the audio, the snapshot's gains left out."""
        words = [*described(snapshot), np.uint32(len(audio)).tobytes(), audio.astype("<f4").tobytes()]
        command = [*self.qemu, program, str(block)]
        result = subprocess.run(command, input=b"".join(words), capture_output=True, check=True)
        return np.frombuffer(result.stdout, "<f4")


QEMU_A8 = ("qemu-arm", "-cpu", "cortex-a8")
BOARDS = {
    "bela": Board(("arm-linux-gnueabihf-g++",), BELA_FLAGS, QEMU_A8, "g++-arm-linux-gnueabihf qemu-user"),
    "bela-clang": Board(
        ("clang++", "--target=arm-linux-gnueabihf"),
        BELA_FLAGS,
        QEMU_A8,
        "clang g++-arm-linux-gnueabihf qemu-user",
    ),
    "gem": Board(
        ("aarch64-linux-gnu-g++",),
        ("-O3", "-ffast-math", "-std=c++11"),
        ("qemu-aarch64", "-cpu", "cortex-a53"),
        "g++-aarch64-linux-gnu qemu-user",
    ),
}


def described(snapshot: Snapshot) -> list[bytes]:
    """Shape and weights as board_player.cpp reads them."""
    a = snapshot.architecture
    if isinstance(a, Recurrent):
        head = [0, int(a.cell == "GRU"), a.hidden_size, a.input_size, a.num_layers, int(a.residual)]
        return [np.array(head, "<u4").tobytes(), flat_weights(snapshot).astype("<f4").tobytes()]
    assert isinstance(a, WaveNet)
    parts = [np.array([1, len(a.arrays)], "<u4").tobytes()]
    for array in a.arrays:
        sizes = [array.input_size, array.channels, array.head_size, array.head_kernel_size]
        head = [*sizes, int(array.head_bias), len(array.dilations)]
        parts.append(np.array(head, "<u4").tobytes())
        for kernel, dilation, act in zip(array.kernel_sizes, array.dilations, array.activations, strict=True):
            parts.append(np.array([kernel, dilation, ACTIVATIONS.index(act.name)], "<u4").tobytes())
            parts.append(np.float32(act.negative_slope).tobytes())
    weights = [snapshot.weights[name].ravel() for name in a.required_shapes()]
    return [*parts, np.concatenate(weights).astype("<f4").tobytes()]
