"""Compiles the pedal for this computer, once for every version of its sources."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from zoo.errors import StoreError
from zoo.sources import board_sources

COMPILERS = ("g++", "clang++", "c++")
# The board's own, but for what names its processor.
FLAGS = ("-std=c++11", "-O3", "-ffast-math", "-DNDEBUG", '-DTONEZOO_BOARD="pc"')
LIBRARIES = ("-pthread", "-ldl")
PARTS = ("app", "engine", "host")
SECONDS = 300.0


def host_program(folder: Path, remark: Callable[[str], None] = lambda _: None) -> Path:
    """The pedal as a program of this computer; see bela/host/options.h for its arguments.

    Args:
        folder: where it is kept for the next time.
        remark: hears that it is being compiled, which takes half a minute.

    Raises:
        StoreError: there is no C++ compiler, the compilation fails, or the folder cannot be written.
    """
    sources = board_sources()
    compiler = next(filter(None, map(shutil.which, COMPILERS)), None)
    if compiler is None:
        raise StoreError(f"no C++ compiler was found ({', '.join(COMPILERS)}); the pedal is compiled here")
    program = folder / f"pedal-{_version(sources, compiler)}"
    if program.is_file():
        return program
    remark("compiling the pedal for this computer, once")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".building-") as scratch:
            made = Path(scratch) / "pedal"
            _compile(compiler, sources, made)
            made.replace(program)
    except OSError as error:
        raise StoreError(f"{folder} cannot be written ({error.strerror}); choose another ZOO_HOME") from error
    return program


def _version(sources: Path, compiler: str) -> str:
    """Of everything that the program is made of."""
    sha = hashlib.sha256(repr((compiler, FLAGS, LIBRARIES)).encode())
    for part in PARTS:
        for path in sorted((sources / part).rglob("*")):
            if path.suffix in (".h", ".cpp"):
                sha.update(path.relative_to(sources).as_posix().encode() + b"\0" + path.read_bytes())
    return sha.hexdigest()[:16]


def _compile(compiler: str, sources: Path, target: Path) -> None:
    files = (sources / "app" / "render.cpp", sources / "host" / "main.cpp")
    command: list[str | Path] = [
        compiler,
        *FLAGS,
        f"-I{sources}",
        f"-I{sources / 'host'}",
        *files,
        "-o",
        target,
        *LIBRARIES,
    ]
    try:
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, check=False, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        raise StoreError(f"{compiler} did not finish the pedal within {SECONDS:.0f} s") from None
    if done.returncode != 0:
        said = [line for line in done.stderr.splitlines() if "error" in line] or ["no reason was given"]
        raise StoreError(f"{compiler} cannot compile the pedal: {said[0]}")
