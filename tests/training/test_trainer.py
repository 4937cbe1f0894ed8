"""Training learns a device, keeps the best model, and goes on from a checkpoint to the bit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from training.checkpoint import load_checkpoint, save_checkpoint
from training.data import split_by_time
from training.modules import new_module
from training.settings import Settings
from training.trainer import Trainer, part_loss
from zoo.architecture import Recurrent
from zoo.capture import Capture, Take
from zoo.errors import BadRequest, ModelFileError
from zoo.snapshot import Snapshot

RATE = 8_000
QUICK = Settings(epochs=6, segment=1_000, batch=8, warm_up=50, tbptt=250, learning_rate=0.01)


def capture(seed: int = 0) -> Capture:
    """A soft clipper behind a one-pole low-pass, fed with noise of changing level."""
    rng = np.random.default_rng(seed)
    dry = (rng.standard_normal(4 * RATE) * np.repeat(rng.uniform(0.05, 0.5, 40), RATE // 10)).astype(
        np.float32
    )
    wet, level = np.zeros_like(dry), 0.0
    for n, x in enumerate(dry):
        level = 0.6 * level + 0.4 * float(x)
        wet[n] = np.tanh(3 * level)
    return Capture(wet=wet, dry=dry, sample_rate=RATE, name="clipper", takes=(Take("one", 0, dry.size),))


def start(seed: int = 0, hidden: int = 6) -> Snapshot:
    torch.manual_seed(seed)
    architecture = Recurrent("LSTM", hidden, residual=True)
    return Snapshot(architecture, new_module(architecture).weights(), RATE)


def test_training_learns_and_returns_the_best_model_it_saw():
    split = split_by_time(capture())
    trainer = Trainer(start(), split, replace(QUICK, epochs=20))
    best = trainer.run()
    curve = [v.validation for v in trainer.history]
    assert trainer.history[0].epoch == 0
    assert min(curve) < 0.1 * curve[0]
    assert part_loss(best, split.validation, QUICK) == pytest.approx(min(curve), rel=1e-6)


def test_gains_around_the_network_are_trained_through():
    split = split_by_time(capture())
    plain, gained = start(), replace(start(), input_gain_db=6.0, output_gain_db=-6.0)
    losses = [min(v.validation for v in _trained(s, split).history) for s in (plain, gained)]
    assert losses[1] < 2 * losses[0]


def _trained(snapshot: Snapshot, split) -> Trainer:
    trainer = Trainer(snapshot, split, replace(QUICK, epochs=10))
    trainer.run()
    return trainer


def test_patience_ends_training_when_nothing_improves():
    settings = replace(QUICK, learning_rate=1e-12, patience=2, validate_every=1, epochs=50)
    trainer = Trainer(start(), split_by_time(capture()), settings)
    trainer.run()
    assert trainer.epoch <= trainer.best_epoch + 2


@pytest.mark.parametrize("architecture", [Recurrent("LSTM", 6, residual=True), Recurrent("GRU", 5)], ids=str)
def test_a_resumed_training_is_the_uninterrupted_one_to_the_bit(architecture, tmp_path):
    split = split_by_time(capture())
    torch.manual_seed(0)
    snapshot = Snapshot(architecture, new_module(architecture).weights(), RATE)
    whole = Trainer(snapshot, split, QUICK)
    whole.run()

    first = Trainer(snapshot, split, QUICK)
    first.run(lambda t: save_checkpoint(t, tmp_path / "half") if t.epoch == 2 else None)
    resumed = load_checkpoint(tmp_path / "half", snapshot, split)
    assert resumed.epoch == 2
    assert resumed.run() == whole.best
    assert [v.validation for v in resumed.history] == [v.validation for v in whole.history]


def test_a_checkpoint_refuses_another_capture_and_another_start(tmp_path):
    split, other = split_by_time(capture()), split_by_time(capture(seed=1))
    trainer = Trainer(start(), split, QUICK)
    trainer.validate(0.0)
    save_checkpoint(trainer, tmp_path / "c")
    with pytest.raises(BadRequest, match="another capture"):
        load_checkpoint(tmp_path / "c", start(), other)
    with pytest.raises(BadRequest, match="another model"):
        load_checkpoint(tmp_path / "c", start(seed=1), split)


@pytest.mark.parametrize("damage", [b"", b"junk", None])
def test_a_damaged_checkpoint_is_refused_in_a_sentence(damage, tmp_path):
    path = tmp_path / "c"
    if damage is not None:
        path.write_bytes(damage)
    with pytest.raises(ModelFileError, match="start anew"):
        load_checkpoint(path, start(), split_by_time(capture()))


def test_a_diverging_model_is_never_the_best():
    split = split_by_time(capture())
    trainer = Trainer(start(), split, QUICK)
    trainer.validate(0.0)
    with torch.no_grad():
        trainer.module.lin.bias.fill_(float("nan"))
    assert trainer.validate(0.0) == float("inf")
    assert trainer.best == trainer.start
