"""AIDA-X and RTNeural JSON, with values worked out by hand."""

import json

import model_documents as documents
import pytest

from zoo.architecture import Recurrent
from zoo.errors import ModelFileError, UnsupportedModel
from zoo.formats import read_model, write_model


def read(tmp_path, document):
    return read_model(documents.write(tmp_path, document))


def test_an_lstm_is_pytorchs_transposed(tmp_path):
    snapshot = read(tmp_path, documents.aidax(hidden=1, inputs=2))
    # The file's kernel is [[1, 2, 3, 4], [5, 6, 7, 8]]: inputs by gates i, f, g, o.
    assert snapshot.architecture == Recurrent("LSTM", 1, input_size=2)
    assert snapshot.weights["rec.weight_ih_l0"].tolist() == [[1, 5], [2, 6], [3, 7], [4, 8]]
    assert snapshot.weights["rec.weight_hh_l0"].tolist() == [[0.5], [0.75], [1.0], [1.25]]
    assert snapshot.weights["rec.bias_ih_l0"].tolist() == [-1, 0, 1, 2]
    assert "rec.bias_hh_l0" not in snapshot.weights


def test_a_grus_gates_z_r_h_become_r_z_n(tmp_path):
    snapshot = read(tmp_path, documents.aidax("gru", hidden=2))
    # The file's kernel is [[1, 2, 3, 4, 5, 6]]: z is 1, 2; r is 3, 4; h is 5, 6.
    assert snapshot.weights["rec.weight_ih_l0"].tolist() == [[3], [4], [1], [2], [5], [6]]
    # Recurrent: rows of the file are hidden units, 0.5, 0.75 ... 1.75 and 2.0 ... 3.25.
    expected = [[1.0, 2.5], [1.25, 2.75], [0.5, 2.0], [0.75, 2.25], [1.5, 3.0], [1.75, 3.25]]
    assert snapshot.weights["rec.weight_hh_l0"].tolist() == expected
    # Biases: -1 ... 4 for the input, 5 ... 10 for the recurrent side.
    assert snapshot.weights["rec.bias_ih_l0"].tolist() == [1, 2, -1, 0, 3, 4]
    assert snapshot.weights["rec.bias_hh_l0"].tolist() == [7, 8, 5, 6, 9, 10]


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_stacked_layers_are_written_as_they_were_read(tmp_path, cell):
    document = documents.aidax(cell, hidden=3, inputs=2, layers=2, in_skip=1, in_gain=6.0, out_gain=-4.5)
    write_model(read(tmp_path, document), tmp_path / "copy", "aidax")
    again = json.loads((tmp_path / "copy").read_text())
    assert again == {**document, "metadata": {}}


def test_gains_are_decibels_and_a_residual_is_off_unless_said(tmp_path):
    bare = read(tmp_path, documents.aidax())
    assert (bare.input_gain_db, bare.output_gain_db, bare.architecture.residual) == (0.0, 0.0, False)
    full = read(tmp_path, documents.aidax(in_gain=7.5, out_gain=-3, in_skip=1))
    assert (full.input_gain_db, full.output_gain_db, full.architecture.residual) == (7.5, -3.0, True)


@pytest.mark.parametrize(
    ("root", "rate", "assumed"),
    [
        ({}, 48000, True),
        ({"samplerate": 44100.0}, 44100, False),
        ({"metadata": {"samplerate": "44100"}}, 44100, False),
        ({"metadata": {"samplerate": 96000}, "samplerate": 44100}, 96000, False),
    ],
)
def test_the_sample_rate_is_a_number_or_a_string_in_either_place(tmp_path, root, rate, assumed):
    snapshot = read(tmp_path, documents.aidax(**root))
    assert (snapshot.sample_rate, snapshot.sample_rate_assumed) == (rate, assumed)


@pytest.mark.parametrize("rate", ["48 kHz", "", "²", -48000, 44100.5, [], True, 100])
def test_a_sample_rate_that_is_none_is_refused(tmp_path, rate):
    with pytest.raises(ModelFileError, match=r"samplerate|sample rate"):
        read(tmp_path, documents.aidax(samplerate=rate))


def test_metadata_is_kept_and_the_self_test_goes_back_to_the_root(tmp_path):
    metadata = {
        "name": "Twin",
        "author": "me",
        "license": "CC0",
        "style": "Clean",
        "based": "Twin Reverb",
        "esr": 0.01,
    }
    document = documents.aidax(metadata=metadata, input_batch=[[0.5]], output_batch=[[0.25]], source="here")
    snapshot = read(tmp_path, document)
    known = snapshot.metadata
    assert (known.name, known.author, known.licence) == ("Twin", "me", "CC0")
    assert (known.tone, known.model, known.make) == ("Clean", "Twin Reverb", None)
    write_model(snapshot, tmp_path / "copy", "aidax")
    again = json.loads((tmp_path / "copy").read_text())
    assert again["input_batch"] == [[0.5]]
    assert again["metadata"] == {**metadata, "source": "here"}
    assert read_model(tmp_path / "copy").metadata == known


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"type": "conv1d"}, "layers of type 'conv1d' are not supported"),
        ({"type": "prelu"}, "layers of type 'prelu' are not supported"),
        ({"activation": "relu"}, "a lstm layer with the activation 'relu' is not supported"),
        ({"type": "dense"}, "the layers dense, dense are not supported"),
    ],
)
def test_other_layers_are_refused_by_name(tmp_path, change, sentence):
    document = documents.aidax()
    document["layers"][0].update(change)
    with pytest.raises(UnsupportedModel, match=sentence):
        read(tmp_path, document)


def test_mixed_cells_sizes_and_more_than_one_output_are_refused(tmp_path):
    mixed, sizes, outputs = documents.aidax(layers=2), documents.aidax(layers=2), documents.aidax()
    mixed["layers"][0]["type"] = "gru"
    sizes["layers"][0]["shape"] = [None, None, 3]
    outputs["layers"][-1]["shape"] = [None, None, 2]
    for document, sentence in (
        (mixed, "gru, lstm, dense"),
        (sizes, "different sizes"),
        (outputs, "2 outputs"),
    ):
        with pytest.raises(UnsupportedModel, match=sentence):
            read(tmp_path, document)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"shape": [None, None, 10**6]}, "the hidden size is 1000000"),
        ({"shape": []}, r"layers\[0\]\.shape is \[\]; a shape is expected"),
        ({"weights": []}, r"layers\[0\]\.weights is \[\]; a list of 3 tensors is expected"),
        (
            {"weights": [[[1.0] * 8], [[1.0] * 8], [1.0] * 8]},
            r"layers\[0\]\.weights\[1\] has 1 entries along axis 0",
        ),
    ],
)
def test_damaged_layers_are_named(tmp_path, change, sentence):
    document = documents.aidax()
    document["layers"][0].update(change)
    with pytest.raises(ModelFileError, match=sentence):
        read(tmp_path, document)
