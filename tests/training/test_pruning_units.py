"""Useless units go, and nothing that can be heard goes with them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.pruning import mask_of, masked, pruned_mask, without_dead_units
from training.pruning.equality import NotEqual, assert_equal, compacted
from training.pruning.units import effective_hidden_size
from zoo.architecture import Recurrent
from zoo.engine.reference import render_reference
from zoo.snapshot import Snapshot

RNG = np.random.default_rng(3)
DRY = (0.4 * RNG.standard_normal(600)).astype(np.float32)


def random_model(cell: str, hidden: int, seed: int = 0, second_bias: bool = True) -> Snapshot:
    architecture = Recurrent(cell, hidden, residual=True)  # type: ignore[arg-type]
    shapes = dict(architecture.required_shapes())
    if second_bias and cell == "LSTM":
        shapes["rec.bias_hh_l0"] = (4 * hidden,)
    rng = np.random.default_rng(seed)
    weights = {n: rng.normal(0, 0.5, s).astype(np.float32) for n, s in shapes.items()}
    return Snapshot(architecture, weights, 44_100)


def cut(model: Snapshot, *, silent: tuple[int, ...] = (), unfed: tuple[int, ...] = ()) -> Snapshot:
    """Nobody hears the units in ``silent``; nothing leads into those in ``unfed``."""
    hidden = model.architecture.hidden_size  # type: ignore[union-attr]
    weights = {n: w.copy() for n, w in model.weights.items()}
    for unit in silent:
        weights["rec.weight_hh_l0"][:, unit] = 0.0
        weights["lin.weight"][:, unit] = 0.0
    for unit in unfed:
        for name in ("rec.weight_ih_l0", "rec.weight_hh_l0"):
            weights[name][unit::hidden] = 0.0
    return replace(model, weights=weights)


@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
def test_a_unit_that_nobody_hears_is_removed_exactly(cell):
    model = cut(random_model(cell, 6), silent=(1, 4))
    removal = without_dead_units(model)
    assert (removal.snapshot.architecture.hidden_size, removal.dead, removal.constant) == (4, 2, 0)
    assert removal.settling_samples == 0
    np.testing.assert_allclose(
        render_reference(removal.snapshot, DRY), render_reference(model, DRY), rtol=0, atol=1e-13
    )


def test_a_unit_that_only_dead_units_hear_is_dead_too():
    model = random_model("LSTM", 4)
    weights = {n: w.copy() for n, w in model.weights.items()}
    # 3 hears 2 and itself; nobody else hears either, and the output hears neither.
    weights["lin.weight"][:, 2:] = 0.0
    recurrent = weights["rec.weight_hh_l0"].reshape(4, 4, 4)
    recurrent[:, :2, 2:] = 0.0
    removal = without_dead_units(replace(model, weights=weights))
    assert (removal.snapshot.architecture.hidden_size, removal.dead) == (2, 2)


@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
@pytest.mark.parametrize("second_bias", [True, False])
def test_a_unit_that_nothing_feeds_becomes_a_bias_once_it_has_settled(cell, second_bias):
    model = cut(random_model(cell, 5, second_bias=second_bias), unfed=(2,))
    removal = without_dead_units(model)
    assert (removal.snapshot.architecture.hidden_size, removal.constant) == (4, 1)
    assert 0 < removal.settling_samples < 1000
    heard = np.concatenate([np.zeros(6 * removal.settling_samples, np.float32), DRY])
    before, after = (render_reference(m, heard)[-DRY.size :] for m in (model, removal.snapshot))
    np.testing.assert_allclose(after, before, rtol=0, atol=2e-6)


def test_units_that_only_constants_feed_are_constant_too():
    model = random_model("LSTM", 5)
    weights = {n: w.copy() for n, w in model.weights.items()}
    for unit in (1, 3):
        for name in ("rec.weight_ih_l0", "rec.weight_hh_l0"):
            weights[name][unit::5] = 0.0
    weights["rec.weight_hh_l0"][3::5, 1] = 0.7  # 1 feeds 3
    removal = without_dead_units(replace(model, weights=weights))
    assert (removal.snapshot.architecture.hidden_size, removal.constant) == (3, 2)


def test_a_constant_that_takes_minutes_to_settle_stays_a_unit():
    model = cut(random_model("LSTM", 3), unfed=(1,))
    weights = {n: w.copy() for n, w in model.weights.items()}
    weights["rec.bias_ih_l0"][3 + 1] = 40.0  # the forget gate of unit 1
    assert without_dead_units(replace(model, weights=weights)).constant == 0


def test_a_model_of_which_nothing_is_heard_keeps_one_unit():
    model = cut(random_model("GRU", 4), silent=(0, 1, 2, 3))
    removal = without_dead_units(model)
    assert removal.snapshot.architecture.hidden_size == 1
    np.testing.assert_array_equal(render_reference(removal.snapshot, DRY), render_reference(model, DRY))


def test_the_state_that_a_model_starts_from_is_cut_too():
    model = random_model("LSTM", 4)
    states = {"rec.h0_l0": np.arange(4.0), "rec.c0_l0": -np.arange(4.0)}
    model = cut(replace(model, weights={**model.weights, **states}), silent=(0,))
    removal = without_dead_units(model)
    assert removal.snapshot.weights["rec.h0_l0"].tolist() == [1.0, 2.0, 3.0]
    np.testing.assert_allclose(
        render_reference(removal.snapshot, DRY), render_reference(model, DRY), rtol=0, atol=1e-13
    )


@settings(max_examples=25, deadline=None)
@given(
    cell=st.sampled_from(["LSTM", "GRU"]),
    hidden=st.integers(1, 12),
    ratio=st.floats(0.3, 0.97),
    seed=st.integers(0, 99),
)
def test_whatever_is_pruned_the_compact_model_sounds_the_same(cell, hidden, ratio, seed):
    model = random_model(cell, hidden, seed)
    pruned = masked(model, pruned_mask(model, mask_of(model), ratio))
    removal = compacted(pruned, DRY)
    assert removal.snapshot.architecture.hidden_size == hidden - removal.dead - removal.constant


def test_the_effective_hidden_size_of_a_full_model_is_its_hidden_size():
    assert effective_hidden_size(random_model("LSTM", 7)) == 7


def test_a_smaller_model_that_sounds_different_is_not_accepted():
    model = random_model("LSTM", 4)
    removal = without_dead_units(cut(model, silent=(1,)))
    with pytest.raises(NotEqual, match="it is not used"):
        assert_equal(model, removal, DRY)
