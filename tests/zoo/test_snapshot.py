"""A snapshot is either sound and immutable, or it does not exist."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.architecture import (
    Activation,
    LayerArray,
    Recurrent,
    Slimmable,
    Submodel,
    WaveNet,
    architecture_from_json,
)
from zoo.errors import SnapshotError
from zoo.snapshot import Metadata, Snapshot


def ones(architecture):
    return {name: np.ones(shape, np.float32) for name, shape in architecture.required_shapes().items()}


def layer_array(**changes):
    fields = {
        "input_size": 1,
        "channels": 2,
        "head_size": 1,
        "head_kernel_size": 1,
        "head_bias": True,
        "kernel_sizes": (3, 3),
        "dilations": (1, 2),
        "activations": (Activation("Tanh"), Activation("Tanh")),
    }
    return LayerArray(**{**fields, **changes})


def test_an_lstm_of_two_units_holds_35_numbers():
    # W_ih 8x1, W_hh 8x2, bias 8, lin 1x2, bias 1
    assert (
        Snapshot(Recurrent("LSTM", 2), ones(Recurrent("LSTM", 2)), 44100).num_parameters == 8 + 16 + 8 + 2 + 1
    )


def test_weights_are_read_only_copies():
    mine = ones(Recurrent("LSTM", 2))
    snapshot = Snapshot(Recurrent("LSTM", 2), mine, 44100)
    mine["lin.bias"][0] = 5.0
    assert snapshot.weights["lin.bias"][0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        snapshot.weights["lin.bias"][0] = 5.0


def test_equality_is_about_sound_and_not_about_names():
    architecture = Recurrent("LSTM", 2)
    one = Snapshot(architecture, ones(architecture), 44100, metadata=Metadata(name="one"))
    two = one.with_metadata(name="two")
    louder = Snapshot(architecture, ones(architecture), 44100, output_gain_db=1.0)
    assert one == two
    assert one != louder


@pytest.mark.parametrize(
    ("name", "array", "says"),
    [
        ("lin.weight", np.ones((1, 3)), "expects \\(1, 2\\)"),
        ("lin.bias", np.array([np.nan]), "NaN"),
        ("rec.weight_hh_l1", np.ones((8, 2)), "no tensor called rec.weight_hh_l1"),
    ],
)
def test_a_wrong_tensor_is_refused(name, array, says):
    architecture = Recurrent("LSTM", 2)
    with pytest.raises(SnapshotError, match=says):
        Snapshot(architecture, {**ones(architecture), name: array}, 44100)


def test_a_missing_tensor_is_named():
    weights = {n: w for n, w in ones(Recurrent("GRU", 2)).items() if n != "lin.bias"}
    with pytest.raises(SnapshotError, match=r"lin\.bias, which is missing"):
        Snapshot(Recurrent("GRU", 2), weights, 44100)


@pytest.mark.parametrize("hidden", [0, -1, 1_000_000, 2.5, True])
def test_a_hidden_size_out_of_bounds_is_refused(hidden):
    with pytest.raises(SnapshotError, match="hidden size"):
        Recurrent("LSTM", hidden)


@pytest.mark.parametrize("rate", [0, 7999, 400_000])
def test_a_sample_rate_out_of_bounds_is_refused(rate):
    with pytest.raises(SnapshotError, match="sample rate"):
        Snapshot(Recurrent("LSTM", 2), ones(Recurrent("LSTM", 2)), rate)


def test_receptive_field_counts_every_tap():
    # 1 + (3-1)*1 + (3-1)*2 = 7
    assert WaveNet((layer_array(),)).receptive_field == 7


def test_layer_arrays_that_do_not_fit_are_refused():
    with pytest.raises(SnapshotError, match="do not fit"):
        WaveNet((layer_array(head_size=4), layer_array(input_size=3, channels=4)))


def test_a_slimmable_model_gives_the_size_asked_for():
    small, full = WaveNet((layer_array(),)), WaveNet((layer_array(channels=4),))
    architecture = Slimmable((Submodel(0.5, small), Submodel(1.0, full)))
    snapshot = Snapshot(architecture, ones(architecture), 48000)
    assert snapshot.at_size(0.5).architecture == small
    assert snapshot.at_size(0.51).architecture == full
    assert snapshot.at_size().architecture == full


@pytest.mark.parametrize(
    ("architecture", "text"),
    [
        (Recurrent("LSTM", 40), "LSTM-40"),
        (Recurrent("GRU", 8, num_layers=2), "GRU-2x8"),
        (Recurrent("LSTM", 40, input_size=2), "LSTM-40 with 1 knob"),
        (WaveNet((layer_array(),)), "WaveNet-2"),
        (Slimmable((Submodel(0.5, WaveNet((layer_array(),))),)), "WaveNet-2 slimmable"),
    ],
)
def test_an_architecture_survives_json_and_names_itself(architecture, text):
    assert str(architecture) == text
    assert architecture_from_json(architecture.to_json()) == architecture


@pytest.mark.parametrize(
    "description",
    [
        None,
        [],
        {},
        {"type": "ConvNet"},
        {"type": "LSTM"},
        {"type": "LSTM", "hidden_size": "9"},
        {"type": "WaveNet"},
    ],
)
def test_a_damaged_description_is_refused(description):
    with pytest.raises(SnapshotError):
        architecture_from_json(description)
