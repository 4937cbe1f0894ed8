import numpy as np
import pytest

from recommender import bands


def test_the_bands_share_out_every_bin_between_their_outer_centres() -> None:
    at = bands.frequencies(48_000)
    inside = (at > bands.LOWEST_HZ) & (at < bands.HIGHEST_HZ)
    assert bands.filters(48_000).sum(axis=0)[inside] == pytest.approx(1.0)


def test_a_sine_fills_the_band_whose_centre_it_is_at_any_rate() -> None:
    centre = bands.centres()[16]
    for rate in (44_100, 48_000, 96_000):
        sine = np.sin(2 * np.pi * centre * np.arange(rate) / rate).astype(np.float32)
        power = bands.filters(rate) @ bands.power(bands.spectra(sine, rate))
        assert np.argmax(power) == 16
        assert power[16] > 0.9 * power.sum()


def test_a_frame_lasts_as_long_at_every_rate() -> None:
    assert bands.frame_length(44_100) / 44_100 == pytest.approx(bands.FRAME_SECONDS, abs=5e-5)
    assert bands.frame_length(48_000) / 48_000 == pytest.approx(bands.FRAME_SECONDS, abs=5e-5)


def test_a_signal_shorter_than_a_frame_is_one_frame() -> None:
    assert bands.spectra(np.ones(10, np.float32), 48_000).shape[0] == 1
