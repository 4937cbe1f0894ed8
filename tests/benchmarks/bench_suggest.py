"""`zoo suggest` from start to exit on the real models, against its goals.

``python -m pytest tests/benchmarks/bench_suggest.py -m benchmark -s``
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

GOALS_S = {"import": 120.0, "paired": 30.0, "paired, quick": 10.0, "wet-only": 3.0}


def _seconds(*arguments: object) -> float:
    start = time.perf_counter()
    command = [sys.executable, "-m", "zoo.cli.main", *map(str, arguments)]
    subprocess.run(command, check=False, capture_output=True)
    return time.perf_counter() - start


@pytest.mark.benchmark
def test_suggest(data: Path, zoo_home: Path) -> None:
    folder = data / "captures" / "boss-ds1"
    spent = {"import": _seconds("import", data / "models", "--quiet")}
    pair = ("--dry", folder / "test.dry.wav", "--wet", folder / "test.wet.wav")
    ways = {
        "paired": pair,
        "paired, quick": (*pair, "--quick"),
        "wet-only": (folder / "test.wet.wav",),
    }
    for way, arguments in ways.items():
        spent[way] = min(_seconds("suggest", *arguments) for _ in range(3))
    for what, seconds in spent.items():
        print(f"\n{what}: {seconds:.2f} s, {seconds / GOALS_S[what]:.2f} of the goal", end="")
    assert all(seconds < GOALS_S[what] for what, seconds in spent.items())
