"""``zoo check``: findings, a verdict, an exit code, and an aligned copy on request."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zoo.audio import read_audio, write_audio
from zoo.playing import Phrase, perform

RATE = 48_000
Zoo = Callable[..., Any]


@pytest.fixture(scope="module")
def dry() -> np.ndarray:
    return perform(Phrase("riff", "humbucker-bridge", seed=1, seconds=3.0), sample_rate=RATE)


@pytest.fixture
def pair(tmp_path: Path, dry: np.ndarray) -> dict[str, Path]:
    """A device that saturates, 149 samples late."""
    wet = np.concatenate([np.zeros(149, np.float32), 0.3 * np.tanh(10 * dry)])
    write_audio(tmp_path / "t.dry.wav", dry, RATE)
    write_audio(tmp_path / "t.wet.wav", wet, RATE)
    return {"--dry": tmp_path / "t.dry.wav", "--wet": tmp_path / "t.wet.wav"}


def options(pair: dict[str, Path]) -> list[object]:
    return [part for item in pair.items() for part in item]


def test_a_sound_capture_is_ready_with_its_latency_named(run_zoo: Zoo, pair: dict[str, Path]) -> None:
    outcome = run_zoo("check", *options(pair))
    assert outcome.code == 0
    assert "the wet signal is late by 149 samples (3.10 ms); it was moved into place" in outcome.out
    assert outcome.out.splitlines()[-1].startswith("ready: 1 take, dry and wet, 3.0 s at 48000 Hz")
    assert "--save" in outcome.err


def test_json_is_the_same_as_data(run_zoo: Zoo, pair: dict[str, Path]) -> None:
    outcome = run_zoo("check", *options(pair), "--json", "--quiet")
    found = json.loads(outcome.out)
    assert outcome.err == ""
    assert (found["name"], found["verdict"], found["form"], found["sample_rate"]) == (
        "t",
        "ready",
        "paired",
        RATE,
    )
    assert found["takes"] == [{"name": "t", "start": 0, "stop": 3 * RATE}]
    latency = next(finding for finding in found["findings"] if finding["code"] == "latency")
    assert latency["severity"] == "note"
    assert latency["numbers"]["latency_samples"] == 149


def test_a_folder_is_checked_like_the_files_in_it(
    run_zoo: Zoo, tmp_path: Path, pair: dict[str, Path]
) -> None:
    assert "149 samples" in run_zoo("check", tmp_path).out


def test_save_writes_the_aligned_copy_left_dry_right_wet(
    run_zoo: Zoo, tmp_path: Path, pair: dict[str, Path], dry: np.ndarray
) -> None:
    saved = tmp_path / "aligned.wav"
    outcome = run_zoo("check", *options(pair), "--save", saved)
    assert outcome.code == 0
    assert f"the aligned copy is in {saved}" in outcome.err
    audio = read_audio(saved)
    assert (audio.channels, audio.encoding, audio.samples.shape[1]) == (2, "FLOAT", 3 * RATE)
    assert np.abs(audio.samples[1] - 0.3 * np.tanh(10 * audio.samples[0])).max() < 1e-5
    again = run_zoo("check", saved)
    assert again.code == 0
    assert "latency" not in again.out


def test_a_capture_that_needs_care_is_still_exit_code_0(
    run_zoo: Zoo, tmp_path: Path, dry: np.ndarray
) -> None:
    write_audio(tmp_path / "a.wav", 0.001 * dry, RATE)
    outcome = run_zoo("check", tmp_path / "a.wav")
    assert outcome.code == 0
    assert outcome.out.splitlines()[-1].startswith("usable with care: 1 take, wet only")


def test_an_unusable_capture_is_exit_code_1_and_is_not_saved(
    run_zoo: Zoo, tmp_path: Path, pair: dict[str, Path], dry: np.ndarray
) -> None:
    write_audio(pair["--wet"], np.zeros(RATE), RATE)
    outcome = run_zoo("check", *options(pair), "--save", tmp_path / "aligned.wav")
    assert outcome.code == 1
    assert "is silent" in outcome.out
    assert outcome.out.splitlines()[-1].startswith("not usable")
    assert not (tmp_path / "aligned.wav").exists()
    assert "was not written" in outcome.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["none.wav"], "none.wav: does not exist"),
        (["{folder}"], "holds no audio"),
        (["--dry", "a.wav"], "give a capture"),
        (["a.wav", "--wet", "b.wav"], "not both"),
    ],
)
def test_a_request_that_cannot_be_met_is_exit_code_2_and_one_sentence(
    run_zoo: Zoo, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    outcome = run_zoo("check", *[argument.format(folder=tmp_path) for argument in arguments])
    assert (outcome.code, outcome.out) == (2, "")
    assert sentence in outcome.err
    assert "Traceback" not in outcome.err


def test_a_copy_that_cannot_be_written_is_exit_code_3(
    run_zoo: Zoo, tmp_path: Path, pair: dict[str, Path]
) -> None:
    outcome = run_zoo("check", *options(pair), "--save", tmp_path / "none" / "a.wav")
    assert outcome.code == 3
    assert "No such file or directory" in outcome.err
