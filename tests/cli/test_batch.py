"""``zoo batch`` from the outside: many captures, many parents, and interruptions at every step."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zoo.audio import write_audio
from zoo.engine import render
from zoo.formats import read_model, write_model

RATE = 44_100
KILLED = Path(__file__).with_name("batch_killed.py")


@pytest.fixture(autouse=True)
def deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is listened to or drawn: that is tested where it belongs, and takes longer than training."""
    monkeypatch.setattr("training.plots.plot_training", lambda path, *_: path.write_bytes(b"picture"))
    monkeypatch.setattr(
        "zoo.tuning.admit", lambda registry, snapshot, facts: registry.add(snapshot, facts=facts)[0]
    )
    for module in ("zoo.tuning", "zoo.batches"):
        monkeypatch.setattr(f"{module}.update_fingerprints", lambda registry: None)
        monkeypatch.setattr(f"{module}.open_index", lambda registry: None)


@pytest.fixture
def desk(lstm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two captures of three seconds and two small parents, in the working folder."""
    for i in (1, 2):
        rng = np.random.default_rng(i)
        envelope = np.repeat(rng.uniform(0.05, 0.6, 30), RATE // 10)
        dry = (rng.standard_normal(envelope.size) * 0.2 * envelope).astype(np.float32)
        write_audio(tmp_path / f"take{i}.wav", np.stack([dry, render(lstm(i), dry)]), RATE, encoding="FLOAT")
        write_model(lstm(10 + i, name=f"parent{i}"), tmp_path / f"parent{i}.json", "proteus")
    monkeypatch.chdir(tmp_path)
    return tmp_path


ONE_FROM_TWO = ("take1.wav", "--from", "parent1.json", "--from", "parent2.json", "--epochs", "4")


@pytest.fixture
def tried(run_zoo, desk) -> Callable[..., dict[str, Any]]:
    """Runs a batch and gives its JSON."""

    def run(*arguments: object, code: int = 0) -> dict[str, Any]:
        outcome = run_zoo("batch", *arguments, "--json")
        assert outcome.code == code, outcome.err
        return json.loads(outcome.out)

    return run


def ids(made: dict[str, Any]) -> dict[str, str]:
    return {job["name"]: job["id"] for job in made["jobs"]}


def test_every_capture_is_trained_from_every_parent_and_the_best_stands_first(tried, run_zoo):
    parents = ("--from", "parent1.json", "--from", "scratch")
    made = tried("take1.wav", "take2.wav", *parents, "--hidden", "4", "--epochs", "2", "--out", "b")
    assert len(made["jobs"]) == 4
    assert [job["test_esr"] for job in made["jobs"]] == sorted(job["test_esr"] for job in made["jobs"])
    assert {job["name"] for job in made["jobs"]} >= {"take1 from parent1", "take2 from scratch"}
    for job in made["jobs"]:
        assert read_model(Path(job["folder"])).digest == job["id"]
        assert json.loads(run_zoo("show", job["id"], "--json").out)["parent"] == job["parent"]
        assert not (Path(job["folder"]) / "plan.json").exists()


def test_a_batch_makes_what_single_trainings_make_whatever_the_number_of_threads(tried, run_zoo):
    from training.native import kernel_threads

    made = ids(tried(*ONE_FROM_TWO, "--out", "b", "--jobs", "1"))
    assert made == ids(tried(*ONE_FROM_TWO, "--out", "c", "--jobs", "3"))
    with kernel_threads(1):
        alone = run_zoo(
            "tune", "take1.wav", "--from", "parent1.json", "--epochs", "4", "--out", "d", "--json"
        )
    assert json.loads(alone.out)["id"] == made["take1 from parent1"]


@pytest.mark.parametrize("where", ["epoch:2", "epoch:7", "finish"])
def test_a_killed_batch_ends_up_as_if_nothing_had_happened(where, tried, desk, tmp_path_factory):
    environment = {**os.environ, "ZOO_HOME": str(tmp_path_factory.mktemp("other-zoo"))}
    command = [sys.executable, str(KILLED), where, *ONE_FROM_TWO, "--out", "killed", "--jobs", "1"]
    killed = subprocess.run(command, cwd=desk, env=environment, capture_output=True, check=False)
    assert killed.returncode == -9, killed.stderr
    resumed = tried("--out", "killed")
    assert ids(resumed) == ids(tried(*ONE_FROM_TWO, "--out", "whole"))
    for job in resumed["jobs"]:
        names = sorted(path.name for path in Path(job["folder"]).iterdir() if not path.name.startswith("."))
        assert names == ["config.json", "model.safetensors", "training.png", "zoo.json"]


def test_ctrl_c_keeps_what_is_done_and_the_same_command_does_the_rest(tried, run_zoo, monkeypatch):
    import zoo.batches

    entered = zoo.batches._entered

    def interrupted(job: Any, *rest: Any) -> Any:
        if job.child.endswith("parent2"):
            raise KeyboardInterrupt
        return entered(job, *rest)

    monkeypatch.setattr(zoo.batches, "_entered", interrupted)
    first = run_zoo("batch", *ONE_FROM_TWO, "--out", "b", "--json")
    assert first.code == 130
    assert "1 left to do; go on with zoo batch --out b" in first.err
    assert [job["state"] for job in json.loads(first.out)["jobs"]] == ["done", "waiting"]
    monkeypatch.setattr(zoo.batches, "_entered", entered)
    assert ids(tried(*ONE_FROM_TWO, "--out", "b")) == ids(tried(*ONE_FROM_TWO, "--out", "whole"))


def test_what_is_done_is_not_done_again(tried, monkeypatch):
    made = tried(*ONE_FROM_TWO, "--out", "b")
    monkeypatch.setattr("zoo.batches.train", None)
    assert tried("--out", "b") == made


def test_a_parent_that_does_not_fit_fails_alone_and_is_tried_again(tried, run_zoo, lstm, desk):
    write_model(lstm(9, hidden=6, name="wide"), desk / "wide.json", "proteus")
    arguments = (
        "take1.wav",
        "--from",
        "wide.json",
        "--from",
        "parent1.json",
        "--epochs",
        "1",
        "--hidden",
        "4",
    )
    outcome = run_zoo("batch", *arguments, "--out", "b")
    assert outcome.code == 2
    assert outcome.out.count("\n") == 2
    assert "take1 from wide: the parent is LSTM-6, but LSTM-4 is wanted" in outcome.err
    made = tried("--out", "b", code=2)
    assert [job["state"] for job in made["jobs"]] == ["done", "failed"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--out", "none"), "none holds no batch; give captures to begin one"),
        (("take1.wav", "--from", "nothing"), "nothing"),
        (("gone.wav", "--from", "scratch"), "gone.wav"),
        (("take1.wav", "--from", "scratch", "--out", "."), "holds other files; choose another --out"),
    ],
)
def test_a_batch_that_cannot_begin_is_one_sentence_and_leaves_nothing(arguments, says, run_zoo, desk):
    before = sorted(desk.iterdir())
    outcome = run_zoo("batch", *arguments)
    assert outcome.code == 2
    assert says in outcome.err
    assert outcome.err.count("\n") == 1
    assert sorted(desk.iterdir()) == before


def test_another_batch_in_the_same_folder_is_refused(tried, run_zoo):
    tried(*ONE_FROM_TWO[:3], "--epochs", "1", "--out", "b")
    outcome = run_zoo("batch", *ONE_FROM_TWO[:3], "--epochs", "2", "--out", "b")
    assert (outcome.code, outcome.out) == (2, "")
    assert "holds a batch of other captures, parents or settings" in outcome.err


def test_a_capture_that_has_changed_is_not_mixed_in(tried, run_zoo, desk):
    tried("take1.wav", "--from", "parent1.json", "--from", "parent2.json", "--epochs", "1", "--out", "b")
    folder = next(path for path in (desk / "b").iterdir() if "parent2" in path.name)
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    (desk / "take1.wav").write_bytes((desk / "take2.wav").read_bytes())
    outcome = run_zoo("batch", "--out", "b")
    assert outcome.code == 2
    assert "take1.wav has changed since the batch began" in outcome.err


def test_a_damaged_plan_is_refused_in_a_sentence(tried, run_zoo, desk):
    tried("take1.wav", "--from", "scratch", "--hidden", "4", "--epochs", "1", "--out", "b")
    plan = desk / "b" / "batch.json"
    text = plan.read_text()
    name = json.loads(text)["jobs"][0]["name"]
    for damaged in ("", "[]", '{"version": 2}', text.replace(name, "../escaped")):
        plan.write_text(damaged)
        outcome = run_zoo("batch", "--out", "b")
        assert outcome.code == 2
        assert "batch.json is damaged" in outcome.err
    assert not (desk / "escaped").exists()
