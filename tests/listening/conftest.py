"""A few seconds of a device, two recordings that are more and less like it, and a test made of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from zoo.api import listening_test
from zoo.api.home import STARTER
from zoo.audio import read_audio, write_audio
from zoo.listening.sessions import COLUMNS, Rating, to_csv
from zoo.listening.sitting import Sitting
from zoo.listening.stimuli import ListeningTest

SECONDS = 5


@pytest.fixture(scope="session")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with dry.wav, wet.wav, near.wav and far.wav, mono."""
    folder = tmp_path_factory.mktemp("recordings")
    audio = read_audio(STARTER / "example-capture.flac")
    dry, wet = audio.samples[:, : SECONDS * audio.sample_rate]
    noise = np.random.default_rng(0).standard_normal(wet.size).astype(np.float32)
    signals = {"dry": dry, "wet": wet, "near": wet + 0.001 * noise, "far": 0.5 * wet + 0.03 * noise}
    for name, signal in signals.items():
        write_audio(folder / f"{name}.wav", signal[None].astype(np.float32), audio.sample_rate)
    return folder


@pytest.fixture(scope="session")
def listening(recordings: Path) -> ListeningTest:
    """Two trials of a second each: hidden reference, low anchor, near and far."""
    return listening_test(
        [recordings / "near.wav", recordings / "far.wav"],
        [recordings / "wet.wav"],
        dry=[recordings / "dry.wav"],
        excerpts=2,
        seconds=1.0,
    )


@pytest.fixture
def sitting(listening: ListeningTest, tmp_path: Path) -> Sitting:
    return Sitting(listening, tmp_path / "ratings", rng=np.random.default_rng(0))


@pytest.fixture
def rated(tmp_path: Path) -> Callable[..., Path]:
    """Makes a folder of ratings from ``listener={condition: [rating of trial 1, ...]}``."""

    def make(**listeners: dict[str, list[int]]) -> Path:
        folder = tmp_path / "rated"
        folder.mkdir(exist_ok=True)
        kinds = {"hidden reference": "reference", "low anchor": "anchor"}
        for listener, given in listeners.items():
            rows = [
                Rating(
                    "t", listener, trial, trial, "wet", 0.0, condition, kinds.get(condition, "system"),
                    "A", value, 1, 9.5, "2026-01-01T00:00:00+00:00",
                )
                for condition, values in given.items()
                for trial, value in enumerate(values, 1)
            ]  # fmt: skip
            (folder / f"{listener}.csv").write_bytes(to_csv(rows))
        return folder

    assert COLUMNS[0] == "test"
    return make
