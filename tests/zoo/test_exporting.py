"""An exported file sounds as the model does, says what was done to it, and comes with its test vector."""

import json

import numpy as np
import pytest

from zoo.architecture import Recurrent
from zoo.audio import read_audio
from zoo.dry_unit import with_dry_in_a_unit, with_dry_restored
from zoo.engine import render
from zoo.engine.reference import render_reference
from zoo.errors import BadRequest, UnsupportedModel, WriteError
from zoo.exporting import export_model, probe_signal
from zoo.formats import read_model
from zoo.padding import padded
from zoo.snapshot import Snapshot

# The odd sizes that pruning leaves.
ODD_SIZES = (1, 7, 13, 21, 37, 40)


def made(architecture, rate=44_100, **gains):
    rng = np.random.default_rng(architecture.hidden_size)
    weights = {
        name: rng.normal(0, 0.6 / np.sqrt(shape[-1]), shape).astype(np.float32)
        for name, shape in architecture.required_shapes().items()
    }
    return Snapshot(architecture, weights, rate, **gains)


def lstm(hidden, residual=True, **kwargs):
    return made(Recurrent("LSTM", hidden, residual=residual), **kwargs)


def assert_sounds_the_same(exported, model):
    """As the file's reader hears it, and as the test vector beside it says."""
    audio = read_audio(exported.vector)
    dry, wet = audio.samples
    assert audio.sample_rate == model.sample_rate
    np.testing.assert_array_equal(dry, probe_signal())
    assert np.abs(wet - render_reference(model, dry)).max() < 1e-6
    again = render(read_model(exported.path), dry)
    assert np.abs(again - render(model, dry)).max() < 1e-6
    assert exported.max_error < 1e-6


@pytest.mark.parametrize("hidden", ODD_SIZES)
@pytest.mark.parametrize("player", ["proteus", "aidax", "rtneural", "onnx", "bela"])
def test_a_pruned_odd_size_sounds_the_same_in_every_player(player, hidden, tmp_path):
    model = lstm(hidden)
    assert_sounds_the_same(export_model(model, player, tmp_path / "m"), model)


@pytest.mark.parametrize("hidden", ODD_SIZES)
def test_a_pruned_odd_size_without_a_dry_path_sounds_the_same_in_nam(hidden, tmp_path):
    model = lstm(hidden, residual=False)
    exported = export_model(model, "nam", tmp_path / "m")
    assert (exported.path.name, exported.vector.name) == ("m.nam", "m.test.wav")
    assert_sounds_the_same(exported, model)


@pytest.mark.parametrize(
    ("player", "hidden", "size"),
    [("proteus", 13, 40), ("aidax", 13, 16), ("aidax", 41, 64), ("aidax", 24, 24)],
)
def test_a_player_of_fixed_sizes_gets_the_next_one_and_that_is_said(player, hidden, size, tmp_path):
    exported = export_model(lstm(hidden), player, tmp_path / "m.json")
    assert exported.architecture == f"LSTM-{size}"
    said = [remark for remark in exported.remarks if "padded with zeros" in remark]
    assert bool(said) == (hidden != size)


@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
def test_padding_with_zeros_is_exact(cell):
    model = made(Recurrent(cell, 5, input_size=2, num_layers=2, residual=True))
    wide = padded(model, 9)
    assert wide.architecture.hidden_size == 9
    dry = probe_signal()[:300]
    np.testing.assert_allclose(render_reference(wide, dry), render_reference(model, dry), rtol=0, atol=1e-15)


def test_aidax_gets_its_gains_rate_and_self_test_in_its_own_fields(tmp_path):
    model = lstm(12, rate=48_000, input_gain_db=6.0, output_gain_db=-4.5)
    exported = export_model(model, "aidax", tmp_path / "m.json")
    document = json.loads(exported.path.read_text())
    assert (document["in_gain"], document["out_gain"], document["in_skip"]) == (6.0, -4.5, 1)
    assert document["metadata"]["samplerate"] == "48000"
    dry, wet = read_audio(exported.vector).samples
    np.testing.assert_array_equal(np.float32(document["input_batch"]), dry)
    np.testing.assert_array_equal(np.float32(document["output_batch"]), wet)


def test_nam_gets_its_levels_and_rate_in_its_own_fields(tmp_path):
    model = lstm(8, residual=False).with_metadata(
        loudness_db=-17.5, input_level_dbu=12.0, output_level_dbu=9.0
    )
    document = json.loads(export_model(model, "nam", tmp_path / "m").path.read_text())
    assert document["sample_rate"] == 44_100
    levels = {"loudness": -17.5, "input_level_dbu": 12.0, "output_level_dbu": 9.0}
    assert levels.items() <= document["metadata"].items()


def test_rtneural_is_told_what_its_caller_must_do(tmp_path):
    exported = export_model(lstm(5, input_gain_db=3.0), "rtneural", tmp_path / "m")
    assert any("must add the dry input" in remark for remark in exported.remarks)
    assert any("must apply in_gain and out_gain" in remark for remark in exported.remarks)


@pytest.mark.parametrize(
    ("model", "player", "sentence"),
    [
        (
            lstm(41),
            "proteus",
            r"40 units and 1 knob at most, and this is a LSTM-41; aidax, rtneural, nam, onnx, bela could",
        ),
        (
            lstm(5, residual=False),
            "proteus",
            r"always adds the dry input.*; aidax, rtneural, nam, onnx, bela could",
        ),
        (
            made(Recurrent("LSTM", 5, num_layers=2, residual=True)),
            "nam",
            r"NAM has no dry path.*; rtneural, onnx, bela could hold it",
        ),
        (lstm(81), "aidax", r"80 units at most, and this is a LSTM-81; rtneural, nam, onnx could hold it"),
        (
            made(Recurrent("GRU", 5, num_layers=2)),
            "aidax",
            r"one layer.*; rtneural, onnx, bela could hold it",
        ),
        (
            lstm(5, rate=48_000),
            "proteus",
            r"always played at 44100 Hz.*; aidax, rtneural, nam, onnx could hold it",
        ),
        (
            lstm(5, rate=48_000),
            "bela",
            r"48000 Hz, and the board runs at 44100 Hz.*; aidax, rtneural, nam, onnx could hold it",
        ),
        (
            lstm(96),
            "bela",
            r"LSTM-96, takes about \d+ instructions.*budget is 10000.*; rtneural, nam, onnx could hold it",
        ),
    ],
)
def test_what_a_player_cannot_hold_is_refused_with_the_names_of_those_that_could(
    model, player, sentence, tmp_path
):
    with pytest.raises(UnsupportedModel, match=sentence):
        export_model(model, player, tmp_path / "m")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("gains", [{}, {"input_gain_db": 6.0, "output_gain_db": -2.5}])
@pytest.mark.parametrize("hidden", ODD_SIZES)
def test_nam_gets_the_dry_path_in_a_unit_of_its_own_and_gives_it_back(hidden, gains, tmp_path):
    model = lstm(hidden, **gains)
    exported = export_model(model, "nam", tmp_path / "m")
    assert_sounds_the_same(exported, model)
    assert exported.architecture == f"LSTM-{hidden + 1}"
    assert any("one unit more carries it" in remark for remark in exported.remarks)
    again = read_model(exported.path)
    assert again.architecture == model.architecture
    if not gains:
        for name in ("rec.weight_hh_l0", "lin.weight"):
            np.testing.assert_array_equal(again.weights[name], model.weights[name])


def test_a_unit_that_others_hear_is_not_taken_for_the_dry_path(tmp_path):
    carried = with_dry_in_a_unit(lstm(3))
    assert with_dry_restored(carried).architecture.residual
    weights = {n: w.copy() for n, w in carried.weights.items()}
    weights["rec.weight_hh_l0"][0, 3] = 0.1
    heard = Snapshot(carried.architecture, weights, 44_100)
    assert with_dry_restored(heard) is heard


def test_an_unknown_player_is_refused(tmp_path):
    with pytest.raises(BadRequest, match="no player is called 'kemper'"):
        export_model(lstm(5), "kemper", tmp_path / "m")


def test_a_folder_that_is_missing_leaves_nothing_behind(tmp_path):
    with pytest.raises(WriteError):
        export_model(lstm(5), "aidax", tmp_path / "missing" / "m")
    assert not list(tmp_path.iterdir())


def test_the_same_model_makes_the_same_files(tmp_path):
    made_files = [export_model(lstm(5), "onnx", tmp_path / name) for name in ("a", "b")]
    assert len({exported.path.read_bytes() for exported in made_files}) == 1
    assert len({exported.vector.read_bytes() for exported in made_files}) == 1
