"""What the recommender is lent: parents tuned for a moment, never on what a later training is tested on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recommender.halving import SCRATCH, Effort, Start
from zoo.capture import Capture, Take
from zoo.errors import CaptureError
from zoo.suggesting.workbench import Workbench

RATE = 44_100


@pytest.fixture
def capture() -> Capture:
    """Six seconds of noise bursts through a clipper."""
    rng = np.random.default_rng(0)
    envelope = np.repeat(rng.uniform(0.05, 0.6, 60), 6 * RATE // 60)
    dry = (rng.standard_normal(6 * RATE) * 0.2 * envelope).astype(np.float32)
    return Capture(0.5 * np.tanh(8 * dry), dry, RATE, "bursts", (Take("bursts", 0, dry.size),))


def test_a_moment_brings_a_parent_nearer_and_is_the_same_again(lstm, capture) -> None:
    starts = [Start("kin", lstm(1)), Start(SCRATCH, lstm(3))]
    bench = Workbench(capture)
    short, long = bench.tune(starts, Effort(1, 10.0)), bench.tune(starts, Effort(6, 10.0))
    assert long[0].esr < short[0].esr
    assert long[0].effort == Effort(6, 3.6)  # three fifths of six seconds
    assert Workbench(capture).tune(starts, Effort(6, 10.0)) == long
    assert list(bench.usable) == ["kin"]


def test_the_last_fifth_is_never_heard(lstm, capture) -> None:
    wet = capture.wet.copy()
    wet[int(0.8 * wet.size) :] = 0.1 * capture.dry[int(0.8 * wet.size) :]
    other = Capture(wet, capture.dry, RATE, "other end", capture.takes)
    starts = [Start("kin", lstm(1))]
    assert Workbench(other).tune(starts, Effort(2, 10.0)) == Workbench(capture).tune(starts, Effort(2, 10.0))


def test_no_more_is_trained_on_than_wished(lstm, capture) -> None:
    (moment,) = Workbench(capture, seconds=1.0).tune([Start("kin", lstm(1))], Effort(1, 10.0))
    assert moment.effort.seconds == 1.0


def test_a_parent_at_another_rate_is_tuned_at_its_own(lstm, capture) -> None:
    bench = Workbench(capture)
    starts = [Start("a", lstm(1)), Start("b", replace(lstm(1), sample_rate=48_000))]
    first, second = bench.tune(starts, Effort(2, 10.0))
    assert bench.tuned["b"].sample_rate == 48_000
    assert first.esr == pytest.approx(second.esr, rel=0.5)


def test_a_capture_too_short_to_cut_is_refused(capture) -> None:
    short = Capture(capture.wet[:RATE], capture.dry[:RATE], RATE, "short", (Take("short", 0, RATE),))
    with pytest.raises(CaptureError, match="part"):
        Workbench(short)
