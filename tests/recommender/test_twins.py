"""Sketches: as far apart as the answers they stand for, the same every time."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.twins import SKETCH_RATE, SKETCH_SIZE, Sketches, answer, sketch, twin_esr
from zoo.architecture import Recurrent
from zoo.snapshot import Snapshot


def noise(seed: int, size: int = 100_000) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(size).astype(np.float32)


def test_distances_survive_within_a_fifth() -> None:
    for seed in range(20):
        one, two = noise(seed), noise(100 + seed)
        ratio = np.sum((sketch(one) - sketch(two)) ** 2) / np.sum((one - two) ** 2)
        assert ratio == pytest.approx(1.0, abs=0.3)


def test_a_sketch_is_linear() -> None:
    assert np.allclose(sketch(noise(1) + noise(2)), sketch(noise(1)) + sketch(noise(2)), atol=1e-2)


@pytest.mark.parametrize(("distance", "found"), [(0.0, True), (0.009, True), (0.03, False), (1.0, False)])
def test_near_means_an_esr_around_a_hundredth(distance: float, found: bool) -> None:
    for seed in range(10):
        sketches = Sketches()
        target, other = noise(seed), noise(100 + seed)
        sketches.add("elder", sketch(target))
        prediction = target + np.float32(np.sqrt(distance)) * other
        assert (sketches.near(sketch(prediction), 4) == ["elder"]) is found


def test_the_nearest_come_first_and_no_more_than_asked() -> None:
    sketches, target = Sketches(), noise(0)
    for number in range(200):
        sketches.add(str(number), sketch(target * np.float32(1.0 + number / 10_000)))
    assert sketches.near(sketch(target), 3) == ["0", "1", "2"]


def test_no_models_have_no_near_ones() -> None:
    assert Sketches().near(sketch(noise(0)), 4) == []


@pytest.mark.parametrize("row", [np.zeros(3, np.float32), np.full(SKETCH_SIZE, np.nan, np.float32)])
def test_what_is_no_sketch_is_refused(row: np.ndarray) -> None:
    with pytest.raises(ValueError, match="sketch"):
        Sketches().add("x", row)


def test_twins_are_within_a_hundredth() -> None:
    target = noise(0)
    assert twin_esr(target, target * np.float32(1.05)) == pytest.approx(0.0025, rel=1e-3)
    assert twin_esr(target, target * np.float32(1.2)) is None
    assert twin_esr(np.zeros_like(target), target) is None


def test_one_device_at_two_rates_answers_the_same() -> None:
    """A network without memory does not know its rate, and a soft one makes no aliases that would."""
    shapes = Recurrent("LSTM", 1).required_shapes()
    weights = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
    weights["rec.bias_ih_l0"][:] = [20.0, -20.0, 0.0, 20.0]
    weights["rec.weight_ih_l0"][2] = 0.1
    weights["lin.weight"][:] = 10.0
    low, high = (answer(Snapshot(Recurrent("LSTM", 1), weights, rate)) for rate in (SKETCH_RATE, 48_000))
    assert low.size == high.size
    ratio = twin_esr(low, high)
    assert ratio is not None
    assert ratio < 0.005
