"""``zoo tune`` from the outside: a capture in, a model in the zoo and a folder with its picture out."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from zoo.audio import write_audio
from zoo.engine import render
from zoo.formats import read_model, write_model

RATE = 44_100


@pytest.fixture(autouse=True)
def deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is fingerprinted: that is tested where it belongs, and takes longer than this training."""
    monkeypatch.setattr("zoo.tuning.update_fingerprints", lambda registry: None)
    monkeypatch.setattr("zoo.tuning.open_index", lambda registry: None)


@pytest.fixture
def parent(lstm, tmp_path: Path) -> Path:
    """A model file to start from."""
    path = tmp_path / "parent.json"
    write_model(lstm(1), path, "proteus")
    return path


@pytest.fixture
def capture(lstm, tmp_path: Path) -> Path:
    """Four seconds of noise bursts through another model: left dry, right wet."""
    rng = np.random.default_rng(0)
    envelope = np.repeat(rng.uniform(0.05, 0.6, 40), 4 * RATE // 40)
    dry = (rng.standard_normal(4 * RATE) * 0.2 * envelope).astype(np.float32)
    path = tmp_path / "capture.wav"
    write_audio(path, np.stack([dry, render(lstm(2), dry)]), RATE, encoding="FLOAT")
    return path


def test_a_child_stands_in_the_zoo_with_its_parent_and_its_scores(run_zoo, parent, capture, tmp_path):
    out = tmp_path / "child"
    run_zoo("import", str(parent))
    options = ("--from", str(parent), "--out", str(out), "--epochs", "2", "--json")
    made = json.loads(run_zoo("tune", str(capture), *options).out)
    shown = json.loads(run_zoo("show", made["id"], "--json").out)
    assert made["parent"] == shown["parent"] == read_model(parent).digest
    assert shown["training"]["test_esr"] == made["test_esr"]
    assert [epoch for epoch, _ in shown["training"]["losses"]] == [0, 2]
    assert read_model(out).digest == made["id"]
    assert (out / "training.png").read_bytes().startswith(b"\x89PNG")
    assert sorted(p.name for p in out.iterdir()) == [
        "config.json",
        "model.safetensors",
        "report.html",
        "training.png",
        "zoo.json",
    ]


def test_the_same_seed_makes_the_same_model(run_zoo, parent, capture, tmp_path):
    def made(name: str) -> str:
        options = (
            "--from",
            "scratch",
            "--hidden",
            "4",
            "--epochs",
            "1",
            "--out",
            str(tmp_path / name),
            "--json",
        )
        return json.loads(run_zoo("tune", str(capture), *options).out)["id"]

    assert made("one") == made("two")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--from", "nothing-like-it"), "nothing-like-it"),
        (("--from", "scratch", "--resume"), "holds no interrupted training"),
        (("--from", "PARENT", "--hidden", "9"), "--distil"),
        (("--from", "scratch", "--out", "."), "exists; choose another --out"),
    ],
)
def test_a_request_that_cannot_be_met_is_one_sentence_and_exit_code_2(
    options, says, run_zoo, parent, capture, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    arguments = [str(parent) if option == "PARENT" else option for option in options]
    result = run_zoo("tune", str(capture), *arguments, "--epochs", "1")
    assert result.code == 2
    assert says in result.err
    assert not (tmp_path / "tuned").exists()


def test_an_interrupted_training_is_a_model_and_goes_on(run_zoo, parent, capture, tmp_path, monkeypatch):
    from training.trainer import Trainer

    out = tmp_path / "child"
    epoch = Trainer.train_epoch

    def interrupted(trainer: Trainer) -> float:
        if trainer.epoch == 2:
            raise KeyboardInterrupt
        return epoch(trainer)

    monkeypatch.setattr(Trainer, "train_epoch", interrupted)
    options = ("--from", str(parent), "--out", str(out), "--epochs", "4", "--json")
    first = run_zoo("tune", str(capture), *options)
    assert first.code == 130
    assert json.loads(first.out)["epochs"] == 2
    monkeypatch.setattr(Trainer, "train_epoch", epoch)
    second = json.loads(run_zoo("tune", str(capture), *options, "--resume").out)
    assert second["epochs"] == 4

    whole = json.loads(run_zoo("tune", str(capture), *options[:3], str(tmp_path / "whole"), *options[4:]).out)
    assert whole["id"] == second["id"]


def test_a_wet_signal_alone_is_refused_before_a_parent_is_looked_for(run_zoo, lstm, tmp_path):
    wet = np.random.default_rng(0).uniform(-0.5, 0.5, 2 * RATE).astype(np.float32)
    write_audio(tmp_path / "wet.wav", wet[None], RATE, encoding="FLOAT")
    result = run_zoo("tune", str(tmp_path / "wet.wav"), "--out", str(tmp_path / "out"))
    assert result.code == 2
    assert "training needs the dry signal too" in result.err
    assert "starting from" not in result.err
