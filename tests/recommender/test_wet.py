import librosa
import numpy as np
import pytest

from recommender import bands
from recommender.wet import ROLL_OFF, WET_SIZE, cepstra, spectral_shape, wet_features

RATE = 44_100


@pytest.mark.parametrize("gain_db", [-12.0, 12.0])
def test_the_level_does_not_count(guitar, gain_db) -> None:
    louder = wet_features(guitar * np.float32(10 ** (gain_db / 20)), RATE)
    np.testing.assert_allclose(louder, wet_features(guitar, RATE), rtol=2e-4, atol=2e-3)


def test_the_spectral_shape_is_that_of_librosa(guitar) -> None:
    magnitude = np.abs(bands.spectra(guitar, RATE)).astype(np.float64)
    at = bands.frequencies(RATE)
    centroid, bandwidth, roll_off, flatness = spectral_shape(magnitude, at)
    S = magnitude.T
    np.testing.assert_allclose(centroid, librosa.feature.spectral_centroid(S=S, freq=at)[0], rtol=1e-6)
    np.testing.assert_allclose(bandwidth, librosa.feature.spectral_bandwidth(S=S, freq=at)[0], rtol=1e-6)
    librosas = librosa.feature.spectral_rolloff(S=S, freq=at, roll_percent=ROLL_OFF)[0]
    np.testing.assert_allclose(roll_off, librosas, rtol=1e-6)
    np.testing.assert_allclose(flatness, librosa.feature.spectral_flatness(S=S)[0], rtol=1e-6)


def test_the_cepstra_are_librosas_mfcc_of_the_same_bands() -> None:
    band_db = np.random.default_rng(0).normal(size=(7, bands.NUM_BANDS))
    np.testing.assert_allclose(
        cepstra(band_db, 14), librosa.feature.mfcc(S=band_db.T, n_mfcc=14).T, atol=1e-12
    )


@pytest.mark.parametrize("samples", [1, 100, 5000])
def test_a_short_or_silent_signal_gives_numbers(samples) -> None:
    for signal in (np.zeros(samples, np.float32), np.ones(samples, np.float32)):
        vector = wet_features(signal, RATE)
        assert vector.shape == (WET_SIZE,)
        assert np.isfinite(vector).all()
