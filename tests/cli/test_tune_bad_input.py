"""What can be wrong with a training: one sentence each, exit code 2 or 3, and nothing half written."""

from __future__ import annotations

import json
import resource
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from training.trainer import Trainer
from zoo.audio import write_audio
from zoo.engine import render
from zoo.formats import write_model
from zoo.snapshot import Snapshot

RATE = 44_100
Tune = Callable[..., tuple[int, str]]


@pytest.fixture(autouse=True)
def deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is listened to or drawn: that is tested where it belongs, and takes longer than training."""
    monkeypatch.setattr("training.plots.plot_training", lambda path, *_: path.write_bytes(b"picture"))
    monkeypatch.setattr("zoo.tuning.update_fingerprints", lambda registry: None)
    monkeypatch.setattr("zoo.tuning.open_index", lambda registry: None)
    monkeypatch.setattr(
        "zoo.tuning.admit", lambda registry, snapshot, facts: registry.add(snapshot, facts=facts)[0]
    )


def device(lstm: Callable[..., Snapshot], dry: np.ndarray) -> np.ndarray:
    """Another model without its constant part, which `check` would remark on."""
    wet = render(lstm(2), dry)
    return wet - render(lstm(2), np.zeros_like(dry))


@pytest.fixture
def signals(lstm) -> np.ndarray:
    """Three seconds, (dry, wet)."""
    rng = np.random.default_rng(0)
    dry = (rng.standard_normal(3 * RATE) * 0.2 * np.repeat(rng.uniform(0.05, 0.6, 30), RATE // 10)).astype(
        "f4"
    )
    return np.stack([dry, device(lstm, dry)])


@pytest.fixture
def tune(run_zoo, lstm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tune:
    """``tune(signals, ...)``: the exit code and what was said of a training on a stereo file of these."""
    monkeypatch.chdir(tmp_path)
    write_model(lstm(1), tmp_path / "parent.json", "proteus")

    def run(signals: np.ndarray, *options: object) -> tuple[int, str]:
        write_audio(tmp_path / "take.wav", signals, RATE, encoding="FLOAT")
        outcome = run_zoo(
            "tune", "take.wav", "--from", "parent.json", "--epochs", 4, "--out", "child", *options
        )
        return outcome.code, outcome.err

    return run


def is_one_sentence(said: str) -> bool:
    return said.count("\n") == 1 and said.startswith("error: ") and "Traceback" not in said


def test_half_a_second_is_too_little_to_train_on(tune: Tune, signals, tmp_path):
    code, said = tune(signals[:, : RATE // 2])
    assert code == 2
    assert is_one_sentence(said)
    assert "record a longer take" in said
    assert not (tmp_path / "child").exists()


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("side", [0, 1])
def test_samples_that_are_no_numbers_are_refused(value, side, run_zoo, signals, tmp_path, monkeypatch):
    import soundfile

    signals[side, 1_000] = value
    monkeypatch.chdir(tmp_path)
    soundfile.write("take.wav", signals.T, RATE, subtype="FLOAT")
    outcome = run_zoo("tune", "take.wav", "--from", "scratch", "--out", "child")
    assert outcome.code == 2
    assert is_one_sentence(outcome.err)
    assert "take.wav" in outcome.err
    assert not (tmp_path / "child").exists()


@pytest.mark.parametrize(("part", "begin"), [("validation", 0.6), ("test", 0.8)])
def test_silence_where_the_model_is_judged_is_refused(part, begin, tune: Tune, signals, tmp_path):
    samples = signals.shape[1]
    signals[:, round(begin * samples) : round((begin + 0.2) * samples)] = 0.0
    code, said = tune(signals, "--quiet")
    assert code == 2
    assert f"the {part} part of take is silent; play all through the take" in said
    assert not (tmp_path / "child").exists()


@pytest.mark.parametrize("parent", ["gone.json", "0123456789ab", "folder/gone"])
def test_a_parent_that_is_not_there_is_named(parent, tune: Tune, signals, tmp_path):
    code, said = tune(signals, "--from", parent)
    assert code == 2
    assert is_one_sentence(said)
    assert parent in said
    assert not (tmp_path / "child").exists()


def test_a_device_that_is_not_there_is_refused_before_anything_is_made(
    tune: Tune, signals, tmp_path, monkeypatch
):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    code, said = tune(signals, "--device", "cuda", "--quiet")
    assert code == 2
    assert is_one_sentence(said)
    assert "finds no cuda device on this machine" in said
    assert not (tmp_path / "child").exists()


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """From the first epoch on no file can grow beyond a kilobyte; calling it gives the room back."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    epoch = Trainer.train_epoch

    def train_epoch(trainer: Trainer) -> float:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, hard))
        return epoch(trainer)

    def empty() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        monkeypatch.setattr(Trainer, "train_epoch", epoch)

    monkeypatch.setattr(Trainer, "train_epoch", train_epoch)
    yield empty
    empty()


def test_a_disk_that_is_full_at_the_checkpoint_is_code_3_and_training_goes_on_later(
    tune: Tune, signals, tmp_path, full_disk
):
    code, said = tune(signals, "--quiet")
    full_disk()
    assert code == 3
    assert is_one_sentence(said)
    assert "checkpoint.safetensors: cannot be written" in said
    assert "free space, then resume" in said
    assert sorted(path.name for path in (tmp_path / "child").iterdir()) == ["plan.json", "start"]
    assert tune(signals, "--resume", "--quiet") == (0, "")
    assert json.loads((tmp_path / "child" / "zoo.json").read_bytes())["training"]["epochs"] == 4


@pytest.fixture
def interrupted(tune: Tune, signals, monkeypatch: pytest.MonkeyPatch) -> None:
    """A training that was stopped after two epochs."""
    epoch = Trainer.train_epoch

    def train_epoch(trainer: Trainer) -> float:
        if trainer.epoch == 2:
            raise KeyboardInterrupt
        return epoch(trainer)

    monkeypatch.setattr(Trainer, "train_epoch", train_epoch)
    assert tune(signals, "--quiet")[0] == 130
    monkeypatch.setattr(Trainer, "train_epoch", epoch)


def test_a_training_is_not_resumed_with_another_capture(interrupted, tune: Tune, signals):
    code, said = tune(signals[:, ::-1].copy(), "--resume", "--quiet")
    assert code == 2
    assert is_one_sentence(said)
    assert "belongs to another capture; resume with its own" in said
    assert tune(signals, "--resume", "--quiet") == (0, "")


def test_a_training_is_resumed_without_its_parent(interrupted, tune: Tune, signals, tmp_path):
    code, _ = tune(signals, "--resume", "--quiet", "--from", "gone.json")
    assert code == 0


@pytest.mark.parametrize("damage", ["", "[]", "{}", '{"name": 1, "sample_rate": 44100}', "SETTINGS"])
def test_a_damaged_plan_is_refused(damage, interrupted, tune: Tune, signals, tmp_path):
    plan = tmp_path / "child" / "plan.json"
    if damage == "SETTINGS":
        damage = json.dumps({**json.loads(plan.read_bytes()), "settings": {"epochs": "many"}})
    plan.write_text(damage)
    code, said = tune(signals, "--resume", "--quiet")
    assert code == 2
    assert is_one_sentence(said)
    assert "plan.json is damaged" in said


@pytest.mark.parametrize("name", ["checkpoint.safetensors", "start/model.safetensors"])
def test_a_damaged_checkpoint_or_start_is_refused(name, interrupted, tune: Tune, signals, tmp_path):
    file = tmp_path / "child" / name
    file.write_bytes(file.read_bytes()[:100])
    code, said = tune(signals, "--resume", "--quiet")
    assert code == 2
    assert is_one_sentence(said)
