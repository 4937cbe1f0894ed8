"""A knob that stands still is a constant: folding it changes nothing, and its position can be found."""

from __future__ import annotations

import numpy as np
import pytest

from training.data import Part
from training.knobs import nearest_knobs
from zoo.architecture import Recurrent
from zoo.engine import render
from zoo.errors import BadRequest
from zoo.knobs import with_knobs_fixed
from zoo.snapshot import Snapshot


def knob_model(knobs: int, cell="LSTM") -> Snapshot:
    rng = np.random.default_rng(3)
    architecture = Recurrent(cell, 8, input_size=1 + knobs)
    weights = {n: rng.normal(0, 0.6, s).astype(np.float32) for n, s in architecture.required_shapes().items()}
    return Snapshot(architecture, weights, 44100)


AUDIO = np.random.default_rng(0).uniform(-0.5, 0.5, 4000).astype(np.float32)


@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
def test_a_fixed_knob_sounds_as_the_knob_at_that_position(cell):
    model = knob_model(2, cell)
    fixed = with_knobs_fixed(model, [0.2, 0.9])
    assert fixed.num_knobs == 0
    np.testing.assert_allclose(render(fixed, AUDIO), render(model, AUDIO, knobs=[0.2, 0.9]), atol=1e-4)


@pytest.mark.parametrize("position", [(0.0,), (0.7,), (0.3, 0.8)])
def test_the_position_of_a_capture_is_found_at_any_gain(position):
    model = knob_model(len(position))
    wet = -0.5 * render(model, AUDIO, knobs=position)
    assert nearest_knobs(model, Part((AUDIO,), (wet,))) == position


@pytest.mark.parametrize("knobs", [[], [0.1, 0.2], [1.5], [float("nan")]])
def test_knobs_of_the_wrong_count_or_value_are_refused(knobs):
    with pytest.raises(BadRequest, match="knob"):
        with_knobs_fixed(knob_model(1), knobs)
