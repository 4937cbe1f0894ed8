"""Where a model is wrong and what it does to a tone, against signals whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.architecture import Recurrent
from zoo.portraying.measures import (
    TONE_LEVELS_DB,
    esr_by_band,
    esr_by_level,
    fine_spectrum,
    harmonic_response,
    peak_misses,
)
from zoo.snapshot import Snapshot

RATE = 48_000
TIME = np.arange(2 * RATE) / RATE


def tone(frequency: float, amplitude: float = 0.5) -> np.ndarray:
    return amplitude * np.sin(2 * np.pi * frequency * TIME)


def test_an_error_of_a_tenth_is_an_esr_of_a_hundredth_at_every_level() -> None:
    target = tone(440.0) * np.geomspace(0.01, 1.0, TIME.size)
    shares = esr_by_level(target, 0.9 * target, RATE)
    known = np.isfinite(shares.esr)
    assert known.sum() >= 5
    np.testing.assert_allclose(shares.esr[known], 0.01, rtol=1e-6)


def test_an_error_in_soft_playing_shows_in_the_soft_levels_alone() -> None:
    loud = np.arange(TIME.size) < TIME.size // 2
    target = tone(440.0) * np.where(loud, 1.0, 10 ** (-24 / 20))
    shares = esr_by_level(target, np.where(loud, 1.0, 0.5) * target, RATE)
    by_level = dict(zip(shares.at.tolist(), shares.esr.tolist(), strict=True))
    assert by_level[0.0] == pytest.approx(0.0, abs=1e-9)
    assert by_level[-24.0] == pytest.approx(0.25, rel=0.01)
    assert np.isnan(by_level[-12.0])


def test_an_error_in_the_treble_shows_in_its_band_alone() -> None:
    shares = esr_by_band(tone(250.0) + tone(4000.0, 0.1), tone(250.0) + tone(4000.0, 0.05), RATE)
    by_band = dict(zip(shares.at.tolist(), shares.esr.tolist(), strict=True))
    assert by_band[4000.0] == pytest.approx(0.25, rel=0.01)
    assert by_band[250.0] < 1e-6


def test_silence_has_nothing_to_say_and_breaks_nothing() -> None:
    silence = np.zeros(RATE)
    assert np.isnan(esr_by_band(silence, silence, RATE).esr).all()
    assert esr_by_level(silence, silence, RATE).to_json()[0] == {"at": -48.0, "esr": None}


def test_a_peak_that_is_3_db_low_is_missed_by_3_db() -> None:
    target = tone(500.0) + tone(1500.0, 0.2)
    low = tone(500.0) + tone(1500.0, 0.2 * 10 ** (-3 / 20))
    frequency, device = fine_spectrum(target, RATE)
    _, model = fine_spectrum(low, RATE)
    assert peak_misses(frequency, device, model, 0.0, 1000.0) == pytest.approx([0.0], abs=0.01)
    assert peak_misses(frequency, device, model, 1000.0, 3000.0) == pytest.approx([3.0], abs=0.01)
    assert peak_misses(frequency, device, model, 3000.0, 9000.0).size == 0


def network(rate: int, input_weight: float) -> Snapshot:
    """An LSTM that remembers nothing: its output is tanh(tanh(w x))."""
    architecture = Recurrent("LSTM", 1)
    weights = {name: np.zeros(shape, np.float32) for name, shape in architecture.required_shapes().items()}
    weights["rec.weight_ih_l0"][2, 0] = input_weight  # into the cell
    weights["rec.bias_ih_l0"][:] = [20.0, -20.0, 0.0, 20.0]  # in is open, forget is shut, out is open
    weights["lin.weight"][:] = 1.0
    return Snapshot(architecture, weights, rate)


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_harmonics_are_those_of_the_curve_that_bends_the_tone(rate: int) -> None:
    model = network(rate, 2.0)
    measured = harmonic_response(model)
    assert measured.shape == (TONE_LEVELS_DB.size, 5)
    phase = 2 * np.pi * np.arange(1000) / 1000
    for row, level in zip(measured, TONE_LEVELS_DB, strict=True):
        x = 10 ** (level / 20) * np.sin(phase)
        exact = np.abs(np.fft.rfft(np.tanh(np.tanh(2.0 * x))))[1:6] * 2 / 1000
        expected = np.maximum(20 * np.log10(np.maximum(exact, 1e-12)), -120.0)
        loud = expected > -80.0
        np.testing.assert_allclose(row[loud], expected[loud], atol=0.1)
        assert (row[~loud] < -75.0).all()
