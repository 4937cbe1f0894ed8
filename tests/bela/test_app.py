"""The pedal's C++: each program says what must be true of one part of it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from compiling import ROOT, SANITIZED, STRICT, check_for_board, compiled

HERE = Path(__file__).parent
BOARD_COMPILERS = ("arm-linux-gnueabihf-g++", "clang++")
PROGRAMS = {
    "dsp": SANITIZED,
    "frames": SANITIZED,
    "controls": SANITIZED,
    "switching": ("-O2",),
}  # the last plays minutes of sound


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_pedal_keeps_its_promises(program: str, tmp_path: Path) -> None:
    built = compiled(HERE / f"{program}.cpp", tmp_path / program, *PROGRAMS[program])
    result = subprocess.run([built], capture_output=True, text=True, check=False, timeout=300)
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]


@pytest.mark.parametrize("compiler", BOARD_COMPILERS)
@pytest.mark.parametrize("program", PROGRAMS)
def test_the_boards_compilers_have_no_objection(program: str, compiler: str, tmp_path: Path) -> None:
    check_for_board(compiler, HERE / f"{program}.cpp", tmp_path / "object.o", "-fno-exceptions")


@pytest.mark.parametrize("compiler", BOARD_COMPILERS)
def test_the_whole_app_is_what_a_board_compiles(compiler: str, tmp_path: Path) -> None:
    """Against the shim of Bela's API: the board's own headers are nowhere but there."""
    check_for_board(compiler, ROOT / "bela/app/render.cpp", tmp_path / "render.o", f"-I{ROOT / 'bela/host'}")


@pytest.mark.parametrize("compiler", ["g++", "clang++"])
def test_the_host_compiles_with_both_compilers(compiler: str, tmp_path: Path) -> None:
    found = shutil.which(compiler)
    if found is None:
        pytest.skip(f"{compiler} is not installed")
    sources = [ROOT / "bela/app/render.cpp", ROOT / "bela/host/main.cpp"]
    for source in sources:
        subprocess.run([found, *STRICT, f"-I{ROOT / 'bela/host'}", "-fsyntax-only", source], check=True)
