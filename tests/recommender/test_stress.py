"""The stress signal, and what is read from the answer to it."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.stress import SILENCE_S, endurance, stress

RATE = 44_100
SIGNAL = stress(RATE)


def test_the_burst_is_at_full_scale_and_silence_follows() -> None:
    silence = round(SILENCE_S * RATE)
    assert np.max(np.abs(SIGNAL)) == 1.0
    assert not SIGNAL[-silence:].any()
    assert SIGNAL[-silence - 1] != 0.0
    assert not SIGNAL.flags.writeable


def test_a_wire_is_at_full_scale_and_falls_silent() -> None:
    found = endurance(SIGNAL, RATE)
    assert (found.broke_at, found.peak_db, found.silence_db, found.dc) == (None, 0.0, -200.0, 0.0)


def test_a_tone_in_the_silence_is_heard_and_dc_is_not() -> None:
    t = np.arange(SIGNAL.size) / RATE
    tone = 0.02 * np.sin(2 * np.pi * 1000 * t) + 0.25
    found = endurance((SIGNAL + tone).astype(np.float32), RATE)
    assert found.silence_db == pytest.approx(20 * np.log10(0.02 / np.sqrt(2)), abs=0.01)
    assert found.dc == pytest.approx(0.25, abs=1e-4)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_the_first_sample_that_is_not_finite_is_named(value: float) -> None:
    output = SIGNAL.copy()
    output[RATE // 10 :] = value
    assert endurance(output, RATE).broke_at == pytest.approx(0.1)
