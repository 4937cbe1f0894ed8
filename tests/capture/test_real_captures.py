"""The truth about four real captures, each with its own fault."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from zoo.capture import Capture, load_capture
from zoo.capture.findings import Verdict


def numbers(capture: Capture, code: str) -> dict[str, float]:
    return {name: value for f in capture.findings if f.code == code for name, value in f.numbers.items()}


@pytest.fixture(scope="module")
def captures(data: Path) -> dict[str, Capture]:
    return {folder.name: load_capture(folder) for folder in sorted((data / "captures").iterdir())}


@pytest.mark.parametrize(
    ("name", "latency", "tolerance", "inverted"),
    [
        ("boss-ds1", -9, 1, True),
        ("boss-bd2", -4410, 2, False),
        ("hudson-broadcast", 0, 1, False),
        ("honeybee-mp3", 6.5, 1.5, True),
    ],
)
def test_latency_and_polarity(
    captures: dict[str, Capture], name: str, latency: float, tolerance: float, inverted: bool
) -> None:
    capture = captures[name]
    found = numbers(capture, "latency").get("latency_samples", 0)
    assert found == pytest.approx(latency, abs=tolerance)
    assert any(f.code == "inverted" for f in capture.findings) == inverted
    assert capture.verdict is Verdict.READY
    assert not numbers(capture, "drift")


@pytest.mark.parametrize("take", range(4))
def test_a_single_ringing_note_cut_into_is_placed_too(data: Path, take: int) -> None:
    folder = data / "captures" / "boss-bd2"
    capture = load_capture(dry=folder / f"take{take}.dry.wav", wet=folder / f"take{take}.wet.wav")
    assert numbers(capture, "latency")["latency_samples"] == pytest.approx(-4410, abs=2)


def test_the_published_half_gain_shows_in_the_peak(captures: dict[str, Capture]) -> None:
    assert 0.25 < np.abs(captures["hudson-broadcast"].wet).max() < 0.5


def test_takes_of_two_devices_are_unrelated(data: Path) -> None:
    from zoo.errors import CaptureError

    captures = data / "captures"
    with pytest.raises(CaptureError, match="nothing in common"):
        load_capture(
            dry=captures / "boss-bd2" / "take0.dry.wav", wet=captures / "hudson-broadcast" / "bass_1.wet.wav"
        )


@pytest.mark.parametrize("name", ["boss-ds1/val", "hudson-broadcast/guitar_1", "boss-bd2/take2"])
def test_swapped_sides_are_called_so(data: Path, name: str) -> None:
    stem = data / "captures" / name
    right = load_capture(dry=f"{stem}.dry.wav", wet=f"{stem}.wet.wav")
    wrong = load_capture(dry=f"{stem}.wet.wav", wet=f"{stem}.dry.wav")
    assert not any(f.code == "swapped" for f in right.findings)
    assert any(f.code == "swapped" for f in wrong.findings)
