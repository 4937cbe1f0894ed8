"""LSTM and GRU in the native engine: equal to the twin in double precision, however they are run."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recurrents import HIDDEN_SIZES, architectures, noise, with_random_weights

from zoo import engine
from zoo.architecture import Recurrent
from zoo.engine.reference import render_reference
from zoo.snapshot import Snapshot

PATHS = engine.simd_paths()


def worst_error(snapshot: Snapshot, dry: np.ndarray, knobs: list[float] | None, simd: str) -> float:
    wet = engine.render(snapshot, dry, knobs=knobs, simd=simd)
    return float(np.abs(wet - render_reference(snapshot, dry, knobs=knobs)).max())


@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
@pytest.mark.parametrize("hidden", HIDDEN_SIZES)
def test_every_size_equals_the_twin(cell: str, hidden: int) -> None:
    snapshot = with_random_weights(Recurrent(cell, hidden), seed=hidden)
    dry = noise(100)
    for simd in PATHS:
        assert worst_error(snapshot, dry, None, simd) < 5e-6, simd


@settings(max_examples=40, deadline=None)
@given(architectures, st.integers(0, 99), st.data())
def test_any_shape_with_any_knobs_equals_the_twin(
    architecture: Recurrent, seed: int, draw: st.DataObject
) -> None:
    count = architecture.num_knobs
    knobs = draw.draw(st.lists(st.floats(0, 1, width=32), min_size=count, max_size=count))
    snapshot = with_random_weights(architecture, seed, input_gain_db=3.0, output_gain_db=-6.0)
    for simd in PATHS:
        assert worst_error(snapshot, noise(40, seed), knobs, simd) < 1e-5, simd


@pytest.mark.parametrize("simd", PATHS)
@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
@pytest.mark.parametrize(("hidden", "layers"), [(8, 2), (20, 1), (40, 1), (64, 1), (96, 2)])
def test_the_length_of_the_blocks_changes_no_bit(cell: str, hidden: int, layers: int, simd: str) -> None:
    snapshot = with_random_weights(Recurrent(cell, hidden, num_layers=layers, residual=True))
    dry = noise(2048)
    whole = engine.render(snapshot, dry, simd=simd)
    for block in (1, 16, 64, 256, 1000):
        player = engine.Player(snapshot, simd=simd)
        parts = [player.process(dry[at : at + block]) for at in range(0, len(dry), block)]
        assert np.array_equal(np.concatenate(parts), whole), block


@pytest.mark.parametrize("simd", PATHS)
@pytest.mark.parametrize("hidden", [12, 40, 96])
def test_reset_returns_to_the_state_that_the_model_starts_from(hidden: int, simd: str) -> None:
    player = engine.Player(with_random_weights(Recurrent("LSTM", hidden)), simd=simd)
    first = player.process(noise(77))
    assert not np.array_equal(player.process(noise(77)), first)
    player.reset()
    assert np.array_equal(player.process(noise(77)), first)


@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
def test_states_are_what_the_output_layer_sees(cell: str) -> None:
    snapshot = with_random_weights(Recurrent(cell, 20, num_layers=2), input_gain_db=6.0, output_gain_db=-6.0)
    dry, lin = noise(100), snapshot.weights
    h = engine.states(snapshot, dry)
    assert h.shape == (100, 20)
    wet = 10 ** (-6 / 20) * (h @ lin["lin.weight"][0] + lin["lin.bias"][0])
    assert np.abs(wet - engine.render(snapshot, dry)).max() < 1e-6


def test_a_residual_adds_the_dry_signal() -> None:
    net = with_random_weights(Recurrent("LSTM", 12), input_gain_db=6.0)
    with_dry = Snapshot(Recurrent("LSTM", 12, residual=True), net.weights, 48_000, input_gain_db=6.0)
    dry = noise(50)
    difference = engine.render(with_dry, dry) - engine.render(net, dry)
    assert np.allclose(difference, 10 ** (6 / 20) * dry, atol=1e-6)


def test_zero_weights_put_out_the_bias() -> None:
    architecture = Recurrent("LSTM", 3)
    weights = {name: np.zeros(shape, np.float32) for name, shape in architecture.required_shapes().items()}
    weights["lin.bias"] = np.array([0.25], np.float32)
    assert engine.render(Snapshot(architecture, weights, 48_000), noise(9)).tolist() == [0.25] * 9


def test_a_gate_that_is_worked_out_by_hand() -> None:
    """One unit, all gate weights 0, biases i = f = o = 0 and g = 1: c1 = tanh(1) / 2, h1 = tanh(c1) / 2."""
    architecture = Recurrent("LSTM", 1)
    weights = {name: np.zeros(shape, np.float32) for name, shape in architecture.required_shapes().items()}
    weights["rec.bias_ih_l0"] = np.array([0.0, 0.0, 1.0, 0.0], np.float32)
    weights["lin.weight"] = np.array([[1.0]], np.float32)
    wet = engine.render(Snapshot(architecture, weights, 48_000), [0.0])
    assert wet[0] == pytest.approx(0.5 * np.tanh(0.5 * np.tanh(1.0)), abs=1e-7)


@pytest.mark.parametrize("simd", PATHS)
def test_gates_driven_far_beyond_their_range_stay_right(simd: str) -> None:
    for hidden in (8, 40):
        snapshot = with_random_weights(Recurrent("LSTM", hidden), scale=60.0)
        assert np.isfinite(engine.render(snapshot, 1e30 * noise(200), simd=simd)).all()
        assert (
            worst_error(with_random_weights(Recurrent("GRU", hidden), scale=8.0), noise(5), None, simd) < 1e-3
        )


@pytest.mark.parametrize("simd", PATHS)
@pytest.mark.parametrize("hidden", [8, 40])
def test_nan_and_infinity_count_as_silence_and_leave_no_trace(hidden: int, simd: str) -> None:
    snapshot = with_random_weights(Recurrent("LSTM", hidden))
    clean = noise(60)
    clean[20:23] = 0.0
    dirty = clean.copy()
    dirty[20:23] = np.nan, np.inf, -np.inf
    native = engine.Player(snapshot, simd=simd)._net  # the player itself refuses such audio
    assert np.array_equal(native.process(dirty), engine.render(snapshot, clean, simd=simd))
