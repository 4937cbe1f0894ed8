"""C++ programs of the pedal, compiled as a PC and as the board would."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STRICT = ("-std=c++11", "-fno-rtti", "-Wall", "-Wextra", "-Werror", f"-I{ROOT / 'bela'}")
SANITIZED = ("-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
# What Bela's own Makefile says, and no less.
BOARD = (
    "-O3", "-march=armv7-a", "-mtune=cortex-a8", "-mfloat-abi=hard", "-mfpu=neon", "-ftree-vectorize",
    "-ffast-math", "-DNDEBUG",
)  # fmt: skip


def compiled(source: Path, program: Path, *flags: str) -> Path:
    """Compile for this computer; a warning is an error."""
    compiler = shutil.which("g++") or shutil.which("c++")
    if compiler is None:
        pytest.skip("needs a C++ compiler")
    subprocess.run([compiler, *STRICT, *flags, source, "-o", program, "-pthread"], check=True)
    return program


def check_for_board(compiler: str, source: Path, target: Path, *flags: str) -> None:
    """Compile for the board, with all its optimisations, as either compiler that it has had."""
    found = shutil.which(compiler)
    if found is None:
        pytest.skip(f"{compiler} is not installed")
    cross = ("--target=arm-linux-gnueabihf",) if "clang" in compiler else ()
    subprocess.run([found, *cross, *STRICT, *BOARD, *flags, "-c", source, "-o", target], check=True)
