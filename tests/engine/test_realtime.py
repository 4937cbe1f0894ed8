"""What the engine's networks promise a real-time thread, checked in C++11 as PCs and boards compile them."""

from __future__ import annotations

import platform
import shutil
import subprocess
from pathlib import Path

import pytest
from board import BOARDS, ROOT
from compiling import COUNTED

from zoo import engine

FLAGS = {
    "baseline": [],
    "avx2": ["-mavx2", "-mfma"],
    "avx512": ["-mavx2", "-mfma", "-mavx512f", "-mavx512vl", "-mavx512dq", "-mavx512bw"],
}
STRICT = ["-std=c++11", "-O1", "-fno-exceptions", "-fno-rtti", "-Wall", "-Wextra", "-Werror"]

networks = pytest.mark.parametrize("network", ["recurrent", "wavenet"])


@pytest.mark.parametrize("simd", engine.simd_paths())
@networks
def test_only_load_allocates_and_nothing_but_numbers_comes_out(
    tmp_path: Path, network: str, simd: str
) -> None:
    compiler = shutil.which("c++") or shutil.which("g++")
    if compiler is None or platform.system() != "Linux":
        pytest.skip("needs a C++ compiler on Linux, whose linker counts the allocations")
    # gcc 12 warns of its own AVX-512 header: GCC bug 105593.
    flags = [
        *STRICT,
        *FLAGS[simd],
        *(["-Wno-uninitialized", "-Wno-maybe-uninitialized"] * (simd == "avx512")),
    ]
    program, source = tmp_path / "check", Path(__file__).with_name(f"{network}_realtime.cpp")
    subprocess.run([compiler, *flags, f"-I{ROOT / 'bela'}", source, *COUNTED, "-o", program], check=True)
    result = subprocess.run([program], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("board", ["bela", "gem"])
@networks
def test_the_same_holds_on_a_board_with_all_its_optimisations(
    tmp_path: Path, network: str, board: str
) -> None:
    source = Path(__file__).with_name(f"{network}_realtime.cpp")
    program = BOARDS[board].compile(source, tmp_path / "check", "-fno-exceptions", "-fno-rtti", *COUNTED)
    result = subprocess.run([*BOARDS[board].qemu, program], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout
