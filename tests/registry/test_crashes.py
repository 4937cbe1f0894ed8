"""Killed at any step, or two at once: the zoo is whole, and importing again completes it."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from registry import Registry
from zoo.api import open_registry
from zoo.formats import write_model
from zoo.snapshot import Snapshot

HERE = Path(__file__).parent
Lstm = Callable[..., Snapshot]


@pytest.fixture
def folder(tmp_path: Path, lstm: Lstm) -> Path:
    """Two models to import."""
    models = tmp_path / "models to import"
    models.mkdir()
    for seed in (1, 2):
        write_model(lstm(seed), models / f"{seed}.nam")
    return models


def test_an_importer_killed_at_any_step_leaves_a_whole_zoo(folder: Path) -> None:
    """At every 17th line of the registry's code."""
    command = [sys.executable, str(HERE / "kill_points.py"), str(folder), "17"]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    assert report["deaths"] > 30
    assert report["wrong"] == {}


def test_two_importers_at_once_store_each_sound_once(tmp_path: Path, lstm: Lstm) -> None:
    models = tmp_path / "models to import"
    models.mkdir()
    for seed in range(12):
        write_model(lstm(seed), models / f"{seed:02}.nam")
    command = [sys.executable, str(HERE / "import_together.py"), str(tmp_path / "home"), str(models)]
    pipe = subprocess.PIPE
    pair = [subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) for _ in range(2)]
    for process in pair:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in pair:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    outputs = [process.communicate(timeout=120) for process in pair]
    assert [process.returncode for process in pair] == [0, 0], outputs
    statuses = [json.loads(out) for out, _ in outputs]
    for one, two in zip(*statuses, strict=True):
        assert sorted((one, two)) == ["already there", "imported"]
    with Registry(tmp_path / "home") as registry:
        assert len(registry.list()) == 12
        assert registry.verify() == ()


def test_a_disk_that_fills_up_ends_the_command_with_3_and_nothing_half_written(
    zoo_home: Path, tmp_path: Path, lstm: Lstm
) -> None:
    """A limit on the size of files stands in for the disk: the second model's weights (160 kB) do not fit."""
    limit = 120_000
    models = tmp_path / "models to import"
    models.mkdir()
    write_model(lstm(1, 4), models / "small", "native")
    tall = lstm(2, 100)
    calm = {name: weight * np.float32(0.2) for name, weight in tall.weights.items()}  # else it oscillates
    write_model(replace(tall, weights=calm), models / "tall", "native")
    with open_registry() as registry:
        registry.add(lstm(3))
        before = {manifest.id for manifest in registry.list()}

    def shrink() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    command = [sys.executable, "-m", "zoo.cli.main", "import", str(models)]
    result = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        preexec_fn=shrink,
        cwd=HERE.parents[1],
    )
    assert result.returncode == 3, result.stderr
    assert "File too large" in result.stderr
    assert "Traceback" not in result.stderr
    with Registry() as registry:
        assert {manifest.id for manifest in registry.list()} == before | {lstm(1, 4).digest}
        assert registry.verify() == ()
    assert list(zoo_home.rglob("*.tmp")) == []
