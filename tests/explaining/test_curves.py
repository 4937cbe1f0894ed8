"""Curves say what devices with a known answer do."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.explaining import curves

RATE = 44_100
NOISE = (0.2 * np.random.default_rng(0).standard_normal(4 * RATE)).astype(np.float32)
SWELLING = (NOISE * np.geomspace(0.01, 1.0, NOISE.size)).astype(np.float32)


def test_white_noise_rises_by_3_db_an_octave_in_bands_of_one_width() -> None:
    curve = curves.spectrum("noise", NOISE, RATE, 0)
    a, b = (float(np.interp(f, curve.x, curve.y)) for f in (1_000, 8_000))
    assert b - a == pytest.approx(9.0, abs=1.0)


def test_a_tone_stands_out_where_it_is() -> None:
    tone = np.sin(2 * np.pi * 1_000 * np.arange(RATE) / RATE)
    curve = curves.spectrum("tone", tone, RATE, 0)
    assert curve.x[np.argmax(curve.y)] == pytest.approx(1_000, rel=0.15)


def test_a_gain_is_a_straight_line_and_a_clipper_bends_it() -> None:
    straight, bent = (curves.transfer("t", NOISE, wet, 0) for wet in (7.0 * NOISE, np.tanh(20 * NOISE)))
    np.testing.assert_allclose(straight.y, straight.x, atol=1e-4)
    assert np.interp(0.25, bent.x, bent.y) > 0.9


def test_level_follows_level_but_not_through_a_limiter() -> None:
    clean, limited = (curves.levels("l", SWELLING, wet, RATE, 0) for wet in (3 * SWELLING, np.sign(SWELLING)))
    slopes = [np.nanmean(np.diff(curve.y)) / curves.STEP_DB for curve in (clean, limited)]
    assert slopes == pytest.approx([1.0, 0.0], abs=0.06)


def test_silence_and_a_short_signal_are_drawn_as_well() -> None:
    silent = np.zeros(100, np.float32)
    assert np.isfinite(curves.spectrum("s", silent, RATE, 0).y).all()
    assert np.isfinite(curves.transfer("s", silent, silent, 0).y).all()
    assert curves.levels("s", silent, silent, RATE, 0).y.size > 0
