"""What is embedded is what was given, equally loud."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
import soundfile

from zoo.reports.loudness import loudness_db
from zoo.reports.players import faded, level_matched, player

RATE = 44_100
TIME = np.arange(RATE) / RATE
TONE = np.sin(2 * np.pi * 440 * TIME).astype(np.float32)
NOISE = np.random.default_rng(0).standard_normal(RATE).astype(np.float32)


def test_the_audio_on_the_page_is_the_signal_to_16_bits() -> None:
    (data,) = re.findall(r'src="data:audio/flac;base64,([^"]*)"', player("tone", 0.5 * TONE, RATE))
    read, rate = soundfile.read(io.BytesIO(base64.b64decode(data)))
    assert rate == RATE
    np.testing.assert_allclose(read, 0.5 * TONE, atol=2**-15)


def test_matched_signals_are_equally_loud_and_do_not_clip() -> None:
    matched = level_matched([0.01 * TONE, 30.0 * NOISE, 0.3 * NOISE**5], RATE)
    levels = [loudness_db(signal, RATE) for signal in matched]
    assert levels == pytest.approx([levels[0]] * 3, abs=0.01)
    assert max(np.abs(signal).max() for signal in matched) <= 0.9


def test_ordinary_signals_come_to_the_usual_loudness() -> None:
    (matched,) = level_matched([0.01 * TONE], RATE)
    assert loudness_db(matched, RATE) == pytest.approx(-20.0, abs=0.01)


def test_silence_stays_silence() -> None:
    silent, tone = level_matched([np.zeros(RATE), TONE], RATE)
    assert not silent.any()
    assert tone.any()


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
def test_loudness_is_that_of_the_standard_at_any_rate(rate: int) -> None:
    """BS.1770: a sine of 997 Hz at full scale in one channel measures -3.01 LKFS."""
    sine = np.sin(2 * np.pi * 997 * np.arange(2 * rate) / rate)
    assert loudness_db(sine, rate) == pytest.approx(-3.01, abs=0.02)
    assert loudness_db(0.1 * sine, rate) == pytest.approx(-23.01, abs=0.02)


def test_the_weighting_at_48_khz_is_the_published_one() -> None:
    from zoo.reports.loudness import _k_weighting

    published = [
        [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585],
        [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621],
    ]
    np.testing.assert_allclose(_k_weighting(48_000), published, atol=1e-7)


def test_a_fade_touches_the_ends_alone() -> None:
    shaped = faded(np.ones(RATE), RATE)
    assert shaped[0] == shaped[-1] == 0.0
    assert (shaped[RATE // 50 : -RATE // 50] == 1.0).all()


def test_a_signal_shorter_than_its_fades_is_no_crash() -> None:
    assert faded(np.ones(3), RATE).size == 3
    assert "data-seconds" in player("nothing", np.zeros(0), RATE)
