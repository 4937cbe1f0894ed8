"""The pedal's C++: each program says what must be true of one part of it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from compiling import (
    ADDRESSES,
    COUNTED,
    ROOT,
    SANITIZED,
    STRICT,
    check_for_board,
    compiled,
    compiled_for_board,
)

HERE = Path(__file__).parent
BOARD_COMPILERS = ("arm-linux-gnueabihf-g++", "clang++")
SHIM = f"-I{ROOT / 'bela/host'}"
PLAYS_LONG = ("-O2",)  # minutes of sound
PROGRAMS = {
    "dsp": SANITIZED,
    "frames": ADDRESSES,
    "feet_and_hands": SANITIZED,
    "memory": SANITIZED,
    "pedal": ADDRESSES,
    "pedal_upset": ADDRESSES,
    "strangers": SANITIZED,
    "switching": PLAYS_LONG,
    "pedal_realtime": COUNTED,
}


def keeps_its_promises(*command: str | Path) -> None:
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_pedal_keeps_its_promises(program: str, tmp_path: Path) -> None:
    built = compiled(HERE / f"{program}.cpp", tmp_path / program, *PROGRAMS[program])
    keeps_its_promises(built, tmp_path)


@pytest.mark.parametrize("compiler", BOARD_COMPILERS)
def test_the_audio_thread_waits_for_nothing_on_an_emulated_board(compiler: str, tmp_path: Path) -> None:
    if shutil.which("qemu-arm") is None:
        pytest.skip("qemu-user is not installed")
    source = HERE / "pedal_realtime.cpp"
    built = compiled_for_board(compiler, source, tmp_path / "pedal", "-fno-exceptions", *COUNTED)
    keeps_its_promises("qemu-arm", "-cpu", "cortex-a8", built, tmp_path)


@pytest.fixture(scope="module")
def rendering(tmp_path_factory: pytest.TempPathFactory) -> Path:
    program = tmp_path_factory.mktemp("rendering") / "rendering"
    return compiled(HERE / "render_realtime.cpp", program, "-O1", SHIM, *COUNTED)


@pytest.mark.parametrize(("block", "inputs"), [(1, 0), (16, 1), (441, 2), (4096, 2)])
def test_render_waits_for_nothing_among_all_threads(
    rendering: Path, block: int, inputs: int, tmp_path: Path
) -> None:
    keeps_its_promises(rendering, tmp_path, str(block), str(inputs))


def test_no_two_threads_race(tmp_path: Path) -> None:
    """Seen by ThreadSanitizer."""
    watched = ("-O1", "-g", "-fsanitize=thread", SHIM, *COUNTED)
    built = compiled(HERE / "render_realtime.cpp", tmp_path / "rendering", *watched)
    keeps_its_promises(built, tmp_path, "16", "2")


@pytest.mark.parametrize("compiler", BOARD_COMPILERS)
def test_the_whole_app_is_what_a_board_compiles(compiler: str, tmp_path: Path) -> None:
    """Against the shim of Bela's API: the board's own headers are nowhere but there."""
    check_for_board(compiler, ROOT / "bela/app/render.cpp", tmp_path / "render.o", SHIM)


@pytest.mark.parametrize("compiler", ["g++", "clang++"])
def test_the_host_compiles_with_both_compilers(compiler: str, tmp_path: Path) -> None:
    found = shutil.which(compiler)
    if found is None:
        pytest.skip(f"{compiler} is not installed")
    sources = [ROOT / "bela/app/render.cpp", ROOT / "bela/host/main.cpp"]
    for source in sources:
        subprocess.run([found, *STRICT, SHIM, "-fsyntax-only", source], check=True)
