"""``zoo render``: any length, any rate, any channels, and never half a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf

from registry import Registry
from zoo.architecture import Recurrent
from zoo.engine import Player
from zoo.engine import render as play
from zoo.formats import write_model
from zoo.snapshot import Snapshot

Lstm = Callable[..., Snapshot]
Zoo = Callable[..., Any]
RATE = 44_100  # of the models that the fixture makes


@pytest.fixture(autouse=True)
def _no_starter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zoo.api.home.STARTER", Path("/nonexistent"))


@pytest.fixture
def model(tmp_path: Path, lstm: Lstm) -> Path:
    """A model file of 44.1 kHz."""
    write_model(lstm(1), tmp_path / "amp.json", "proteus")
    return tmp_path / "amp.json"


def dry(seconds: float = 1.0, rate: int = RATE, hz: float = 220.0) -> np.ndarray:
    n = np.arange(int(seconds * rate))
    return (0.5 * np.sin(2 * np.pi * hz * n / rate)).astype(np.float32)


def test_the_file_holds_what_the_engine_plays(run_zoo: Zoo, model: Path, lstm: Lstm, tmp_path: Path) -> None:
    signal = dry(1.5)  # more than one block
    sf.write(tmp_path / "in.wav", signal, RATE, subtype="FLOAT")
    outcome = run_zoo("render", model, tmp_path / "in.wav", tmp_path / "out.wav")
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")
    wet, rate = sf.read(tmp_path / "out.wav", dtype="float32")
    assert rate == RATE
    np.testing.assert_allclose(wet, play(lstm(1), signal), atol=1e-6)


def test_a_model_in_the_zoo_is_played_by_its_name(run_zoo: Zoo, lstm: Lstm, tmp_path: Path) -> None:
    with Registry() as registry:
        registry.add(lstm(1, name="my amp"))
    sf.write(tmp_path / "in.wav", dry(), RATE, subtype="FLOAT")
    for name in ("my amp", lstm(1).digest[:12]):
        assert run_zoo("render", name, tmp_path / "in.wav", tmp_path / f"{name}.wav").code == 0
        np.testing.assert_allclose(sf.read(tmp_path / f"{name}.wav")[0], play(lstm(1), dry()), atol=1e-6)


def test_json_sums_up_what_was_written(run_zoo: Zoo, model: Path, tmp_path: Path) -> None:
    sf.write(tmp_path / "in.wav", dry(), RATE, subtype="PCM_24")
    outcome = run_zoo("render", model, tmp_path / "in.wav", tmp_path / "out.wav", "--json")
    summary, wet = json.loads(outcome.out), sf.read(tmp_path / "out.wav")[0]
    assert (summary["samples"], summary["sample_rate"], summary["model"]) == (RATE, RATE, str(model))
    assert summary["peak_dbfs"] == pytest.approx(20 * np.log10(np.abs(wet).max()), abs=0.01)


def test_each_channel_has_its_own_player(run_zoo: Zoo, model: Path, lstm: Lstm, tmp_path: Path) -> None:
    sides = np.stack([dry(hz=110), 0.1 * dry(hz=330)], 1)
    sf.write(tmp_path / "in.wav", sides, RATE, subtype="FLOAT")
    assert run_zoo("render", model, tmp_path / "in.wav", tmp_path / "out.wav").code == 0
    wet = sf.read(tmp_path / "out.wav")[0]
    for side in (0, 1):
        np.testing.assert_allclose(wet[:, side], play(lstm(1), sides[:, side]), atol=1e-6)


@pytest.mark.parametrize("rate", [22_050, 48_000, 96_000])
def test_another_rate_is_resampled_there_and_back_in_place(
    run_zoo: Zoo, lstm: Lstm, tmp_path: Path, rate: int
) -> None:
    wire = _wire()
    write_model(wire, tmp_path / "wire.json", "proteus")
    sf.write(tmp_path / "in.wav", dry(1.0, rate), rate, subtype="FLOAT")
    outcome = run_zoo("render", tmp_path / "wire.json", tmp_path / "in.wav", tmp_path / "out.wav")
    assert "resampled" in outcome.err
    wet, written = sf.read(tmp_path / "out.wav", dtype="float32")
    assert (written, wet.size) == (rate, rate)
    np.testing.assert_allclose(wet[500:-500], dry(1.0, rate)[500:-500], atol=1e-3)


def _wire() -> Snapshot:
    """A residual network whose own output is nothing: what goes in comes out."""
    architecture = Recurrent("LSTM", 2, residual=True)
    weights = {name: np.zeros(shape, np.float32) for name, shape in architecture.required_shapes().items()}
    return Snapshot(architecture, weights, RATE)


@pytest.mark.parametrize("encoding", ["PCM_16", "PCM_24", "PCM_32", "FLOAT"])
def test_the_encoding_is_that_of_the_input(run_zoo: Zoo, model: Path, tmp_path: Path, encoding: str) -> None:
    sf.write(tmp_path / "in.wav", dry(), RATE, subtype=encoding)
    assert run_zoo("render", model, tmp_path / "in.wav", tmp_path / "out.wav").code == 0
    assert sf.info(str(tmp_path / "out.wav")).subtype == encoding


def test_an_mp3_becomes_24_bits(run_zoo: Zoo, model: Path, tmp_path: Path) -> None:
    sf.write(tmp_path / "in.mp3", dry(), RATE, format="MP3")
    assert run_zoo("render", model, tmp_path / "in.mp3", tmp_path / "out.wav").code == 0
    assert sf.info(str(tmp_path / "out.wav")).subtype == "PCM_24"


def test_an_output_beyond_full_scale_is_written_as_float_and_said(
    run_zoo: Zoo, lstm: Lstm, tmp_path: Path
) -> None:
    signal = dry()
    sf.write(tmp_path / "in.wav", signal, RATE, subtype="PCM_16")
    write_model(lstm(1), tmp_path / "amp.json", "proteus")
    quiet = play(lstm(1), sf.read(tmp_path / "in.wav", dtype="float32")[0])
    gain = 20 * np.log10(2.0 / np.abs(quiet).max())  # the peak becomes 2.0, which is +6.0 dBFS
    outcome = run_zoo(
        "render", tmp_path / "amp.json", tmp_path / "in.wav", tmp_path / "out.wav", "--gain", gain
    )
    assert (outcome.code, "+6.0 dBFS" in outcome.err, "32-bit float" in outcome.err) == (0, True, True)
    assert sf.info(str(tmp_path / "out.wav")).subtype == "FLOAT"
    wet = sf.read(tmp_path / "out.wav")[0]
    np.testing.assert_allclose(wet, quiet * 2.0 / np.abs(quiet).max(), atol=1e-5)


def test_a_container_without_float_saturates_and_says_how_much(
    run_zoo: Zoo, lstm: Lstm, tmp_path: Path
) -> None:
    write_model(lstm(1), tmp_path / "amp.json", "proteus")
    sf.write(tmp_path / "in.wav", dry(), RATE, subtype="PCM_16")
    outcome = run_zoo(
        "render", tmp_path / "amp.json", tmp_path / "in.wav", tmp_path / "out.flac", "--gain", 60
    )
    assert "warning: the output peaks at" in outcome.err
    assert np.abs(sf.read(tmp_path / "out.flac")[0]).max() == pytest.approx(1.0, abs=1e-4)


def test_a_knob_reaches_the_network(run_zoo: Zoo, tmp_path: Path) -> None:
    architecture = Recurrent("LSTM", 4, input_size=2)
    rng = np.random.default_rng(3)
    shapes = architecture.required_shapes()
    snapshot = Snapshot(
        architecture, {k: rng.normal(0, 0.3, s).astype(np.float32) for k, s in shapes.items()}, RATE
    )
    write_model(snapshot, tmp_path / "knob.json", "proteus")
    sf.write(tmp_path / "in.wav", dry(), RATE, subtype="FLOAT")
    arguments = ("render", tmp_path / "knob.json", tmp_path / "in.wav", tmp_path / "out.wav")
    assert run_zoo(*arguments, "--knob", "0.9").code == 0
    wet = sf.read(tmp_path / "out.wav")[0]
    np.testing.assert_allclose(wet, play(snapshot, dry(), knobs=[0.9]), atol=1e-6)
    assert np.abs(wet - play(snapshot, dry())).max() > 1e-3
    for wrong in (["--knob", "1.5"], ["--knob", "0.1", "--knob", "0.2"]):
        outcome = run_zoo(*arguments, *wrong)
        assert (outcome.code, outcome.err.startswith("error: ")) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("no such amp", "in.wav", "out.wav"), "no such amp"),
        (("amp.json", "missing.wav", "out.wav"), "does not exist"),
        (("amp.json", "amp.json", "out.wav"), "not audio"),
        (("in.wav", "in.wav", "out.wav"), "in.wav"),
        (("amp.json", "in.wav", "out.xyz"), "out.xyz"),
    ],
)
def test_bad_input_is_one_sentence_and_no_file(
    run_zoo: Zoo, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: Any, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    sf.write("in.wav", dry(), RATE)
    outcome = run_zoo("render", *arguments)
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert said in outcome.err
    assert sorted(file.name for file in tmp_path.iterdir()) == ["amp.json", "in.wav"]


def test_a_missing_folder_is_exit_code_3(run_zoo: Zoo, model: Path, tmp_path: Path) -> None:
    sf.write(tmp_path / "in.wav", dry(), RATE)
    assert run_zoo("render", model, tmp_path / "in.wav", tmp_path / "missing" / "out.wav").code == 3


def test_an_interruption_leaves_no_half_file(
    run_zoo: Zoo, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sf.write(tmp_path / "in.wav", dry(2.0), RATE)
    whole, blocks = Player.process, iter(range(9))

    def interrupted(self: Player, block: np.ndarray) -> np.ndarray:
        if next(blocks) == 3:
            raise KeyboardInterrupt
        return whole(self, block)

    monkeypatch.setattr(Player, "process", interrupted)
    assert run_zoo("render", model, tmp_path / "in.wav", tmp_path / "out.wav").code == 130
    assert sorted(file.name for file in tmp_path.iterdir()) == ["amp.json", "in.wav"]


def test_memory_is_that_of_a_block_whatever_the_length(
    run_zoo: Zoo, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sf.write(tmp_path / "in.wav", np.tile(dry(1.0, 48_000), 20), 48_000)
    whole, longest = Player.process, []

    def watched(self: Player, block: np.ndarray) -> np.ndarray:
        longest.append(block.size)
        return whole(self, block)

    monkeypatch.setattr(Player, "process", watched)
    assert run_zoo("render", model, tmp_path / "in.wav", tmp_path / "out.wav").code == 0
    assert max(longest) <= 2 * 16_384
