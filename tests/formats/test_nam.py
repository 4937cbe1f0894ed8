"""NAM files, with values worked out by hand."""

import json

import model_documents as documents
import numpy as np
import pytest

from zoo.architecture import Activation, LayerArray, Recurrent, WaveNet
from zoo.errors import ModelFileError, UnsupportedModel
from zoo.formats import read_model, write_model


def read(tmp_path, document):
    return read_model(documents.write(tmp_path, document))


def test_an_lstms_matrices_lie_side_by_side_and_its_states_follow_the_bias(tmp_path):
    snapshot = read(tmp_path, documents.nam_lstm(hidden=1, layers=2))
    # A layer is 4 rows of [input, hidden] (1 to 8), 4 biases (9 to 12), h (13), c (14).
    assert snapshot.architecture == Recurrent("LSTM", 1, num_layers=2)
    assert snapshot.weights["rec.weight_ih_l0"].tolist() == [[1], [3], [5], [7]]
    assert snapshot.weights["rec.weight_hh_l0"].tolist() == [[2], [4], [6], [8]]
    assert snapshot.weights["rec.bias_ih_l0"].tolist() == [9, 10, 11, 12]
    assert (snapshot.weights["rec.h0_l0"].item(), snapshot.weights["rec.c0_l0"].item()) == (13, 14)
    assert (snapshot.weights["rec.h0_l1"].item(), snapshot.weights["rec.c0_l1"].item()) == (27, 28)
    assert (snapshot.weights["lin.weight"].item(), snapshot.weights["lin.bias"].item()) == (29, 30)


def test_a_wavenets_tensors_follow_each_other_as_the_trainer_writes_them(tmp_path):
    snapshot = read(tmp_path, documents.nam_wavenet_05(channels=1, head_bias=False))
    values = {name: w.ravel().tolist() for name, w in snapshot.weights.items()}
    assert values == {
        "arrays.0.rechannel.weight": [1],
        "arrays.0.layers.0.conv.weight": [2, 3, 4],
        "arrays.0.layers.0.conv.bias": [5],
        "arrays.0.layers.0.mixin.weight": [6],
        "arrays.0.layers.0.layer1x1.weight": [7],
        "arrays.0.layers.0.layer1x1.bias": [8],
        "arrays.0.layers.1.conv.weight": [9, 10, 11],
        "arrays.0.layers.1.conv.bias": [12],
        "arrays.0.layers.1.mixin.weight": [13],
        "arrays.0.layers.1.layer1x1.weight": [14],
        "arrays.0.layers.1.layer1x1.bias": [15],
        "arrays.0.head.weight": [16],
        "head_scale": [np.float32(0.02)],
    }


def test_the_fields_of_07_describe_kernels_activations_and_head(tmp_path):
    snapshot = read(tmp_path, documents.nam_wavenet_07())
    array = LayerArray(
        input_size=1,
        channels=2,
        head_size=1,
        head_kernel_size=4,
        head_bias=True,
        kernel_sizes=(2, 3),
        dilations=(1, 5),
        activations=(Activation("LeakyReLU", 0.25), Activation("Tanh")),
    )
    assert snapshot.architecture == WaveNet((array,))
    assert snapshot.architecture.receptive_field == 1 + 1 * 1 + 2 * 5 + 3


@pytest.mark.parametrize("name", ["nam-lstm", "nam-0.5", "nam-0.7", "nam-slimmable"])
def test_a_document_is_written_as_it_was_read(tmp_path, name):
    document = {"metadata": {}, **documents.VALID[name]}
    document["weights"] = [float(np.float32(w)) for w in document["weights"]]
    write_model(read(tmp_path, document), tmp_path / "copy.nam")
    again = json.loads((tmp_path / "copy.nam").read_text())
    if name == "nam-slimmable":
        again["config"]["submodels"] = [
            {**s, "model": {k: v for k, v in s["model"].items() if k != "sample_rate"}}
            for s in again["config"]["submodels"]
        ]
    assert again == document


def test_a_slimmable_model_holds_each_size_and_its_own_metadata(tmp_path):
    snapshot = read(tmp_path, documents.nam_slimmable())
    assert [s.max_value for s in snapshot.architecture.submodels] == [0.5, 1.0]
    assert [snapshot.at_size(s).architecture.arrays[0].channels for s in (0.5, 1.0)] == [1, 2]
    assert snapshot.metadata.extra["submodels"] == [{"loudness": -12.0, "gain": 0.25}, {"loudness": -13.0}]


def test_the_rate_of_submodels_counts_where_the_container_has_none_and_must_agree(tmp_path):
    document = documents.nam_slimmable(rate=None)
    assert read(tmp_path, document).sample_rate_assumed
    document["config"]["submodels"][0]["model"]["sample_rate"] = 44100
    assert read(tmp_path, document).sample_rate == 44100
    document["config"]["submodels"][1]["model"]["sample_rate"] = 48000
    with pytest.raises(ModelFileError, match="sample rates of the submodels differ"):
        read(tmp_path, document)


@pytest.mark.parametrize(
    ("rate", "expected", "assumed"), [({}, 48000, True), ({"sample_rate": 44100.0}, 44100, False)]
)
def test_no_sample_rate_means_48_khz(tmp_path, rate, expected, assumed):
    snapshot = read(tmp_path, documents.nam_lstm(**rate))
    assert (snapshot.sample_rate, snapshot.sample_rate_assumed) == (expected, assumed)


@pytest.mark.parametrize("rate", ["48000", 0, -1, 1e9, 44100.5, True, []])
def test_a_sample_rate_that_is_none_is_refused(tmp_path, rate):
    with pytest.raises(ModelFileError, match=r"sample_rate|sample rate"):
        read(tmp_path, documents.nam_lstm(sample_rate=rate))


def test_odd_metadata_is_kept_as_it_is_and_never_mistaken(tmp_path):
    metadata = {
        "name": "",
        "gear_make": 7,
        "loudness": "loud",
        "date": {"year": 99999},
        "modeled_by": "a\x1b[2Jb",
    }
    snapshot = read(tmp_path, documents.nam_lstm(metadata=metadata))
    known = snapshot.metadata
    assert (known.name, known.make, known.loudness_db, known.date, known.author) == (None,) * 5
    assert known.extra == metadata
    write_model(snapshot, tmp_path / "copy.nam")
    assert json.loads((tmp_path / "copy.nam").read_text())["metadata"] == metadata


@pytest.mark.parametrize("kind", ["ConvNet", "Linear", "CatLSTM", "SlimmableWavenet", "Nonsense"])
def test_other_architectures_are_refused_by_name(tmp_path, kind):
    with pytest.raises(UnsupportedModel, match=f"'{kind}' is not supported"):
        read(tmp_path, documents.nam_lstm(architecture=kind))


@pytest.mark.parametrize("version", ["0.4.0", "0.8.0", "1.0.0", "0.50.0", ""])
def test_other_versions_are_refused(tmp_path, version):
    with pytest.raises(UnsupportedModel, match=r"0\.5 to 0\.7 are"):
        read(tmp_path, documents.nam_lstm(version=version))


@pytest.mark.parametrize(
    ("change", "feature"),
    [
        ({"gated": True}, "gated activations"),
        ({"gating_mode": ["gated", "none"]}, "gated activations"),
        ({"gating_mode": "blended"}, "gated activations"),
        ({"condition_size": 2}, "condition_size 2"),
        ({"bottleneck": 1}, "a bottleneck other than its channels"),
        ({"head1x1": {"active": True, "out_channels": 2, "groups": 1}}, "head1x1"),
        ({"layer1x1": {"active": False}}, "layer1x1 off"),
        ({"layer1x1": {"active": True, "groups": 2}}, "groups"),
        ({"groups_input": 2}, "groups"),
        ({"groups_input_mixin": 2}, "groups"),
        ({"slimmable": {"method": "slice_channels_uniform", "kwargs": {}}}, "slimmable channels"),
        ({"conv_pre_film": {"active": True, "shift": True, "groups": 1}}, r"FiLM \(conv_pre_film\)"),
        ({"head1x1_post_film": {"active": True}}, r"FiLM \(head1x1_post_film\)"),
        ({"activation": [{"type": "PReLU", "negative_slope": 0.1}] * 2}, "'PReLU'"),
        ({"activation": "Fasttanh"}, "'Fasttanh'"),
        ({"activation": {"type": "Hardtanh", "min_val": -2.0, "max_val": 2.0}}, "'Hardtanh'"),
        ({"sparkle": 3}, "'sparkle' is a feature"),
    ],
)
def test_features_that_no_snapshot_holds_are_refused_by_name(tmp_path, change, feature):
    with pytest.raises(UnsupportedModel, match=feature):
        read(tmp_path, documents.nam_wavenet_07(**change))


@pytest.mark.parametrize(
    ("change", "feature"),
    [
        ({"head": {"channels": 8, "out_channels": 1}}, "config.head"),
        ({"condition_dsp": {"architecture": "WaveNet"}}, "config.condition_dsp"),
        ({"in_channels": 2}, "2 in_channels"),
        ({"reverb": 0.5}, "'reverb' is a feature"),
    ],
)
def test_features_around_the_layer_arrays_are_refused_by_name(tmp_path, change, feature):
    document = documents.nam_wavenet_05()
    document["config"].update(change)
    with pytest.raises(UnsupportedModel, match=feature):
        read(tmp_path, document)


def test_an_lstm_as_a_submodel_and_two_inputs_are_refused_by_name(tmp_path):
    slimmable, wide = documents.nam_slimmable(), documents.nam_lstm()
    slimmable["config"]["submodels"][0]["model"] = documents.nam_lstm()
    wide["config"]["input_size"] = 2
    for document, sentence in ((slimmable, "a submodel that is a 'LSTM'"), (wide, "an LSTM with 2 inputs")):
        with pytest.raises(UnsupportedModel, match=sentence):
            read(tmp_path, document)


@pytest.mark.parametrize("off_by", [-1, 1])
def test_a_wrong_number_of_weights_is_counted(tmp_path, off_by):
    document = documents.nam_wavenet_05()
    document["weights"] = [0.0] * (len(document["weights"]) + off_by)
    with pytest.raises(ModelFileError, match=rf"weights holds {49 + off_by} numbers, but WaveNet-2 needs 49"):
        read(tmp_path, document)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"channels": 0, "bottleneck": 0}, "channels is 0"),
        ({"channels": 10**6, "bottleneck": 10**6}, "channels is 1000000"),
        ({"kernel_sizes": [2]}, "1 kernel sizes, 2 dilations"),
        ({"kernel_sizes": [2, "3"]}, r"kernel_sizes is \[2, '3'\]; a list of whole numbers"),
        ({"dilations": [1, 10**9]}, "a dilation is 1000000000"),
        ({"dilations": []}, "the number of layers in an array is 0"),
        ({"input_size": 2}, "takes one channel of audio"),
        ({"activation": ["Tanh"]}, "1 activations"),
        ({"activation": 3}, "activation is 3"),
        ({"head": {"out_channels": 1, "kernel_size": 4}}, "head.bias is missing"),
    ],
)
def test_wrong_sizes_are_named(tmp_path, change, sentence):
    document = documents.nam_wavenet_07()
    document["config"]["layers"][0].update(change)
    with pytest.raises(ModelFileError, match=sentence):
        read(tmp_path, document)


def test_every_supported_activation_survives(tmp_path):
    names = ("Tanh", "ReLU", "LeakyReLU", "Sigmoid", "Softsign", "SiLU", "Hardtanh", "Hardswish")
    for name in names:
        snapshot = read(tmp_path, documents.nam_wavenet_07(activation=name))
        write_model(snapshot, tmp_path / "copy.nam")
        assert read_model(tmp_path / "copy.nam") == snapshot
        written = json.loads((tmp_path / "copy.nam").read_text())["config"]["layers"][0]["activation"]
        assert [a["type"] for a in written] == [name, name]
