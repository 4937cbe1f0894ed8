"""The `neural-amp-modeler` package as an oracle: it hears what is read here, and reads what is written."""

import json

import numpy as np
import pytest

from zoo.engine.reference import render_reference
from zoo.formats import read_model, write_model

torch = pytest.importorskip("torch")
pytest.importorskip("nam")

DRY = (0.5 * np.sin(np.arange(200) * 0.15) + 0.1 * np.cos(np.arange(200) * 1.1)).astype(np.float32)
FIRST = {
    "input_size": 1,
    "condition_size": 1,
    "channels": 3,
    "kernel_size": 3,
    "dilations": [1, 2, 4],
    "activation": "Tanh",
    "head": {"out_channels": 2, "kernel_size": 1, "bias": False},
}
LAST = {**FIRST, "input_size": 3, "channels": 2, "head": {"out_channels": 1, "kernel_size": 1, "bias": True}}
SLOPED = {"name": "LeakyReLU", "negative_slope": 0.2}
A2 = {
    **FIRST,
    "kernel_size": [2, 4, 3],
    "dilations": [1, 7, 3],
    "activation": [SLOPED, "Tanh", SLOPED],
    "head": {"out_channels": 1, "kernel_size": 5, "bias": True},
}
WAVENETS = {"A1": [FIRST, LAST], "A2": [A2]}


@pytest.fixture(autouse=True)
def short_loudness_signal(monkeypatch):
    """The export measures loudness on half a minute of playing; a moment will do here."""
    from nam.models.base import BaseNet

    monkeypatch.setattr(BaseNet, "_metadata_loudness_x", classmethod(lambda _: torch.from_numpy(DRY)))


def exported(model, folder):
    """The package's own export of a model with random weights."""
    model.export(folder)
    return folder / "model.nam"


def wavenet(layers):
    from nam.models.wavenet import WaveNet

    torch.manual_seed(1)
    return WaveNet.init_from_config({"layers_configs": layers, "head_scale": 0.3, "sample_rate": 48000})


def heard(model):
    with torch.no_grad():
        return model(torch.from_numpy(DRY), pad_start=True).numpy()


@pytest.mark.parametrize("name", WAVENETS)
def test_a_wavenet_that_the_package_exports_sounds_the_same_here(tmp_path, name):
    model = wavenet(WAVENETS[name])
    snapshot = read_model(exported(model, tmp_path))
    assert snapshot.sample_rate == 48000
    expected = heard(model)
    assert np.abs(expected).max() > 1e-3
    np.testing.assert_allclose(render_reference(snapshot, DRY), expected, atol=1e-6)
    write_model(snapshot, tmp_path / "ours.nam")
    assert read_model(tmp_path / "ours.nam") == snapshot
    style = {"A1": "head_size", "A2": "kernel_sizes"}[name]
    assert style in json.loads((tmp_path / "ours.nam").read_text())["config"]["layers"][0]


def test_an_lstm_that_the_package_exports_sounds_the_same_here_from_its_initial_state(tmp_path):
    from nam.models._from_nam import init_from_nam
    from nam.models.recurrent import LSTM

    torch.manual_seed(2)
    path = exported(LSTM(hidden_size=5, num_layers=2, sample_rate=44100), tmp_path)
    expected = heard(init_from_nam(json.loads(path.read_text())))
    snapshot = read_model(path)
    assert (snapshot.sample_rate, snapshot.weights["rec.h0_l1"].any()) == (44100, True)
    np.testing.assert_allclose(render_reference(snapshot, DRY), expected, atol=1e-6)
    write_model(snapshot, tmp_path / "ours.nam")
    ours = json.loads((tmp_path / "ours.nam").read_text())
    np.testing.assert_array_equal(heard(init_from_nam(ours)), expected)


def test_the_package_reads_the_07_files_that_we_write(tmp_path):
    from nam.models._from_nam import init_from_nam

    model = wavenet(WAVENETS["A2"])
    snapshot = read_model(exported(model, tmp_path))
    write_model(snapshot, tmp_path / "ours.nam")
    ours = json.loads((tmp_path / "ours.nam").read_text())
    np.testing.assert_array_equal(heard(init_from_nam(ours)), heard(model))


def test_a_file_that_we_write_has_every_field_that_the_package_exports(tmp_path):
    theirs = json.loads(exported(wavenet(WAVENETS["A2"]), tmp_path).read_text())
    write_model(read_model(tmp_path / "model.nam"), tmp_path / "ours.nam")
    ours = json.loads((tmp_path / "ours.nam").read_text())
    assert ours == {**theirs, "sample_rate": 48000}


def test_packed_submodels_that_the_package_exports_sound_the_same_here(tmp_path):
    from nam.models.wavenet import PackedWaveNet

    torch.manual_seed(3)
    small, large = ({"layers_configs": [{**A2, "channels": c}], "head_scale": 0.3} for c in (2, 4))
    submodels = [{"name": "small", "config": small}, {"name": "large", "config": large}]
    model = PackedWaveNet.init_from_config({"submodels": submodels, "sample_rate": 48000})
    snapshot = read_model(exported(model, tmp_path))
    assert str(snapshot.architecture) == "WaveNet-2|4 slimmable"
    for index, part in enumerate(snapshot.architecture.submodels):
        expected = heard(model.extract_submodel(index))
        np.testing.assert_allclose(
            render_reference(snapshot.at_size(part.max_value), DRY), expected, atol=1e-6
        )
