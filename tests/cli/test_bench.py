"""``zoo bench`` counts what a model holds and measures what it takes."""

import json
import shutil

import numpy as np
import pytest

from zoo.architecture import Activation, LayerArray, Recurrent, WaveNet
from zoo.benching import BLOCK_SIZES, arm, count, real_time_factors
from zoo.errors import BadRequest
from zoo.formats import write_model
from zoo.snapshot import Snapshot


def made(architecture, second_bias=False):
    shapes = dict(architecture.required_shapes())
    if second_bias:
        shapes.update({n: s for n, s in architecture.optional_shapes().items() if "bias" in n})
    return Snapshot(architecture, {n: np.full(s, 0.1, np.float32) for n, s in shapes.items()}, 48_000)


@pytest.mark.parametrize("second_bias", [True, False])
def test_an_lstm_is_counted_by_hand(second_bias):
    # W 4*3*1, U 4*3*3, b 4*3, head 3, its bias 1; products: 12 + 36 + 3; state h and c.
    counts = count(made(Recurrent("LSTM", 3), second_bias))
    assert (counts.parameters, counts.nonzero, counts.macs) == (64, 64, 51)
    assert (counts.weight_bytes, counts.state_bytes) == (256, 24)


def test_zeros_are_told_apart():
    model = made(Recurrent("GRU", 2))
    weights = {n: np.where(np.arange(w.size).reshape(w.shape) == 0, 0, w) for n, w in model.weights.items()}
    counts = count(Snapshot(model.architecture, weights, 48_000))
    # W 6*1, U 6*2, two biases of 6, head 2, its bias 1; one zero in each of the six.
    assert (counts.parameters, counts.nonzero, counts.macs) == (33, 27, 6 + 12 + 2)


def test_a_wavenet_is_counted_by_hand():
    array = LayerArray(1, 2, 1, 4, True, (3, 2), (1, 5), (Activation("Tanh"), Activation("ReLU")))
    # rechannel 2; layers 4*3+2+4 and 4*2+2+4; head 2*4; head_scale 1. Past: 2*(2*1 + 1*5 + 3).
    counts = count(made(WaveNet((array,))))
    assert counts.macs == 2 + 18 + 14 + 8 + 1
    assert counts.state_bytes == 4 * 20


def test_every_block_size_is_measured():
    factors = real_time_factors(made(Recurrent("LSTM", 3)), seconds=0.01)
    assert tuple(factors) == BLOCK_SIZES
    assert all(0 < factor < 1 for factor in factors.values())


def test_blocks_of_nothing_are_refused():
    with pytest.raises(BadRequest, match="blocks of 0 samples"):
        real_time_factors(made(Recurrent("LSTM", 3)), (0,), seconds=0.01)


def test_json_says_all_there_is_to_know(run_zoo, lstm, tmp_path):
    write_model(lstm(1, hidden=5), tmp_path / "m.nam")
    facts = json.loads(run_zoo("bench", tmp_path / "m.nam", "--seconds", "0.01", "--json").out)
    assert (facts["architecture"], facts["macs"]) == ("LSTM-5", 4 * 5 * 6 + 5)
    assert set(facts["rtf"]) == {str(block) for block in BLOCK_SIZES}
    assert (facts["arm_instructions_per_sample"] is None) == bool(facts["arm_instructions_missing_because"])


def test_without_the_cross_tools_it_says_what_to_install(run_zoo, lstm, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    write_model(lstm(1), tmp_path / "m.nam")
    result = run_zoo("bench", tmp_path / "m.nam", "--seconds", "0.01")
    assert result.code == 0
    assert "arm-linux-gnueabihf-g++, qemu-arm, gcc is missing" in result.err


def test_a_larger_network_takes_more_arm_instructions(lstm):
    try:
        few, many = (arm.instructions_per_sample(lstm(0, hidden=hidden)) for hidden in (4, 16))
    except arm.NotCountable as error:
        pytest.skip(str(error))
    assert 50 < few < many < 20_000


def test_arm_instructions_of_a_wavenet_are_not_made_up():
    array = LayerArray(1, 2, 1, 1, True, (2,), (1,), (Activation("Tanh"),))
    with pytest.raises(arm.NotCountable, match="this is a WaveNet-2"):
        arm.instructions_per_sample(made(WaveNet((array,))))
