"""Two folders side by side: files of the same name are the two sides of a take."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from zoo.audio import write_audio
from zoo.capture import load_capture
from zoo.capture.take_folders import in_order
from zoo.capture.takes import find_takes
from zoo.errors import BadRequest, CaptureError


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """Six notes of two pickups as EGFxSet keeps them; the wet files begin 700 samples late."""
    rng = np.random.default_rng(0)
    for pickup in ("Bridge", "Neck"):
        for fret in (0, 2, 11):
            t = np.arange(12_000) / 8_000
            hz = 220 * 2 ** (fret / 12)
            pluck = np.exp(-3 * t) * sum(
                np.sin(2 * np.pi * (h * hz * t + rng.random())) / h for h in range(1, 6)
            )
            dry = (0.2 * pluck + 0.2 * np.exp(-40 * t) * rng.standard_normal(t.size)).astype(np.float32)
            for device, signal in (("Clean", dry), ("BluesDriver", np.tanh(5 * dry[700:]))):
                (tmp_path / device / pickup).mkdir(parents=True, exist_ok=True)
                write_audio(
                    tmp_path / device / pickup / f"1-{fret}.wav", signal[None], 8_000, encoding="FLOAT"
                )
    return tmp_path


def test_a_folder_with_a_clean_and_a_wet_folder_pairs_notes_by_name(notes: Path) -> None:
    takes = find_takes(notes)
    expected = [f"{pickup}/1-{fret}" for pickup in ("Bridge", "Neck") for fret in (0, 2, 11)]
    assert [take.name for take in takes] == expected
    assert takes[5].dry == notes / "Clean" / "Neck" / "1-11.wav"
    assert takes[5].wet == notes / "BluesDriver" / "Neck" / "1-11.wav"


def test_two_folders_are_the_same_and_the_capture_is_named_after_the_wet_one(notes: Path) -> None:
    dry, wet = notes / "Clean", notes / "BluesDriver"
    assert find_takes(dry=dry, wet=wet) == find_takes(notes)
    capture = load_capture(dry=dry, wet=wet)
    assert capture.name == "BluesDriver"
    assert {f.numbers["latency_samples"] for f in capture.findings if f.code == "latency"} == {-700}


def test_several_devices_are_not_guessed_among(notes: Path) -> None:
    (notes / "RAT").mkdir()
    with pytest.raises(CaptureError, match=r"2 folders beside Clean; name the device's: --dry .* --wet "):
        find_takes(notes)


def test_a_note_without_a_partner_is_named(notes: Path) -> None:
    (notes / "BluesDriver" / "Neck" / "1-2.wav").unlink()
    with pytest.raises(CaptureError, match=r"Clean/Neck/1-2\.wav has no partner in .*BluesDriver"):
        find_takes(notes)


def test_a_file_beside_a_folder_is_refused(notes: Path) -> None:
    with pytest.raises(BadRequest, match="two files or two folders"):
        find_takes(dry=notes / "Clean", wet=notes / "Clean" / "Neck" / "1-2.wav")


def test_names_are_sorted_as_people_count() -> None:
    names = ["take10", "take9", "a", "take1b", "take01"]
    assert sorted(names, key=in_order) == ["a", "take01", "take1b", "take9", "take10"]
