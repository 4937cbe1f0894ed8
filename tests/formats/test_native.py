"""The project's own format: a folder of config.json and model.safetensors."""

import json
import struct

import model_documents as documents
import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from zoo.errors import BadRequest, ModelFileError, UnsupportedModel, WriteError
from zoo.formats import read_model, write_model
from zoo.snapshot import Metadata, Snapshot

ARRAY = {
    "input_size": 1,
    "channels": 1,
    "head_size": 1,
    "head_kernel_size": 1,
    "head_bias": False,
    "kernel_sizes": [3],
    "dilations": [1],
    "activations": [{"name": "Tanh"}],
}
HALF = {"max_value": "half", "architecture": {"type": "WaveNet", "arrays": [ARRAY]}}


@pytest.fixture
def snapshot(tmp_path):
    return read_model(documents.write(tmp_path, documents.proteus(inputs=2)))


@pytest.fixture
def folder(snapshot, tmp_path):
    write_model(snapshot, tmp_path / "native")
    return tmp_path / "native"


@pytest.mark.parametrize("name", documents.VALID)
def test_every_kind_of_model_survives(tmp_path, name):
    snapshot = read_model(documents.write(tmp_path, documents.VALID[name]))
    write_model(snapshot, tmp_path / "native")
    copy = read_model(tmp_path / "native")
    assert copy == snapshot
    assert (copy.metadata, copy.sample_rate_assumed) == (snapshot.metadata, snapshot.sample_rate_assumed)


def test_all_metadata_survives(snapshot, tmp_path):
    metadata = Metadata(
        name="a\nb",
        author="ünï",
        make="m",
        model="n",
        kind="amp",
        tone="clean",
        licence="CC0-1.0",
        date="2024",
        loudness_db=-12.5,
        input_level_dbu=18.0,
        output_level_dbu=19.0,
        extra={"name": "other", "deep": [{"x": None}, 1.5]},
    )
    full = Snapshot(
        snapshot.architecture,
        snapshot.weights,
        96000,
        input_gain_db=-1.25,
        output_gain_db=3.0,
        metadata=metadata,
    )
    write_model(full, tmp_path / "native")
    assert read_model(tmp_path / "native") == full
    assert read_model(tmp_path / "native").metadata == metadata


def test_the_same_snapshot_gives_the_same_bytes_and_replaces_what_was_there(snapshot, folder, tmp_path):
    (folder / "note.txt").write_text("old")
    first = (folder / "config.json").read_bytes(), (folder / "model.safetensors").read_bytes()
    write_model(snapshot, folder)
    assert first == ((folder / "config.json").read_bytes(), (folder / "model.safetensors").read_bytes())
    assert sorted(p.name for p in folder.iterdir()) == ["config.json", "model.safetensors"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["model", "native"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"format": "other"}, 'not a model of this project \\("format" is not "tonezoo"\\)'),
        ({"version": 2}, "version 2 is not supported; 1 is"),
        ({"architecture": None}, "description is damaged"),
        ({"architecture": {"type": "Linear"}}, "the architecture 'Linear' is unknown"),
        ({"architecture": {"type": "LSTM", "hidden_size": 2, "residual": "yes"}}, "the residual is 'yes'"),
        ({"architecture": {"type": "LSTM", "hidden_size": 2}}, "lacks fields"),
        ({"architecture": {"type": "LSTM", "hidden_size": 10**6}}, "the hidden size is 1000000"),
        ({"architecture": {"type": "LSTM", "hidden_size": 2, "pickle": 1}}, "description is damaged"),
        ({"architecture": {"type": "Slimmable", "submodels": [{}]}}, "description is damaged"),
        ({"architecture": {"type": "Slimmable", "submodels": [HALF]}}, "description is damaged"),
        ({"sample_rate": None}, "sample_rate is None"),
        ({"sample_rate": 1}, "a sample rate of 1 Hz"),
        ({"input_gain_db": 500}, "a gain of 500"),
        ({"metadata": []}, r"metadata is \[\]; an object is expected"),
        ({"metadata": {"name": 3}}, "metadata.name is 3; a string is expected"),
    ],
)
def test_a_wrong_config_is_named(folder, change, sentence):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, **change}))
    with pytest.raises(ModelFileError, match=sentence):
        read_model(folder)


def header_only(header, body=b""):
    data = json.dumps(header).encode()
    return struct.pack("<Q", len(data)) + data + body


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x80\x04pickle.",
        struct.pack("<Q", 1 << 62) + b"{}",
        struct.pack("<Q", 10) + b"{}",
        header_only({"lin.bias": {"dtype": "F32", "shape": [1], "data_offsets": [0, 1 << 40]}}),
        header_only({"lin.bias": {"dtype": "F32", "shape": [1 << 40], "data_offsets": [0, 4]}}, b"1234"),
        header_only({"lin.bias": {"dtype": "F32", "shape": [-1], "data_offsets": [4, 0]}}, b"1234"),
        header_only({"lin.bias": {"dtype": "object", "shape": [1], "data_offsets": [0, 4]}}, b"1234"),
        header_only([1, 2]),
    ],
)
def test_weights_with_a_damaged_header_are_refused(folder, content):
    (folder / "model.safetensors").write_bytes(content)
    with pytest.raises(ModelFileError, match="not a sound safetensors file"):
        read_model(folder)


def test_truncated_and_oversized_weights_are_refused(folder):
    path = folder / "model.safetensors"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    with pytest.raises(ModelFileError, match="not a sound safetensors file"):
        read_model(folder)
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(ModelFileError, match="larger than 1 MiB"):
        read_model(folder)
    path.unlink()
    with pytest.raises(ModelFileError, match=r"model\.safetensors: cannot be read"):
        read_model(folder)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda w: w.pop("lin.bias"), "needs the tensor lin.bias, which is missing"),
        (lambda w: w.update(extra=np.zeros(1, np.float32)), "has no tensor called extra"),
        (lambda w: w.update({"lin.bias": np.zeros(2, np.float32)}), r"lin.bias has shape \(2,\)"),
        (lambda w: w.update({"lin.bias": np.full(1, np.nan, np.float32)}), "lin.bias holds NaN or infinity"),
        (lambda w: w.update({"lin.bias": np.zeros(1, np.float64)}), "weights of type F64 are not supported"),
        (lambda w: w.update({"lin.bias": np.zeros(2, np.float16)}), "weights of type F16 are not supported"),
    ],
)
def test_weights_that_do_not_fit_the_architecture_are_named(folder, change, sentence):
    weights = load_file(folder / "model.safetensors")
    change(weights)
    save_file(weights, folder / "model.safetensors")
    with pytest.raises(ModelFileError, match=sentence):
        read_model(folder)


def test_a_format_is_chosen_by_name_or_extension(snapshot, tmp_path):
    with pytest.raises(BadRequest, match="say which: proteus, aidax"):
        write_model(snapshot, tmp_path / "model.json")
    with pytest.raises(BadRequest, match="'midi' is unknown; one of native, proteus, aidax, nam, onnx"):
        write_model(snapshot, tmp_path / "x", "midi")
    with pytest.raises(UnsupportedModel):
        write_model(snapshot, tmp_path / "model.nam")


def test_a_folder_that_is_not_there_is_said_and_a_file_is_not_replaced_by_a_folder(snapshot, tmp_path):
    with pytest.raises(WriteError, match="No such file or directory"):
        write_model(snapshot, tmp_path / "nowhere" / "model")
    with pytest.raises(WriteError, match="a file of that name is there"):
        write_model(snapshot, tmp_path / "model", "native")
    assert read_model(tmp_path / "model") == snapshot
