"""WaveNets that others trained: the Broadcast teacher's own output, and one pedal in six architectures."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import soundfile

from zoo import engine
from zoo.engine.reference import render_reference
from zoo.formats import read_model
from zoo.metrics import esr

BOSS = ("LSTM-1x16", "LSTM-2x8", "WN-nano", "WN-feather", "WN-standard", "WN-a2")


def samples(path: Path) -> np.ndarray:
    return soundfile.read(path, dtype="float32")[0]


@pytest.mark.parametrize("take", ["guitar_1", "bass_1"])
def test_the_broadcast_teacher_gives_what_its_makers_published(data: Path, take: str) -> None:
    teacher = read_model(data / "golden/broadcast/broadcast_tcn_teacher.nam")
    wet = 0.5 * engine.render(teacher, samples(data / f"captures/hudson-broadcast/{take}.dry.wav"))
    golden = samples(data / f"golden/broadcast/{take}.wavenet.wav")
    assert esr(golden, wet) < 1e-8
    settled = teacher.architecture.receptive_field  # theirs does not start at rest: up to 2e-4 before
    assert np.abs(wet - golden)[settled:].max() < 2e-5


@pytest.fixture(scope="module")
def boss(data: Path) -> dict[str, np.ndarray]:
    dry = samples(data / "di/mayer_guitar.wav")[: 4 * 48_000]
    folder = data / "models/boss-six-architectures"
    return {name: engine.render(read_model(folder / f"Boss{name}.nam"), dry) for name in BOSS}


@pytest.mark.parametrize(
    ("one", "other"), [pair for pair in combinations(BOSS, 2) if "WN-standard" not in pair]
)
def test_one_pedal_sounds_alike_in_every_architecture(
    boss: dict[str, np.ndarray], one: str, other: str
) -> None:
    assert esr(boss[one], boss[other]) < (0.01 if "LSTM" in one else 0.001)


def test_the_standard_size_is_a_capture_of_another_setting(boss: dict[str, np.ndarray]) -> None:
    assert 0.2 < esr(boss["WN-standard"], boss["WN-feather"]) < 0.6


@pytest.mark.parametrize("simd", engine.simd_paths())
@pytest.mark.parametrize("name", BOSS)
def test_real_models_sound_like_the_twin(data: Path, name: str, simd: str) -> None:
    snapshot = read_model(data / f"models/boss-six-architectures/Boss{name}.nam")
    dry = samples(data / "di/mayer_guitar.wav")[48_000:50_000]
    assert np.abs(engine.render(snapshot, dry, simd=simd) - render_reference(snapshot, dry)).max() < 2e-5
