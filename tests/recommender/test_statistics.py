import numpy as np
import pytest

from recommender import statistics

SINE = np.sin(2 * np.pi * np.arange(44_100) / 100).astype(np.float32)
SQUARE = np.where(np.arange(44_100) % 100 < 50, 1.0, -1.0).astype(np.float32)


def test_a_sine_peaks_3_db_over_its_rms_and_a_square_wave_none() -> None:
    assert statistics.crest_db(SINE) == pytest.approx(3.01, abs=0.01)
    assert statistics.crest_db(SQUARE) == pytest.approx(0.0, abs=1e-5)


@pytest.mark.parametrize(("signal", "expected"), [(SINE, 1.5), (SQUARE, 1.0)])
def test_kurtosis_is_three_halves_for_a_sine_and_one_for_a_square(signal, expected) -> None:
    assert statistics.kurtosis(signal) == pytest.approx(expected, rel=1e-4)


def test_a_half_wave_is_skewed_towards_the_side_it_is_on() -> None:
    assert statistics.skew(np.maximum(SINE, 0)) > 0.5
    assert statistics.skew(np.minimum(SINE, 0)) == pytest.approx(-statistics.skew(np.maximum(SINE, 0)))
    assert statistics.skew(SINE) == pytest.approx(0.0, abs=1e-2)


def test_normalising_takes_off_offset_and_level() -> None:
    signal = statistics.normalised(0.1 * SINE + np.float32(0.3))
    assert float(signal.mean()) == pytest.approx(0.0, abs=1e-5)
    assert statistics.rms(signal) == pytest.approx(1.0, rel=1e-5)


def test_silence_has_a_floor_and_no_error() -> None:
    silence = np.zeros(1000, np.float32)
    assert statistics.frame_levels(silence, 44_100).tolist() == [-120.0]
    assert np.isfinite(statistics.crest_db(silence))
