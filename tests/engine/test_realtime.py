"""What the engine's networks promise a real-time thread, checked in C++11 as boards compile them."""

from __future__ import annotations

import platform
import shutil
import subprocess
from pathlib import Path

import pytest

from zoo import engine

ROOT = Path(__file__).resolve().parents[2]
FLAGS = {
    "baseline": [],
    "avx2": ["-mavx2", "-mfma"],
    "avx512": ["-mavx2", "-mfma", "-mavx512f", "-mavx512vl", "-mavx512dq", "-mavx512bw"],
}
STRICT = ["-std=c++11", "-O1", "-fno-exceptions", "-fno-rtti", "-Wall", "-Wextra", "-Werror"]


@pytest.mark.parametrize("simd", engine.simd_paths())
@pytest.mark.parametrize("network", ["recurrent", "wavenet"])
def test_only_load_allocates_and_a_refused_load_changes_nothing(
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
    link = ["-Wl,--wrap=malloc", "-o", program]
    subprocess.run([compiler, *flags, f"-I{ROOT / 'bela'}", source, *link], check=True)
    result = subprocess.run([program], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout
