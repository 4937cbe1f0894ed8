"""``zoo tune`` and ``zoo check`` on folders of notes and of fragments, real and made up."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from zoo.audio import read_audio, write_audio

QUICK = ("--from", "scratch", "--hidden", "4", "--epochs", "1", "--json")


@pytest.fixture(autouse=True)
def deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is listened to or drawn: that is tested where it belongs, and takes longer than training."""
    monkeypatch.setattr("training.plots.plot_training", lambda path, *_: path.write_bytes(b"picture"))
    monkeypatch.setattr("zoo.tuning.update_fingerprints", lambda registry: None)
    monkeypatch.setattr("zoo.tuning.open_index", lambda registry: None)
    monkeypatch.setattr(
        "zoo.tuning.admit", lambda registry, snapshot, facts: registry.add(snapshot, facts=facts)[0]
    )


def test_a_real_set_of_single_notes_is_dealt_whole_and_trained(run_zoo, data: Path, tmp_path: Path) -> None:
    notes = data / "captures" / "boss-bd2"
    outcome = run_zoo("tune", notes, *QUICK, "--out", tmp_path / "child")
    assert outcome.code == 0, outcome.err
    assert "2/1/1 whole notes are for training/validation/test" in outcome.err
    made = json.loads(outcome.out)
    assert made["name"] == "boss-bd2"
    assert made["data_seconds"] == pytest.approx(2 * 4.9, abs=0.01)


def test_the_same_notes_in_a_clean_and_a_wet_folder_make_the_same_model(
    run_zoo, data: Path, tmp_path: Path
) -> None:
    for file in sorted((data / "captures" / "boss-bd2").iterdir()):
        take, side, _ = file.name.split(".")
        folder = tmp_path / "set" / {"dry": "Clean", "wet": "BluesDriver"}[side] / "Bridge"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{take}.wav").symlink_to(file)
    sides = ("--dry", tmp_path / "set" / "Clean", "--wet", tmp_path / "set" / "BluesDriver")
    one = json.loads(run_zoo("tune", *sides, *QUICK, "--out", tmp_path / "one").out)
    two = json.loads(run_zoo("tune", tmp_path / "set", *QUICK, "--out", tmp_path / "two").out)
    assert one["id"] == two["id"]
    assert one["name"] == "BluesDriver"


def test_fragments_of_a_real_track_are_one_take_again(run_zoo, data: Path, tmp_path: Path) -> None:
    (tmp_path / "cut").mkdir()
    for side in ("dry", "wet"):
        audio = read_audio(data / "captures" / "boss-ds1" / f"val.{side}.wav")
        signal, rate = audio.samples[0], audio.sample_rate
        for i in range(10):
            piece = np.ascontiguousarray(signal[i * rate : (i + 1) * rate])
            write_audio(tmp_path / "cut" / f"fragment{i}.{side}.wav", piece[None], rate, encoding="FLOAT")
    checked = json.loads(run_zoo("check", tmp_path / "cut", "--json").out)
    assert [take["name"] for take in checked["takes"]] == ["fragment0 to fragment9"]
    assert "fragments" in {finding["code"] for finding in checked["findings"]}
    made = json.loads(run_zoo("tune", tmp_path / "cut", *QUICK, "--out", tmp_path / "child").out)
    assert made["data_seconds"] == pytest.approx(6.0, abs=0.01)
