"""The native WaveNet against its numpy twin, on every instruction set, and what it promises to a player."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wavenets import LEAKY, NAMED, a1, a2, array, noise, wavenets, with_random_weights

from zoo import engine
from zoo.architecture import Activation, WaveNet
from zoo.engine.reference import render_reference
from zoo.engine.reference_wavenet import wavenet_head_input
from zoo.errors import BadRequest
from zoo.snapshot import Snapshot

# Of the output's peak: a tanh that is off by 1.2e-6, and sums in single precision.
TOLERANCE = 2e-5

paths = pytest.mark.parametrize("simd", engine.simd_paths())


def delay_and_add() -> Snapshot:
    """out[t] = ReLU(2 x[t] + x[t - 3] + 0.25 x[t]) + 0.5"""
    architecture = WaveNet((array(1, 1, 1, dilations=(3,), kernel_sizes=2, activation=Activation("ReLU")),))
    weights = {name: np.zeros(shape) for name, shape in architecture.required_shapes().items()}
    weights["arrays.0.rechannel.weight"][:] = 2.0
    weights["arrays.0.layers.0.conv.weight"][0, 0] = [0.5, 1.0]
    weights["arrays.0.layers.0.mixin.weight"][:] = 0.25
    weights["arrays.0.head.weight"][:] = 1.0
    weights["arrays.0.head.bias"][:] = 0.5
    weights["head_scale"][:] = 1.0
    return Snapshot(architecture, weights, 48_000)


@paths
def test_one_layer_is_a_delay_line_before_an_activation(simd: str) -> None:
    out = engine.render(delay_and_add(), [1, 0, 0, 0, -1, 1, 0], simd=simd)
    assert out.tolist() == [2.75, 0.5, 0.5, 1.5, 0.5, 2.75, 0.5]


@paths
@settings(max_examples=40, deadline=None)
@given(architecture=wavenets(), seed=st.integers(0, 1000), samples=st.integers(1, 700))
def test_any_shape_sounds_like_the_twin(simd: str, architecture: WaveNet, seed: int, samples: int) -> None:
    snapshot, dry = with_random_weights(architecture, seed), noise(samples, seed)
    truth = render_reference(snapshot, dry)
    wet = engine.render(snapshot, dry, simd=simd)
    assert np.abs(wet - truth).max() <= TOLERANCE * max(1.0, float(np.abs(truth).max()))


@paths
@pytest.mark.parametrize("name", NAMED)
def test_the_sizes_in_use_sound_like_the_twin(simd: str, name: str) -> None:
    snapshot, dry = with_random_weights(NAMED[name]), noise(3000)
    truth = render_reference(snapshot, dry)
    wet = engine.render(snapshot, dry, simd=simd)
    assert np.abs(wet - truth).max() <= TOLERANCE * np.abs(truth).max()


@paths
@pytest.mark.parametrize("name", ["nano", "standard", "a2-lite"])
@pytest.mark.parametrize("block", [1, 7, 16, 64, 256, 2048])
def test_the_size_of_the_blocks_changes_no_bit(simd: str, name: str, block: int) -> None:
    snapshot, dry = with_random_weights(NAMED[name]), noise(2500)
    player = engine.Player(snapshot, simd=simd)
    pieces = [player.process(dry[at : at + block]) for at in range(0, len(dry), block)]
    assert np.array_equal(np.concatenate(pieces), engine.render(snapshot, dry, simd=simd))


@paths
@settings(max_examples=25, deadline=None)
@given(architecture=wavenets(), blocks=st.lists(st.integers(1, 200), min_size=1, max_size=12))
def test_blocks_of_changing_length_change_no_bit(simd: str, architecture: WaveNet, blocks: list[int]) -> None:
    snapshot, dry = with_random_weights(architecture), noise(sum(blocks))
    player = engine.Player(snapshot, simd=simd)
    pieces = [player.process(piece) for piece in np.split(dry, np.cumsum(blocks)[:-1])]
    assert np.array_equal(np.concatenate(pieces), engine.render(snapshot, dry, simd=simd))


@paths
@pytest.mark.parametrize("name", NAMED)
def test_at_rest_silence_in_gives_the_same_value_out_for_ever(simd: str, name: str) -> None:
    out = engine.render(with_random_weights(NAMED[name]), np.zeros(7000), simd=simd)
    assert out[0] != 0.0
    assert (out == out[0]).all()


@paths
def test_after_a_receptive_field_of_silence_a_player_is_at_rest(simd: str) -> None:
    snapshot = with_random_weights(a2(3))
    player = engine.Player(snapshot, simd=simd)
    rest = player.process(np.zeros(1))[0]
    player.process(noise(5000))
    after = player.process(np.zeros(snapshot.architecture.receptive_field))
    assert after[-1] == rest
    assert after[0] != rest


@paths
def test_reset_forgets_what_was_played(simd: str) -> None:
    player, dry = engine.Player(with_random_weights(a1(8)), simd=simd), noise(3000)
    first = player.process(dry)
    player.reset()
    assert np.array_equal(player.process(dry), first)


def test_a_long_signal_stays_with_the_twin_to_its_end() -> None:
    snapshot, dry = with_random_weights(a1(4)), noise(96_000)
    wet, truth = engine.render(snapshot, dry), render_reference(snapshot, dry)
    assert np.abs(wet - truth).max() <= TOLERANCE * np.abs(truth).max()


@paths
@pytest.mark.parametrize("name", ["nano", "a2-full"])
def test_absurdly_loud_input_stays_finite_and_is_forgotten(simd: str, name: str) -> None:
    snapshot = with_random_weights(NAMED[name])
    player = engine.Player(snapshot, simd=simd)
    rest = player.process(np.zeros(1))[0]
    loud = player.process(np.array([3e38, -3e38, 1e20, -1e6] * 50, np.float32))
    after = player.process(np.zeros(snapshot.architecture.receptive_field))
    assert np.isfinite(loud).all()
    assert after[-1] == rest


@paths
def test_samples_that_are_no_numbers_count_as_silence(simd: str) -> None:
    native = engine.Player(with_random_weights(a1(4)), simd=simd)._net
    broken = native.process(np.array([0.5, np.nan, np.inf, -np.inf, 0.5], np.float32))
    native.reset()
    assert np.array_equal(broken, native.process(np.array([0.5, 0, 0, 0, 0.5], np.float32)))


@paths
@pytest.mark.parametrize("name", ["feather", "a2-lite"])
def test_the_states_are_what_the_last_head_sees(simd: str, name: str) -> None:
    snapshot, dry = with_random_weights(NAMED[name]), noise(500)
    states = engine.states(snapshot, dry, simd=simd)
    truth = wavenet_head_input(snapshot.architecture, snapshot.weights, dry.astype(np.float64))[:, -500:].T
    assert states.shape == truth.shape
    assert np.abs(states - truth).max() <= TOLERANCE * np.abs(truth).max()


@paths
def test_a_head_of_one_tap_on_the_states_is_the_output(simd: str) -> None:
    snapshot, dry = with_random_weights(a1(8)), noise(500)
    head, bias = (snapshot.weights[f"arrays.1.head.{part}"] for part in ("weight", "bias"))
    fitted = snapshot.weights["head_scale"] * (engine.states(snapshot, dry, simd=simd) @ head[0, :, 0] + bias)
    np.testing.assert_allclose(fitted, engine.render(snapshot, dry, simd=simd), atol=1e-6)


@paths
def test_weights_that_are_too_few_or_too_many_are_refused(simd: str) -> None:
    architecture = WaveNet((array(1, 3, 1, activation=LEAKY),))
    count = sum(int(np.prod(shape)) for shape in architecture.required_shapes().values())
    native, arrays = engine._module(simd).WaveNet, architecture.to_json()["arrays"]
    assert native(arrays, np.zeros(count, np.float32)).features == 3
    for wrong in (0, count - 1, count + 1):
        with pytest.raises(ValueError, match="do not fit"):
            native(arrays, np.zeros(wrong, np.float32))


@pytest.mark.parametrize(
    "change", [{"channels": 0}, {"channels": 257}, {"dilations": (0,)}, {"input_size": 2}]
)
def test_a_shape_out_of_bounds_is_refused_by_the_engine_too(change: dict[str, object]) -> None:
    fields = {**WaveNet((array(1, 3, 1),)).to_json()["arrays"][0], **change}
    with pytest.raises(ValueError, match="do not fit"):
        engine._module("baseline").WaveNet([fields], np.zeros(50, np.float32))


def test_a_model_that_asks_for_gigabytes_is_refused() -> None:
    architecture = WaveNet((array(1, 256, 1, dilations=((1 << 20) - 2,), kernel_sizes=2),))
    with pytest.raises(BadRequest, match="needs too much memory"):
        engine.render(with_random_weights(architecture), noise(10))
