import numpy as np
import pytest

from recommender.paired import LEVELS_DB, PAIRED_GROUPS, PAIRED_SIZE, analyse_dry, paired_features

RATE = 44_100


def _group(vector, name):
    return vector[PAIRED_GROUPS[name]]


@pytest.mark.parametrize("gain_db", [-12.0, 12.0])
def test_the_wet_level_does_not_count(guitar, gain_db) -> None:
    dry = analyse_dry(guitar, RATE)
    wet = np.tanh(10 * guitar)
    louder = paired_features(dry, wet * np.float32(10 ** (gain_db / 20)))
    np.testing.assert_allclose(louder, paired_features(dry, wet), atol=2e-3)


def test_a_wire_is_coherent_flat_linear_and_symmetric(guitar) -> None:
    vector = paired_features(analyse_dry(guitar, RATE), guitar)
    assert _group(vector, "coherence") == pytest.approx(1.0, abs=2e-3)
    assert _group(vector, "tone") == pytest.approx(0.0, abs=0.02)
    slopes = _group(vector, "compression")
    assert slopes[np.isfinite(slopes)] == pytest.approx(1.0, abs=1e-3)
    assert _group(vector, "dynamics") == pytest.approx(0.0, abs=0.01)
    assert _group(vector, "asymmetry")[1] == pytest.approx(0.0, abs=1e-3)


def test_a_hard_clipper_is_explained_by_the_clipped_copy_and_not_by_the_dry_signal(guitar) -> None:
    dry = analyse_dry(guitar, RATE)
    drive = _group(paired_features(dry, np.tanh(80 * guitar)), "drive").reshape(-1, 3)
    assert drive[3] == pytest.approx(1.0, abs=0.02)  # the copy with a gain of 80
    assert drive[0].max() < 0.9


def test_a_limiter_lets_less_than_a_third_of_a_decibel_through_for_one(guitar) -> None:
    loud = np.tanh(300 * guitar)
    slopes = _group(paired_features(analyse_dry(guitar, RATE), loud), "compression")
    middle = slopes[(LEVELS_DB[:-1] >= -30) & (LEVELS_DB[:-1] < -18)]
    assert middle.max() < 0.34


def test_what_was_not_played_is_not_a_number() -> None:
    tone = 0.1 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)
    slopes = _group(paired_features(analyse_dry(tone, RATE), tone), "compression")
    assert np.isnan(slopes).all()


def test_the_groups_cover_the_vector_without_gap() -> None:
    stops = [s.stop for s in PAIRED_GROUPS.values()]
    starts = [s.start for s in PAIRED_GROUPS.values()]
    assert starts == [0, *stops[:-1]]
    assert stops[-1] == PAIRED_SIZE


def test_silence_gives_no_infinity(guitar) -> None:
    vector = paired_features(analyse_dry(guitar, RATE), np.zeros_like(guitar))
    assert not np.isinf(vector).any()
