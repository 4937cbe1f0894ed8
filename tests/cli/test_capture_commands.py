"""``zoo circuits``, ``zoo capture`` and ``zoo signal``: what they list, write and refuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from training.circuits import CIRCUITS
from zoo.audio import read_audio, write_audio
from zoo.capture_signal import phrases

RATE = 48_000
Zoo = Callable[..., Any]


@pytest.fixture
def dry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tenth of a second in the working directory."""
    monkeypatch.chdir(tmp_path)
    t = np.arange(RATE // 10) / RATE
    write_audio(tmp_path / "dry.wav", 0.3 * np.sin(2 * np.pi * 220 * t), RATE)
    return tmp_path / "dry.wav"


def test_circuits_lists_names_families_knobs_and_sources(run_zoo: Zoo) -> None:
    outcome = run_zoo("circuits")
    assert outcome.code == 0
    lines = outcome.out.splitlines()
    assert lines[0].split("\t") == ["name", "kind", "family", "knobs", "source"]
    assert [line.split("\t")[0] for line in lines[1:]] == list(CIRCUITS)
    listed = json.loads(run_zoo("circuits", "--json", "--quiet").out)
    green = next(circuit for circuit in listed if circuit["name"] == "green-overdrive")
    assert {"name": "drive", "from": 0.0, "to": 10.0, "default": 5.0} in green["knobs"]
    assert "DAFx 2007" in green["source"]


def test_capture_writes_dry_left_and_wet_right_in_24_bits(run_zoo: Zoo, dry: Path) -> None:
    outcome = run_zoo("capture", "--circuit", "green-overdrive", "--drive", 7, "dry.wav")
    assert outcome.code == 0
    assert outcome.out == "green-overdrive-drive7-tone5-level8.wav\n"
    audio = read_audio(outcome.out.strip())
    assert (audio.channels, audio.sample_rate, audio.encoding) == (2, RATE, "PCM_24")
    assert np.array_equal(audio.samples[0], read_audio(dry).samples[0])
    expected = CIRCUITS["green-overdrive"].at(drive=7)(audio.samples[0], RATE)
    assert np.abs(audio.samples[1] - expected).max() <= 2**-23


def test_capture_takes_any_knob_and_tells_what_it_did(run_zoo: Zoo, dry: Path) -> None:
    arguments = ("capture", "--circuit", "cabinet", "--knob", "size=2", "dry.wav", "--out", "c.wav", "--json")
    made = json.loads(run_zoo(*arguments).out)
    assert made["knobs"] == {"size": 2.0, "tone": 5.0}
    assert (made["path"], made["seconds"], made["clipped"]) == ("c.wav", 0.1, 0)
    first = Path("c.wav").read_bytes()
    run_zoo(*arguments)
    assert Path("c.wav").read_bytes() == first


def test_capture_says_when_the_wet_signal_was_cut_off(run_zoo: Zoo, dry: Path) -> None:
    write_audio("loud.wav", 40 * read_audio(dry).samples, RATE, encoding="FLOAT")
    outcome = run_zoo("capture", "--circuit", "cabinet", "loud.wav", "--out", "c.wav")
    assert outcome.code == 0
    assert "beyond full scale" in outcome.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--circuit", "purple-flanger"], "there is no circuit 'purple-flanger'"),
        (
            ["--circuit", "green-overdrive", "--knob", "gain=3"],
            "has no knob 'gain'; its knobs are drive, tone",
        ),
        (["--circuit", "green-overdrive", "--drive", "11"], "drive cannot be set to 11; a knob of"),
        (["--circuit", "green-overdrive", "--drive", "nan"], "drive cannot be set to nan"),
        (["--circuit", "green-overdrive", "--knob", "tone"], "write NAME=VALUE"),
        (["--circuit", "green-overdrive", "--knob", "tone=high"], "write NAME=VALUE"),
        (["--circuit", "green-overdrive", "--tone", "3", "--knob", "tone=4"], "turned twice"),
        (["--circuit", "cabinet", "--out", "c.mp3"], "does not end in .wav or .flac"),
        (["--circuit", "cabinet", "--tone", "3", "--level", "3"], "has no knob 'level'"),
    ],
)
def test_capture_refuses_in_one_sentence(
    run_zoo: Zoo, dry: Path, arguments: list[str], sentence: str
) -> None:
    outcome = run_zoo("capture", *arguments, "dry.wav")
    assert (outcome.code, outcome.out) == (2, "")
    assert sentence in outcome.err
    assert len(outcome.err.strip().splitlines()) == 1
    assert sorted(path.name for path in dry.parent.iterdir()) == ["dry.wav"]


def test_capture_refuses_a_file_that_is_no_audio(run_zoo: Zoo, dry: Path) -> None:
    assert run_zoo("capture", "--circuit", "cabinet", "none.wav").code == 2
    assert run_zoo("capture", "--circuit", "cabinet", "dry.wav", "--out", "none/c.wav").code == 3


def test_signal_writes_24_bits_at_the_wanted_rate_and_the_same_every_time(
    run_zoo: Zoo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zoo.capture_signal.phrases", lambda: phrases()[:1])
    path = tmp_path / "signal.wav"
    made = json.loads(run_zoo("signal", path, "--rate", 44_100, "--json").out)
    audio = read_audio(path)
    assert (audio.channels, audio.sample_rate, audio.encoding) == (1, 44_100, "PCM_24")
    assert made["seconds"] == pytest.approx(audio.seconds)
    first = path.read_bytes()
    outcome = run_zoo("signal", path, "--rate", 44_100, "--quiet")
    assert (outcome.out, outcome.err) == (f"{path}\n", "")
    assert path.read_bytes() == first


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [(["s.mp3"], "does not end in .wav or .flac"), (["s.wav", "--rate", "7"], "out of bounds")],
)
def test_signal_refuses_in_one_sentence(
    run_zoo: Zoo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = run_zoo("signal", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert sentence in outcome.err
    assert list(tmp_path.iterdir()) == []
