"""``zoo export`` from the outside."""

import json

import pytest

from zoo.formats import read_model, write_model


@pytest.fixture
def model(lstm, tmp_path):
    path = tmp_path / "model.nam"
    write_model(lstm(1, hidden=6, name="My Amp"), path)
    return path


def test_the_file_is_called_after_the_model_and_the_remarks_are_not_data(
    run_zoo, model, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    result = run_zoo("export", model, "--to", "aidax")
    assert result.out.split() == ["My-Amp.json", "My-Amp.test.wav"]
    assert "padded with zeros to 8 units" in result.err
    assert read_model(tmp_path / "My-Amp.json").architecture.hidden_size == 8


def test_json_says_all_there_is_to_know(run_zoo, model, tmp_path):
    out = tmp_path / "m.onnx"
    facts = json.loads(run_zoo("export", model, "--to", "onnx", "--out", out, "--json").out)
    assert (facts["file"], facts["architecture"], facts["sample_rate"]) == (str(out), "LSTM-6", 44_100)
    assert facts["max_error"] < 1e-6


def test_an_exported_file_can_be_imported(run_zoo, model, tmp_path):
    run_zoo("export", model, "--to", "onnx", "--out", tmp_path / "m.onnx")
    assert run_zoo("import", tmp_path / "m.onnx").code == 0


def test_a_player_that_cannot_hold_it_is_exit_code_2(run_zoo, model, tmp_path):
    result = run_zoo("export", model, "--to", "proteus", "--out", tmp_path / "m.json")
    assert result.code == 2
    assert "could hold it" in result.err
    assert not (tmp_path / "m.json").exists()
