"""Masks: which weights go, what a mask keeps still while training, and how far two masks are apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from training import trainer as trainer_module
from training.data import Part, Split
from training.distil import from_scratch
from training.pruning import (
    SearchSettings,
    mask_distance,
    mask_of,
    masked,
    pruned_mask,
    search_iteration,
    sparsity,
)
from training.pruning.masks import num_alive, require_prunable, tensors_for
from training.settings import Settings
from training.trainer import Trainer
from zoo.architecture import Recurrent
from zoo.errors import BadRequest
from zoo.snapshot import Snapshot

SETTINGS = Settings(segment=900, batch=13, warm_up=50, tbptt=200, learning_rate=3e-3)


def split() -> Split:
    rng = np.random.default_rng(0)
    dry = (0.3 * rng.standard_normal(26 * 900)).astype(np.float32)
    part = Part((dry,), (np.tanh(3 * dry),))
    return Split(part, part, part, 44_100)


def snapshot(hidden: int = 6, cell: str = "LSTM") -> Snapshot:
    return from_scratch(Recurrent(cell, hidden, residual=True), 44_100, 0)  # type: ignore[arg-type]


def tiny() -> Snapshot:
    """One unit: W_ih 1..4, W_hh 5..8, W_fc 9, biases far smaller than all of them."""
    weights = {
        "rec.weight_ih_l0": np.array([[1.0], [-2.0], [3.0], [-4.0]]),
        "rec.weight_hh_l0": np.array([[5.0], [-6.0], [7.0], [8.0]]),
        "rec.bias_ih_l0": np.full(4, 0.1),
        "lin.weight": np.array([[-0.5]]),
        "lin.bias": np.array([0.01]),
    }
    return Snapshot(Recurrent("LSTM", 1), {n: w.astype(np.float32) for n, w in weights.items()}, 44_100)


def test_the_least_of_all_tensors_together_go_and_biases_never():
    model = tiny()
    mask = pruned_mask(model, mask_of(model), 3 / 9)
    assert sorted(mask) == ["lin.weight", "rec.weight_hh_l0", "rec.weight_ih_l0"]
    assert mask["lin.weight"].tolist() == [[False]]
    assert mask["rec.weight_ih_l0"][:, 0].tolist() == [False, False, True, True]
    assert mask["rec.weight_hh_l0"].all()
    assert sparsity(mask) == pytest.approx(3 / 9)


def test_a_second_pruning_takes_its_share_of_what_is_left():
    model = tiny()
    once = pruned_mask(model, mask_of(model), 3 / 9)
    twice = pruned_mask(masked(model, once), once, 0.5)
    assert num_alive(twice) == 3
    assert twice["rec.weight_hh_l0"][:, 0].tolist() == [False, True, True, True]
    assert all((twice[name] <= once[name]).all() for name in once)


def test_fifteen_times_thirty_percent_leaves_half_a_percent():
    model = snapshot(hidden=24)
    mask = mask_of(model)
    for _ in range(15):
        mask = pruned_mask(model, mask, 0.3)
    assert sparsity(mask) == pytest.approx(1 - 0.7**15, abs=5e-4)


def test_the_mask_distance_is_the_share_of_alive_weights_that_differ():
    model = tiny()
    alive = mask_of(model)
    one, other = pruned_mask(model, alive, 1 / 9), pruned_mask(model, alive, 3 / 9)
    assert mask_distance(one, one, alive) == 0.0
    assert mask_distance(one, other, alive) == pytest.approx(2 / 9)


def test_a_snapshot_carries_its_own_mask():
    model = snapshot()
    mask = pruned_mask(model, mask_of(model), 0.4)
    found = mask_of(masked(model, mask))
    assert all((found[name] == mask[name]).all() for name in mask)


@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
@pytest.mark.parametrize("native", [True, False], ids=["native", "autograd"])
def test_what_is_pruned_stays_zero_while_the_rest_is_trained(cell, native, monkeypatch):
    if not native:
        monkeypatch.setattr(trainer_module, "has_native_updates", lambda *_: False)
    model = snapshot(cell=cell)
    mask = pruned_mask(model, mask_of(model), 0.6)
    start = masked(model, mask)
    trainer = Trainer(start, split(), SETTINGS)
    trainer.masks = tensors_for(trainer.module, mask)
    trainer.train_epoch()
    after = trainer.snapshot()
    for name, alive in mask.items():
        assert (after.weights[name][~alive] == 0).all()
        assert (after.weights[name] != start.weights[name])[alive].all()


@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
def test_masked_updates_are_those_of_autograd_and_adam(cell, monkeypatch):
    model = snapshot(hidden=12, cell=cell)
    mask = pruned_mask(model, mask_of(model), 0.5)
    settings = replace(SETTINGS, clip_norm=0.05)
    mine, oracle = (Trainer(masked(model, mask), split(), settings) for _ in range(2))
    mine.masks, oracle.masks = (tensors_for(t.module, mask) for t in (mine, oracle))
    x, y = next(iter(mine.segments.epoch(torch.Generator().manual_seed(0))))
    assert mine._train_natively(x[:450], y[:450]) == pytest.approx(
        oracle._train_by_autograd(x[:450], y[:450]), rel=1e-3
    )
    for got, expected in zip(mine.module.parameters(), oracle.module.parameters(), strict=True):
        torch.testing.assert_close(got, expected, rtol=0, atol=2e-4)


def test_units_that_nobody_hears_take_no_part_in_a_training_and_change_nothing(monkeypatch):
    model = snapshot(hidden=7)
    weights = {name: array.copy() for name, array in model.weights.items()}
    for unit in (1, 4):
        weights["lin.weight"][0, unit] = 0.0
        weights["rec.weight_hh_l0"][:, unit] = 0.0
    weights["rec.weight_hh_l0"][2::7, 1] = 0.3  # unit 1 feeds unit 2, which is heard
    model = replace(model, weights=weights)
    settings = replace(SETTINGS, weight_decay=0.0, averaging=0.0, epochs=2)
    search = SearchSettings(fully_train_first=False, k=1, epsilon=1.0)
    small = search_iteration(2, model, model, split(), settings, search)
    monkeypatch.setattr("training.pruning.search.reachable", lambda s: np.ones(7, bool))
    whole = search_iteration(2, model, model, split(), settings, search)
    for name, array in whole.pruned.weights.items():
        np.testing.assert_allclose(small.pruned.weights[name], array, atol=1e-5)
    assert small.record.mask_distances == pytest.approx(whole.record.mask_distances, abs=0.02)
    assert (small.trained.weights["rec.weight_ih_l0"][4::7] == model.weights["rec.weight_ih_l0"][4::7]).all()


def test_a_large_weight_that_the_loss_does_not_feel_goes_first_by_its_sensitivity():
    model = snapshot()
    weights = {name: array.copy() for name, array in model.weights.items()}
    for name in ("rec.weight_ih_l0", "rec.weight_hh_l0", "rec.bias_ih_l0"):
        weights[name][2 * 6 + 4] = 0.0  # unit 4 never leaves 0 ...
    weights["rec.weight_hh_l0"][:, 4] = 0.9  # ... and what it sends is nothing, by the largest weights of all
    weights["rec.weight_hh_l0"][2 * 6 + 4, 4] = 0.0
    model = replace(model, weights={n: w for n, w in weights.items() if n != "rec.bias_hh_l0"})
    settings = replace(SETTINGS, learning_rate=1e-7, weight_decay=0.0, averaging=0.0)
    share = (23 + 18) / num_alive(mask_of(model))  # what unit 4 sends, and what feeds its closed gates
    lost = {}
    for score in ("magnitude", "sensitivity"):
        search = SearchSettings(ratio=share, fully_train_first=False, k=1, epsilon=1.0, score=score)
        after = search_iteration(2, model, model, split(), settings, search).pruned
        lost[score] = np.count_nonzero(after.weights["rec.weight_hh_l0"][:, 4] == 0.0)
    assert lost["magnitude"] == 1
    assert lost["sensitivity"] > 20


def test_a_mask_of_another_size_is_refused():
    trainer = Trainer(snapshot(), split(), SETTINGS)
    trainer.masks = [torch.ones(3) for _ in trainer.module.parameters()]
    with pytest.raises(ValueError, match="a mask holds 3 numbers"):
        trainer.train_epoch()


@pytest.mark.parametrize("architecture", [Recurrent("LSTM", 4, num_layers=2), Recurrent("GRU", 4, 2)])
def test_what_pruning_does_not_know_is_refused_by_name(architecture):
    with pytest.raises(BadRequest, match=f"the model is a {architecture}; LSTMs and GRUs of one layer"):
        require_prunable(from_scratch(architecture, 44_100, 0))
