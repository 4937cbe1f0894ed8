"""The board's compilers, with the board's flags and every warning an error, on each header by itself."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from board import BOARDS, ROOT, STRICT

HEADERS = sorted(
    path.relative_to(ROOT / "bela").as_posix()
    for room in ("engine", "app")
    for path in (ROOT / "bela" / room).rglob("*.h")
)
AS_ON_THE_BOARD = """
#if __ARM_NEON && __ARM_ARCH == 7 && __FAST_MATH__ && __OPTIMIZE__ && __cplusplus == 201103L
#error as told
#endif
"""
COMPILERS = pytest.mark.parametrize("board", ["bela", "bela-clang"])


def complaints(board: str, source: str) -> str:
    """What the compiler says of the source; nothing if it takes it."""
    b = BOARDS[board]
    rooms = [f"-I{ROOT / 'bela'}", f"-I{ROOT / 'bela/host'}"]  # and the host's copies of Bela's headers
    command = [*b.compiler, *b.flags, *STRICT, *rooms, "-fsyntax-only", "-x", "c++", "-"]
    result = subprocess.run(command, input=source, capture_output=True, text=True, check=False)
    return "" if result.returncode == 0 else f"{result.returncode}: {result.stderr[:2000]}"


@COMPILERS
def test_every_header_stands_by_itself(board: str) -> None:
    BOARDS[board].need()
    assert len(HEADERS) > 30
    with ThreadPoolExecutor(2) as pool:
        said = pool.map(lambda header: complaints(board, f'#include "{header}"\n'), HEADERS)
    assert {header: text for header, text in zip(HEADERS, said, strict=True) if text} == {}


@COMPILERS
@pytest.mark.parametrize(
    ("source", "warning"),
    [
        ("int f(int unused) { return 0; }", "unused"),
        (AS_ON_THE_BOARD, "as told"),
    ],
    ids=["a warning is an error", "flags of the board"],
)
def test_the_compilers_are_told_what_the_board_tells_them(board: str, source: str, warning: str) -> None:
    BOARDS[board].need()
    assert warning in complaints(board, source)


def test_the_program_for_counting_is_compiled_with_no_fewer_flags() -> None:
    from zoo.benching.arm import FLAGS

    assert set(BOARDS["bela"].flags) <= set(FLAGS)


def test_ci_installs_both_compilers() -> None:
    ci = Path(ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for package in BOARDS["bela-clang"].packages.split():
        assert f" {package} " in ci
    assert "TONEZOO_FAIL_ON_SKIP=1" in ci
