"""`--ray`: a cluster gives what one machine gives, to the byte, though one of its machines dies midway."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import numpy as np
import pytest

from zoo.audio import write_audio
from zoo.formats import write_model

MODELS = 4
RATE = 44_100


@pytest.fixture
def models(lstm, tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.setattr("zoo.api.home.install_starter", lambda *_: None)
    folder = tmp_path / "models"
    folder.mkdir()
    for seed in range(MODELS):
        write_model(lstm(seed), folder / f"{seed}.json", "proteus")
    (folder / "damaged.json").write_text("{")
    return folder


def _content(home: Path) -> dict[str, bytes]:
    """Every file of every model, and the index."""
    files = [*(home / "models").rglob("*"), home / "index.safetensors"]
    return {str(path.relative_to(home)): path.read_bytes() for path in files if path.is_file()}


class _Killer(threading.Thread):
    """Kills a machine as soon as a file is there."""

    def __init__(self, machine, folder: Path, pattern: str) -> None:
        super().__init__()
        self.machine, self.folder, self.pattern = machine, folder, pattern
        self.over = threading.Event()
        self.start()

    def run(self) -> None:
        while not any(self.folder.glob(self.pattern)):
            if self.over.wait(0.02):
                return
        self.machine.kill()

    def has_killed(self) -> bool:
        """Whether it was done before now."""
        killed = not self.is_alive()
        self.over.set()
        self.join()
        return killed


def test_a_machine_dies_while_models_are_imported_and_none_is_lost(
    run_zoo, models, ray_cluster, second_machine, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("ZOO_HOME", str(tmp_path / "local"))
    expected = run_zoo("import", models, "--json")
    monkeypatch.setenv("ZOO_HOME", str(tmp_path / "cluster"))
    killer = _Killer(second_machine, tmp_path, "cluster/models/*/zoo.json")
    outcome = run_zoo("import", models, "--json", "--ray", ray_cluster.address)
    assert killer.has_killed()
    assert outcome.out == expected.out
    assert outcome.code == expected.code == 2
    assert [one["status"] for one in json.loads(outcome.out)].count("imported") == MODELS
    assert _content(tmp_path / "cluster") == _content(tmp_path / "local")


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    """Seven seconds of noise through a device that saturates."""
    rng = np.random.default_rng(0)
    dry = (rng.standard_normal(7 * RATE) * np.repeat(rng.uniform(0.02, 0.3, 70), RATE // 10)).astype("f4")
    write_audio(tmp_path / "box.wav", np.stack([dry, np.tanh(6 * dry) * 0.5]), RATE, encoding="FLOAT")
    return tmp_path / "box.wav"


def _trainings(folder: Path) -> list[bytes]:
    return sorted((folder / "cells.jsonl").read_bytes().splitlines())


def test_a_machine_dies_while_parents_are_trained_and_none_is_lost(
    run_zoo, models, capture, ray_cluster, second_machine, tmp_path
) -> None:
    run_zoo("import", models)
    brief = ("--targets", capture, "--seconds", 2, "--seeds", 1, "--epochs", 1, "--json")
    expected = run_zoo("evaluate", *brief, "--out", tmp_path / "local")
    killer = _Killer(second_machine, tmp_path / "cluster", "targets/*.safetensors")
    outcome = run_zoo("evaluate", *brief, "--out", tmp_path / "cluster", "--ray", ray_cluster.address)
    assert killer.has_killed()
    assert outcome.code == expected.code == 0, outcome.err
    assert outcome.out == expected.out
    assert json.loads(outcome.out)["trainings"] == MODELS + 1  # and scratch
    assert _trainings(tmp_path / "cluster") == _trainings(tmp_path / "local")


def test_models_that_were_never_heard_are_heard_on_the_cluster(
    run_zoo, models, capture, ray_cluster, zoo_home
) -> None:
    run_zoo("import", models)
    quick = ("suggest", capture, "--quick", "--json")
    expected = run_zoo(*quick).out
    heard = {path: path.read_bytes() for path in zoo_home.glob("models/*/fingerprint-*.safetensors")}
    assert len(heard) == 2 * MODELS
    for path in heard:
        path.unlink()
    assert run_zoo(*quick, "--ray", ray_cluster.address).out == expected
    assert all(path.read_bytes() == heard[path] for path in heard if "sound" not in path.name)


@pytest.mark.parametrize("command", [("import", "{models}"), ("suggest", "{capture}"), ("evaluate",)])
def test_no_cluster_is_one_sentence(run_zoo, models, capture, command) -> None:
    arguments = [word.format(models=models, capture=capture) for word in command]
    outcome = run_zoo(*arguments, "--ray", "127.0.0.1:1")
    assert outcome.code == 3
    assert "no Ray cluster answers at 127.0.0.1:1" in outcome.err
    assert len(outcome.err.strip().splitlines()) == 1
    assert outcome.out == ""
