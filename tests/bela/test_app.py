"""The pedal's C++: each program says what must be true of one part of it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from compiling import SANITIZED, check_for_board, compiled

HERE = Path(__file__).parent
PROGRAMS = {"dsp": SANITIZED, "frames": SANITIZED, "switching": ("-O2",)}  # the last plays minutes of sound


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_pedal_keeps_its_promises(program: str, tmp_path: Path) -> None:
    built = compiled(HERE / f"{program}.cpp", tmp_path / program, *PROGRAMS[program])
    result = subprocess.run([built], capture_output=True, text=True, check=False, timeout=300)
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]


@pytest.mark.parametrize("compiler", ["arm-linux-gnueabihf-g++", "clang++"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_the_boards_compilers_have_no_objection(program: str, compiler: str, tmp_path: Path) -> None:
    check_for_board(compiler, HERE / f"{program}.cpp", tmp_path / "object.o", "-fno-exceptions")
