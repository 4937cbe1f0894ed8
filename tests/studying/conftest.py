"""One small study for all tests of it: a device of four units on noise, at two hidden sizes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from training.data import Part, Split
from training.distil import from_scratch
from zoo.architecture import Recurrent
from zoo.engine import render
from zoo.studying.devices import Device
from zoo.studying.plan import StudyPlan
from zoo.studying.study import Listeners, run_study

RATE = 8_000
SIZES = (6, 5)


@pytest.fixture(scope="session")
def plan() -> StudyPlan:
    """Seconds of training."""
    return StudyPlan(minutes=0.2, long_minutes=0.4, iterations=3, units=4, weights=60)


@pytest.fixture(scope="session")
def device() -> Device:
    """An LSTM-4 in a device's stead."""
    model = from_scratch(Recurrent("LSTM", 4, residual=True), RATE, 3)
    rng = np.random.default_rng(0)

    def part(seconds: float) -> Part:
        dry = (0.4 * rng.standard_normal(round(seconds * RATE))).astype(np.float32)
        return Part((dry,), (render(model, dry),))

    split = Split(part(3), part(1), part(1), RATE)
    return Device("Small <amp>", "played by a test", lambda: split)


@pytest.fixture(scope="session")
def begin(device: Device, plan: StudyPlan) -> Callable[..., bool]:
    """Runs the study in a folder."""

    def run(folder: Path, listeners: Listeners | None = None, plan: StudyPlan = plan) -> bool:
        return run_study([device], SIZES, plan, folder, listeners or Listeners())

    return run


@pytest.fixture(scope="session")
def studied(begin: Callable[..., bool], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a study that ran through."""
    folder = tmp_path_factory.mktemp("studied") / "study"
    assert begin(folder)
    return folder
