"""Whole units go by what they are worth, and their mean stays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from training.data import Part, Split
from training.distil import from_scratch
from training.pruning import SearchSettings, search_iteration
from training.pruning.structured import (
    excerpt,
    mean_states,
    share_of_units,
    without_least_units,
    worth,
)
from training.settings import Settings
from training.trainer import part_loss
from zoo.architecture import Recurrent
from zoo.engine import render
from zoo.errors import BadRequest

SETTINGS = Settings(segment=900, batch=13, warm_up=50, tbptt=200, learning_rate=3e-3, epochs=2)
RNG = np.random.default_rng(0)
DRY = (0.3 * RNG.standard_normal(20_000)).astype(np.float32)


@pytest.fixture(params=["LSTM", "GRU"])
def model(request):
    return from_scratch(Recurrent(request.param, 6, residual=True), 8_000, 1)


def part_of(model):
    return Part((DRY,), (render(model, DRY),))


def test_the_unit_that_counts_for_nothing_goes_first(model):
    weights = {n: w.copy() for n, w in model.weights.items()}
    weights["lin.weight"][0, 4] = 0.0
    weights["rec.weight_hh_l0"][:, 4] = 0.0
    model = replace(model, weights=weights)
    part = part_of(model)
    losses = worth(model, part, SETTINGS, mean_states(model, part))
    assert losses.argmin() == 4
    assert losses[4] < 1e-9
    assert part_loss(without_least_units(model, part, SETTINGS, 0.1), part, SETTINGS) < 1e-9


def test_a_unit_that_hardly_moves_is_replaced_by_its_mean(model):
    weights = {n: w.copy() for n, w in model.weights.items()}
    for name in ("rec.weight_ih_l0", "rec.weight_hh_l0"):
        weights[name][2::6] *= 1e-4
    model = replace(model, weights=weights)
    part = part_of(model)
    losses = worth(model, part, SETTINGS, mean_states(model, part))
    assert losses.argmin() == 2
    assert losses[2] < 0.02 * np.median(losses)


def test_a_share_of_the_weights_is_a_smaller_share_of_the_units():
    assert share_of_units(0.75) == pytest.approx(0.5)
    assert share_of_units(0.3) == pytest.approx(0.1633, abs=1e-4)


def test_one_unit_always_stays(model):
    part = part_of(model)
    smaller = without_least_units(model, part, SETTINGS, 1.0)
    assert smaller.architecture.hidden_size == 1
    assert without_least_units(smaller, part, SETTINGS, 1.0) == smaller


def test_the_excerpt_is_the_loudest_stretch():
    wet = np.zeros(1000, np.float32)
    wet[620:680] = 1.0
    found = excerpt(Part((np.arange(1000, dtype=np.float32),), (wet,)), 100)
    assert (found.dry[0][0], found.dry[0].size) == (600.0, 100)


def test_an_iteration_trains_and_leaves_a_smaller_network(model):
    part = part_of(model)
    split = Split(part, part, part, 8_000)
    search = SearchSettings(ratio=0.75, k=1, method="units")
    found = search_iteration(1, model, model, split, SETTINGS, search)
    assert (found.record.epochs, found.record.hidden) == (2, 3)
    assert found.pruned.architecture.hidden_size == 3
    again = search_iteration(2, found.pruned, model, split, SETTINGS, search)
    assert (again.record.epochs, again.record.hidden) == (1, 2 if again.record.hidden == 2 else 1)
    assert again.record.sparsity > found.record.sparsity > 0.5


def test_weights_of_whole_units_cannot_be_rewound():
    with pytest.raises(BadRequest, match="cannot be rewound"):
        SearchSettings(method="units", rewind="weights")
