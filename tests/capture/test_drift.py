"""Clock drift, and that it is undone."""

from __future__ import annotations

import numpy as np
import pytest
from recording import RATE, delayed, noise, playing, through

from zoo.audio import resample
from zoo.capture.alignment import align
from zoo.capture.drift import Drift, measure_drift, undo_drift


def drifting(ppm: float, latency: int = 20) -> tuple[np.ndarray, np.ndarray]:
    dry = playing(1, 12.0)
    wet = resample(through("asymmetric", dry), RATE, RATE * (1 + ppm * 1e-6))
    wet = delayed(wet, latency)
    return dry, wet + noise(wet.size, -80)


def measured(dry: np.ndarray, wet: np.ndarray) -> Drift | None:
    found = align([(dry, wet)], RATE)
    return measure_drift([(dry, wet)], RATE, found.latency_samples)


@pytest.mark.parametrize("ppm", [-100.0, -20.0, 20.0, 50.0, 100.0])
def test_drift_is_measured_to_a_few_parts_in_a_million(ppm: float) -> None:
    drift = measured(*drifting(ppm))
    assert drift is not None
    assert drift.is_significant
    assert drift.ppm == pytest.approx(ppm, abs=max(3.0, 0.06 * abs(ppm)))


def test_one_clock_has_no_drift() -> None:
    drift = measured(*drifting(0.0))
    assert drift is not None
    assert not drift.is_significant
    assert abs(drift.ppm) < 1.0


def test_the_samples_are_those_of_the_whole_take() -> None:
    dry, wet = drifting(100.0)
    drift = measured(dry, wet)
    assert drift is not None
    assert drift.samples == pytest.approx(100e-6 * dry.size, rel=0.06)  # 57.6 for 12 s at 48 kHz


def test_undone_drift_leaves_a_latency_that_stays() -> None:
    dry, wet = drifting(100.0)
    drift = measured(dry, wet)
    assert drift is not None
    mended = undo_drift(wet, drift, RATE)
    assert abs(mended.size - (dry.size + 20)) <= 4
    rest = measured(dry, mended)
    assert rest is not None
    assert abs(rest.ppm) < 6.0


def test_too_little_playing_says_nothing() -> None:
    dry = playing()[: RATE // 2]
    assert measure_drift([(dry, dry)], RATE, 0) is None
