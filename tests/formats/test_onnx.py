"""ONNX: what onnxruntime plays is what the model plays, whole and in blocks; other graphs are refused."""

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import helper

from zoo.architecture import Activation, LayerArray, Recurrent, WaveNet
from zoo.engine.reference import render_reference
from zoo.errors import ModelFileError, NotAModel, PackageMissing, UnsupportedModel
from zoo.formats import read_model, write_model
from zoo.snapshot import Snapshot

DRY = (0.5 * np.sin(np.arange(300) * 0.15) + 0.1 * np.cos(np.arange(300) * 1.1)).astype(np.float32)
KINDS = ("Tanh", "ReLU", "LeakyReLU", "Sigmoid", "Softsign", "SiLU", "Hardtanh", "HardSwish")


def made(architecture, seed=0, **gains):
    rng = np.random.default_rng(seed)
    shapes = {**architecture.required_shapes(), **architecture.optional_shapes()}
    weights = {n: rng.normal(0, 0.3, s).astype(np.float32) for n, s in shapes.items()}
    return Snapshot(architecture, weights, 48_000, **gains)


def wavenet(kinds=KINDS, head_bias=True):
    first = LayerArray(1, 3, 2, 1, False, (3, 2), (1, 2), (Activation("Tanh"), Activation("LeakyReLU", 0.2)))
    taps, dilations = (2,) * len(kinds), tuple(range(1, len(kinds) + 1))
    activations = tuple(Activation(kind, 0.1) for kind in kinds)
    return WaveNet((first, LayerArray(3, 2, 1, 4, head_bias, taps, dilations, activations)))


MODELS = {
    "lstm": made(Recurrent("LSTM", 5)),
    "lstm of two layers, residual and gains": made(
        Recurrent("LSTM", 3, num_layers=2, residual=True), input_gain_db=6.0, output_gain_db=-3.0
    ),
    "gru with a knob": made(Recurrent("GRU", 4, input_size=2)),
    "gru of two layers": made(Recurrent("GRU", 7, num_layers=2, residual=True)),
    "wavenet": made(wavenet()),
    "wavenet without a head bias": made(wavenet(("Tanh",), head_bias=False), output_gain_db=3.0),
}


def session(path):
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


@pytest.mark.parametrize("name", MODELS)
def test_onnxruntime_plays_what_the_model_plays(name, tmp_path):
    write_model(MODELS[name], tmp_path / "m.onnx")
    onnx.checker.check_model(onnx.load(tmp_path / "m.onnx"), full_check=True)
    wet = session(tmp_path / "m.onnx").run(["wet"], {"dry": DRY})[0]
    truth = render_reference(MODELS[name], DRY)
    assert np.abs(truth).max() > 1e-3
    np.testing.assert_allclose(wet, truth, atol=1e-6)


@pytest.mark.parametrize("name", MODELS)
def test_a_written_file_is_read_back_to_the_bit(name, tmp_path):
    model = MODELS[name].with_metadata(name="Twin", extra={"a": 1})
    write_model(model, tmp_path / "m.onnx")
    again = read_model(tmp_path / "m.onnx")
    assert again == model
    assert again.metadata == model.metadata
    assert again.sample_rate_assumed == model.sample_rate_assumed


@pytest.mark.parametrize("name", ["lstm of two layers, residual and gains", "gru with a knob", "wavenet"])
def test_the_state_lets_a_player_go_on_block_by_block(name, tmp_path):
    write_model(MODELS[name], tmp_path / "m.onnx")
    player = session(tmp_path / "m.onnx")
    outputs = [output.name for output in player.get_outputs()]
    whole = player.run(["wet"], {"dry": DRY})[0]
    state, parts = {}, []
    for block in np.split(DRY, [1, 4, 100, 170]):
        wet, *after = player.run(outputs, {"dry": block, **state})
        state = {n.removesuffix("_after"): value for n, value in zip(outputs[1:], after, strict=True)}
        parts.append(wet)
    np.testing.assert_allclose(np.concatenate(parts), whole, atol=1e-6)


def test_a_knob_turns_the_sound(tmp_path):
    model = MODELS["gru with a knob"]
    write_model(model, tmp_path / "m.onnx")
    knobs = np.full((1, 1, 1), 0.9, np.float32)
    wet = session(tmp_path / "m.onnx").run(["wet"], {"dry": DRY, "knobs": knobs})[0]
    np.testing.assert_allclose(wet, render_reference(model, DRY, knobs=[0.9]), atol=1e-6)


def test_the_file_says_its_sample_rate_where_players_look(tmp_path):
    write_model(MODELS["lstm"], tmp_path / "m.onnx")
    assert session(tmp_path / "m.onnx").get_modelmeta().custom_metadata_map["sample_rate"] == "48000"


def test_a_graph_of_strangers_is_no_model(tmp_path):
    node = helper.make_node("Relu", ["x"], ["y"])
    ends = [helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, [1]) for n in ("x", "y")]
    onnx.save(helper.make_model(helper.make_graph([node], "g", ends[:1], ends[1:])), tmp_path / "m.onnx")
    with pytest.raises(NotAModel, match="only those that zoo export wrote"):
        read_model(tmp_path / "m.onnx")


def test_a_graph_that_was_changed_afterwards_is_refused(tmp_path):
    write_model(MODELS["lstm"], tmp_path / "m.onnx")
    model = onnx.load(tmp_path / "m.onnx")
    model.graph.node[-1].op_type = "Add"
    onnx.save(model, tmp_path / "m.onnx")
    with pytest.raises(UnsupportedModel, match="its graph is not the one"):
        read_model(tmp_path / "m.onnx")


def _damage(model, how):
    if how == "no tensors":
        del model.graph.initializer[:]
    elif how == "a tensor of another shape":
        model.graph.initializer[0].dims[0] += 1
    elif how == "no list of tensors":
        model.metadata_props[1].value = '{"format": "tonezoo"}'
    elif how == "no JSON":
        model.metadata_props[1].value = "{"
    elif how == "external data":
        tensor = model.graph.initializer[1]
        tensor.data_location = onnx.TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value="/etc/passwd")


@pytest.mark.parametrize(
    "how",
    ["no tensors", "a tensor of another shape", "no list of tensors", "no JSON", "external data"],
)
def test_a_damaged_file_is_one_sentence(how, tmp_path):
    write_model(MODELS["lstm"], tmp_path / "m.onnx")
    model = onnx.load(tmp_path / "m.onnx")
    _damage(model, how)
    (tmp_path / "m.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(ModelFileError):
        read_model(tmp_path / "m.onnx")


@pytest.mark.parametrize("length", [1, 2, 50, 400])
def test_a_file_cut_short_is_one_sentence(length, tmp_path):
    write_model(MODELS["lstm"], tmp_path / "m.onnx")
    (tmp_path / "m.onnx").write_bytes((tmp_path / "m.onnx").read_bytes()[:length])
    with pytest.raises(ModelFileError):
        read_model(tmp_path / "m.onnx")


def test_without_the_package_one_sentence_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "onnx", None)
    with pytest.raises(PackageMissing, match=r"pip install 'tonezoo\[onnx\]'"):
        write_model(MODELS["lstm"], tmp_path / "m.onnx")
    assert not (tmp_path / "m.onnx").exists()


def test_the_same_model_gives_the_same_bytes(tmp_path):
    model = MODELS["lstm"]
    write_model(model, tmp_path / "a.onnx")
    write_model(model, tmp_path / "b.onnx")
    assert (tmp_path / "a.onnx").read_bytes() == (tmp_path / "b.onnx").read_bytes()
