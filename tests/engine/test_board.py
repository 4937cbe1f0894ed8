"""The engine on Bela's boards: compiled as they compile it, run by qemu, equal to the twin.

"bela" is the Cortex-A8, by gcc and by clang; "gem" the Cortex-A53 of Bela Gem. No board takes part.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from board import BOARDS, ROOT
from recurrents import HIDDEN_SIZES, noise, with_random_weights

from zoo.architecture import Recurrent
from zoo.engine.reference import render_reference
from zoo.formats import read_model
from zoo.snapshot import Snapshot

Players = Callable[[str], Path]

REAL_MODELS = (
    "proteus/*.json",
    "neuralpi/*.json",
    "mod-lstm/*.json",
    "automated-gam/*.json",
    "boss-six-architectures/BossLSTM-2x8.nam",
    "boss-six-architectures/BossWN-nano.nam",
    "boss-six-architectures/BossWN-feather.nam",
    "boss-six-architectures/BossWN-standard.nam",
    "boss-six-architectures/BossWN-a2.nam",
)


def error(board: str, players: Players, snapshot: Snapshot, dry: np.ndarray) -> float:
    wet = BOARDS[board].play(players(board), snapshot, dry)
    return float(np.abs(wet - render_reference(snapshot, dry)).max())


@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
def test_every_size_equals_the_twin_on_a_cortex_a8(players: Players, cell: str) -> None:
    for hidden in HIDDEN_SIZES:
        snapshot = with_random_weights(Recurrent(cell, hidden), seed=hidden)
        assert error("bela", players, snapshot, noise(60)) < 5e-6, hidden


@pytest.mark.parametrize("board", BOARDS)
@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
def test_layers_knobs_and_remainders_equal_the_twin_on_every_board(
    players: Players, cell: str, board: str
) -> None:
    for hidden, inputs, layers in ((3, 2, 1), (20, 1, 2), (29, 3, 3)):
        architecture = Recurrent(cell, hidden, input_size=inputs, num_layers=layers, residual=True)
        snapshot = with_random_weights(architecture, seed=hidden)
        assert error(board, players, snapshot, noise(60)) < 1e-5, architecture


@pytest.fixture(scope="module")
def guitar(data: Path) -> np.ndarray:
    return soundfile.read(data / "di/mayer_guitar.wav", dtype="float32")[0][48_000:49_000]


@pytest.mark.parametrize("pattern", REAL_MODELS)
def test_real_models_on_a_real_guitar_are_right_to_a_ten_thousandth(
    data: Path, players: Players, guitar: np.ndarray, pattern: str
) -> None:
    paths = sorted((data / "models").glob(pattern))[:6]
    assert paths
    for path in paths:
        snapshot = read_model(path).at_size(1.0)
        plain = Snapshot(snapshot.architecture, snapshot.weights, snapshot.sample_rate)
        assert error("bela", players, plain, guitar) < 1e-4, path.name


@pytest.mark.parametrize("board", BOARDS)
@pytest.mark.parametrize("hidden", [6, 20])
def test_the_length_of_the_blocks_changes_no_bit_on_a_board(
    players: Players, board: str, hidden: int
) -> None:
    snapshot = with_random_weights(Recurrent("LSTM", hidden, num_layers=2))
    whole, one, odd = (
        BOARDS[board].play(players(board), snapshot, noise(300), block) for block in (300, 1, 37)
    )
    assert np.array_equal(whole, one)
    assert np.array_equal(whole, odd)


@pytest.mark.parametrize("board", BOARDS)
@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
def test_gates_driven_far_beyond_their_range_stay_right_on_a_board(
    players: Players, board: str, cell: str
) -> None:
    wild = with_random_weights(Recurrent(cell, 12), scale=60.0)
    loud = (1e30 * noise(100)).astype(np.float32)
    assert np.isfinite(BOARDS[board].play(players(board), wild, loud)).all()
    strong = with_random_weights(Recurrent("GRU", 12), scale=8.0)
    assert error(board, players, strong, noise(5)) < 1e-3


@pytest.mark.parametrize("board", BOARDS)
def test_nan_and_infinity_count_as_silence_on_a_board(players: Players, board: str) -> None:
    snapshot = with_random_weights(Recurrent("LSTM", 8))
    clean = noise(60)
    clean[20:23] = 0.0
    dirty = clean.copy()
    dirty[20:23] = np.nan, np.inf, -np.inf
    played = [BOARDS[board].play(players(board), snapshot, audio) for audio in (clean, dirty)]
    assert np.array_equal(*played)


@pytest.mark.parametrize("board", ["bela", "gem"])
def test_models_of_sixteen_samples_are_their_equations_on_a_board(tmp_path: Path, board: str) -> None:
    source = ROOT / "tests" / "bela" / "frames.cpp"
    program = BOARDS[board].compile(source, tmp_path / "frames")
    result = subprocess.run([*BOARDS[board].qemu, program], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout[-2000:]
