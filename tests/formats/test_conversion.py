"""From one format to another: the same sound, or a sentence that says what is lacking."""

from dataclasses import replace

import model_documents as documents
import numpy as np
import pytest

from zoo.engine.reference import render_reference
from zoo.errors import UnsupportedModel
from zoo.formats import read_model, write_model

DRY = np.sin(np.arange(64) * 0.2).astype(np.float32)


def read(tmp_path, document):
    return read_model(documents.write(tmp_path, document))


def small(document, scale=0.05):
    """The document with all weights scaled down, so that nothing saturates."""
    if isinstance(document, list):
        return [small(v, scale) for v in document]
    if isinstance(document, dict):
        kept = (
            "model_data",
            "config",
            "in_shape",
            "in_gain",
            "out_gain",
            "shape",
            "sample_rate",
            "max_value",
        )
        return {k: v if k in kept else small(v, scale) for k, v in document.items()}
    return document * scale if isinstance(document, float) else document


@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
@pytest.mark.parametrize("skip", [0, 1])
def test_a_guitarml_model_sounds_the_same_as_aidax_json(tmp_path, cell, skip):
    before = read(tmp_path, small(documents.proteus(cell, hidden=3, skip=skip)))
    write_model(before, tmp_path / "copy", "aidax")
    after = read_model(tmp_path / "copy")
    assert (after.sample_rate, after.architecture) == (44100, before.architecture)
    np.testing.assert_allclose(render_reference(after, DRY), render_reference(before, DRY), atol=1e-7)


def test_gains_are_folded_into_the_weights_where_no_dry_path_needs_them(tmp_path):
    before = read(tmp_path, small(documents.aidax(hidden=3, in_gain=6.0, out_gain=-3.0)))
    write_model(before, tmp_path / "copy.nam")
    after = read_model(tmp_path / "copy.nam")
    assert (after.input_gain_db, after.output_gain_db) == (0.0, 0.0)
    np.testing.assert_allclose(render_reference(after, DRY), render_reference(before, DRY), atol=1e-7)


def test_folded_gains_leave_knobs_alone(tmp_path):
    document = documents.aidax(hidden=1, inputs=2, in_gain=20.0, out_gain=-20.0, samplerate=44100)
    write_model(read(tmp_path, document), tmp_path / "copy", "proteus")
    after = read_model(tmp_path / "copy")
    # Audio times 10, the knob as it was, the output a tenth.
    assert after.weights["rec.weight_ih_l0"].tolist() == [[10, 5], [20, 6], [30, 7], [40, 8]]
    np.testing.assert_allclose(after.weights["lin.weight"], [[0.1]])
    np.testing.assert_allclose(after.weights["lin.bias"], [0.075])


@pytest.mark.parametrize("name", ["nam-0.7", "nam-slimmable"])
def test_gains_around_a_wavenet_are_folded_too(tmp_path, name):
    before = replace(read(tmp_path, small(documents.VALID[name])), input_gain_db=6.0, output_gain_db=-3.0)
    write_model(before, tmp_path / "copy.nam")
    after = read_model(tmp_path / "copy.nam")
    expected = render_reference(before.at_size(), DRY)
    assert np.abs(expected).max() > 1e-3
    np.testing.assert_allclose(render_reference(after.at_size(), DRY), expected, rtol=1e-5, atol=1e-7)


def test_a_resting_initial_state_is_no_obstacle(tmp_path):
    document = documents.nam_lstm(hidden=1)
    document["weights"][12:14] = [0.0, 0.0]
    write_model(read(tmp_path, document), tmp_path / "copy", "aidax")
    assert read_model(tmp_path / "copy").sample_rate_assumed


@pytest.mark.parametrize(
    ("document", "target", "sentence"),
    [
        (
            documents.nam_wavenet_05(),
            "proteus",
            "GuitarML JSON holds LSTM and GRU only, and this is a WaveNet-2",
        ),
        (documents.nam_slimmable(), "aidax", "AIDA-X JSON holds LSTM and GRU only"),
        (documents.nam_lstm(), "aidax", "this LSTM-2 has an initial state of its own"),
        (documents.aidax(), "proteus", "always played at 44100 Hz, and this model is at 48000 Hz"),
        (
            documents.aidax(in_skip=1, in_gain=6, samplerate=44100),
            "proteus",
            r"6 dB in and 0 dB out\) also scale",
        ),
        (documents.proteus("GRU", skip=0), "nam", "NAM holds LSTMs without knobs only, and this is a GRU-2"),
        (documents.proteus(inputs=2, skip=0), "nam", "this is a LSTM-2 with 1 knob"),
        (documents.proteus(), "nam", "this LSTM-2 adds the dry input to its output"),
    ],
)
def test_what_a_format_cannot_hold_is_refused_and_nothing_is_written(tmp_path, document, target, sentence):
    snapshot = read(tmp_path, document)
    with pytest.raises(UnsupportedModel, match=sentence):
        write_model(snapshot, tmp_path / "copy", target)
    assert not (tmp_path / "copy").exists()
