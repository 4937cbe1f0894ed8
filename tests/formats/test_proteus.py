"""GuitarML JSON, with values worked out by hand."""

import json

import model_documents as documents
import numpy as np
import pytest

from zoo.architecture import Recurrent
from zoo.errors import ModelFileError, UnsupportedModel
from zoo.formats import read_model, write_model
from zoo.snapshot import Metadata


def read(tmp_path, document):
    return read_model(documents.write(tmp_path, document))


def test_a_knob_model_has_its_knob_as_the_second_input(tmp_path):
    snapshot = read(tmp_path, documents.proteus(hidden=1, inputs=2, skip=0))
    assert snapshot.architecture == Recurrent("LSTM", hidden_size=1, input_size=2, residual=False)
    assert snapshot.num_knobs == 1
    assert snapshot.weights["rec.weight_ih_l0"].tolist() == [[1, 2], [3, 4], [5, 6], [7, 8]]
    assert snapshot.weights["rec.weight_hh_l0"].tolist() == [[0.5], [0.75], [1.0], [1.25]]
    assert snapshot.weights["rec.bias_hh_l0"].tolist() == [-2.0, -1.5, -1.0, -0.5]
    assert snapshot.weights["lin.bias"].tolist() == [0.75]


def test_the_rate_is_44100_hz_by_convention_and_nothing_else_is_known(tmp_path):
    snapshot = read(tmp_path, documents.proteus())
    assert (snapshot.sample_rate, snapshot.sample_rate_assumed) == (44100, True)
    assert snapshot.architecture.residual is True
    assert snapshot.metadata == Metadata()


def test_two_gru_layers_are_read(tmp_path):
    snapshot = read(tmp_path, documents.proteus("GRU", hidden=3, layers=2))
    assert snapshot.architecture == Recurrent("GRU", 3, num_layers=2, residual=True)
    assert snapshot.weights["rec.weight_ih_l1"].shape == (9, 3)


def test_a_model_without_an_output_bias_has_a_bias_of_zero(tmp_path):
    document = documents.proteus()
    document["model_data"]["bias_fl"] = False
    del document["state_dict"]["lin.bias"]
    assert read(tmp_path, document).weights["lin.bias"].tolist() == [0.0]


@pytest.mark.parametrize("value", [0.1, -1e-42, 3.4e38, 1.0000001, 5e-324])
def test_a_number_becomes_the_nearest_float32_and_is_written_as_exactly_that(tmp_path, value):
    document = documents.proteus()
    document["state_dict"]["lin.bias"] = [value]
    write_model(read(tmp_path, document), tmp_path / "copy", "proteus")
    written = json.loads((tmp_path / "copy").read_text())["state_dict"]["lin.bias"][0]
    assert written == float(np.float32(value))


def test_unknown_fields_and_device_facts_survive(tmp_path):
    document = {
        **documents.proteus(),
        "trained_on": {"takes": 3},
        "metadata": {"name": "Plexi", "make": "Marshall"},
    }
    snapshot = read(tmp_path, document)
    assert (snapshot.metadata.name, snapshot.metadata.make) == ("Plexi", "Marshall")
    assert snapshot.metadata.extra == {"trained_on": {"takes": 3}}
    write_model(snapshot, tmp_path / "copy", "proteus")
    assert read_model(tmp_path / "copy").metadata == snapshot.metadata


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("model", "GatedConvNet", "'GatedConvNet' are not supported"),
        ("unit_type", "RNN", "cells of type 'RNN' are not supported"),
        ("output_size", 2, "2 outputs are not supported"),
    ],
)
def test_other_networks_are_refused_by_name(tmp_path, field, value, sentence):
    document = documents.proteus()
    document["model_data"][field] = value
    with pytest.raises(UnsupportedModel, match=sentence):
        read(tmp_path, document)


def test_a_tensor_of_another_network_is_refused_by_name(tmp_path):
    document = documents.proteus()
    document["state_dict"]["conv1d.weight"] = [[1.0]]
    with pytest.raises(UnsupportedModel, match=r"conv1d\.weight"):
        read(tmp_path, document)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("hidden_size", 0, "the hidden size is 0"),
        ("hidden_size", 10**6, "the hidden size is 1000000"),
        ("hidden_size", 3, r"rec\.weight_ih_l0 has 8 entries along axis 0; shape \(12, 1\) is expected"),
        ("hidden_size", 2.5, r"model_data\.hidden_size is 2\.5; a whole number is expected"),
        ("hidden_size", "2", "model_data.hidden_size is '2'; a number is expected"),
        ("hidden_size", True, "model_data.hidden_size is True; a number is expected"),
        ("input_size", 17, "the input size is 17"),
        ("num_layers", 9, "the number of layers is 9"),
        ("num_layers", 2, "rec.weight_ih_l1 has None along axis 0"),
        ("skip", 2, "skip is 2; true or false is expected"),
    ],
)
def test_wrong_sizes_are_named(tmp_path, field, value, sentence):
    document = documents.proteus()
    document["model_data"][field] = value
    with pytest.raises(ModelFileError, match=sentence):
        read(tmp_path, document)


@pytest.mark.parametrize(
    ("weights", "sentence"),
    [
        ([[1.0], [2.0]], r"lin\.weight has 2 entries along axis 0; shape \(1, 2\)"),
        ([[1.0, 2.0, 3.0]], r"lin\.weight has 3 entries along axis 1"),
        ([1.0, 2.0], r"lin\.weight has 2 entries along axis 0"),
        ([["1.0", "2.0"]], r"lin\.weight holds a str; numbers are expected"),
        ([[True, 2.0]], r"lin\.weight holds a bool"),
        ([[None, 2.0]], r"lin\.weight holds a NoneType"),
        ([[[1.0], [2.0]]], r"lin\.weight holds a list"),
        ([[1e39, 2.0]], r"lin\.weight holds a number that is not finite as float32"),
        ({"0": 1.0}, r"lin\.weight has \{'0': 1\.0\} along axis 0"),
    ],
)
def test_weights_that_are_no_matrix_of_numbers_are_refused(tmp_path, weights, sentence):
    document = documents.proteus()
    document["state_dict"]["lin.weight"] = weights
    with pytest.raises(ModelFileError, match=sentence):
        read(tmp_path, document)
