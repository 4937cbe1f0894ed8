"""`zoo suggest` from start to exit on the real models, against its goals: 30 s of a device, some 150 parents.

``python -m pytest tests/benchmarks/bench_suggest.py -m benchmark -s``

The device is a model of another architecture, which is not among the parents, on a recorded guitar.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from zoo.audio import read_audio, resample, write_audio
from zoo.engine import render
from zoo.formats import read_model

DEVICE, PLAYING = "models/nam/Tim R JCM2000 Crunch.nam", "di/mayer_guitar.wav"
RETIRED = "smartamp-wavenet"  # a format that is refused by name
SECONDS, RATE = 30, 48_000
GOALS_S = {"import": 120.0, "paired": 30.0, "paired, quick": 10.0, "wet-only": 3.0}


def _seconds(*arguments: object) -> float:
    start = time.perf_counter()
    command = [sys.executable, "-m", "zoo.cli.main", *map(str, arguments)]
    subprocess.run(command, check=True, capture_output=True)  # a failure is quick
    return time.perf_counter() - start


def _capture(data: Path, folder: Path) -> tuple[Path, Path]:
    """Files of the dry and the wet side."""
    audio = read_audio(data / PLAYING)
    dry = resample(audio.mono()[: SECONDS * audio.sample_rate], audio.sample_rate, RATE)
    files = folder / "dry.wav", folder / "wet.wav"
    for path, signal in zip(files, (dry, render(read_model(data / DEVICE), dry)), strict=True):
        write_audio(path, signal, RATE, encoding="FLOAT")
    return files


@pytest.mark.benchmark
def test_suggest(data: Path, zoo_home: Path, tmp_path: Path) -> None:
    dry, wet = _capture(data, tmp_path)
    folders = sorted(folder for folder in (data / "models").iterdir() if folder.name != RETIRED)
    spent = {"import": _seconds("import", *folders, "--quiet")}
    pair = ("--dry", dry, "--wet", wet)
    ways = {"paired": pair, "paired, quick": (*pair, "--quick"), "wet-only": (wet,)}
    for way, arguments in ways.items():
        spent[way] = min(_seconds("suggest", *arguments) for _ in range(3))
    for what, seconds in spent.items():
        print(f"\n{what}: {seconds:.2f} s, {seconds / GOALS_S[what]:.2f} of the goal", end="")
