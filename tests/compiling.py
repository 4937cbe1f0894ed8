"""C++ programs, compiled as a PC and as the board would."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
STRICT = ("-std=c++11", "-fno-rtti", "-Wall", "-Wextra", "-Werror", f"-I{ROOT / 'bela'}")
ADDRESSES = ("-O1", "-g", "-fsanitize=address")
SANITIZED = (
    *ADDRESSES,
    "-fsanitize=undefined",
    "-fno-sanitize-recover=all",
)  # with the engine, a minute's work
WAITS = ("malloc", "calloc", "realloc", "free", "pthread_mutex_lock")  # as realtime_check.h counts them
COUNTED = tuple(f"-Wl,--wrap={function}" for function in WAITS)
# What Bela's own Makefile says, and no less.
BOARD = (
    "-O3", "-march=armv7-a", "-mtune=cortex-a8", "-mfloat-abi=hard", "-mfpu=neon", "-ftree-vectorize",
    "-ffast-math", "-DNDEBUG", "-Wno-psabi",
)  # fmt: skip


def compiled(source: Path, program: Path, *flags: str) -> Path:
    """Compile for this computer; a warning is an error."""
    compiler = shutil.which("g++") or shutil.which("c++")
    if compiler is None:
        pytest.skip("needs a C++ compiler")
    subprocess.run([compiler, *STRICT, *flags, source, "-o", program, "-pthread", "-ldl"], check=True)
    return program


def check_for_board(compiler: str, source: Path, target: Path, *flags: str) -> None:
    """Compile for the board, with all its optimisations, as either compiler that it has had."""
    _for_board(compiler, "-c", source, "-o", target, *flags)


def compiled_for_board(compiler: str, source: Path, program: Path, *flags: str) -> Path:
    """As a program that qemu can run."""
    _for_board(compiler, source, "-static", "-o", program, "-pthread", *flags)
    return program


def _for_board(compiler: str, *arguments: str | Path) -> None:
    found = shutil.which(compiler)
    if found is None:
        pytest.skip(f"{compiler} is not installed")
    cross = ("--target=arm-linux-gnueabihf",) if "clang" in compiler else ()
    subprocess.run([found, *cross, *STRICT, *BOARD, *arguments], check=True)
