"""Error measures, with values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.errors import SilentTarget
from zoo.metrics import dc_error, esr, pre_emphasise, pre_emphasised_esr, to_db

SIGNAL = np.array([0.5, -0.25, 1.0, 0.0, -0.75])


@pytest.mark.parametrize(("gain", "expected"), [(1.0, 0.0), (0.0, 1.0), (0.5, 0.25), (-1.0, 4.0), (2.0, 1.0)])
def test_esr_of_a_scaled_copy_is_the_squared_gain_error(gain: float, expected: float) -> None:
    assert esr(SIGNAL, gain * SIGNAL) == pytest.approx(expected)


def test_esr_sums_over_samples_before_it_divides() -> None:
    # errors 1 and 0 against a target of 1 and 2: (1 + 0) / (1 + 4)
    assert esr(np.array([1.0, 2.0]), np.array([0.0, 2.0])) == pytest.approx(0.2)


def test_esr_is_not_symmetric() -> None:
    # (2 - 1)^2 / 2^2 one way, (1 - 2)^2 / 1^2 the other
    assert (esr(np.array([2.0]), np.array([1.0])), esr(np.array([1.0]), np.array([2.0]))) == (0.25, 1.0)


def test_esr_of_float32_is_summed_in_float64() -> None:
    target = np.full(10_000_000, 0.1, np.float32)
    assert esr(target, 0.9 * target) == pytest.approx(0.01, rel=1e-5)


@pytest.mark.parametrize("measure", [esr, pre_emphasised_esr, dc_error])
def test_a_silent_target_has_no_ratio(measure: object) -> None:
    with pytest.raises(SilentTarget, match="silent"):
        measure(np.zeros(4), SIGNAL[:4])  # type: ignore[operator]


def test_an_empty_target_has_no_ratio() -> None:
    for measure in (esr, dc_error):
        with pytest.raises(SilentTarget):
            measure(np.zeros(0), np.zeros(0))


def test_pre_emphasis_is_the_difference_to_0_85_of_the_sample_before() -> None:
    assert pre_emphasise(np.array([1.0, 2.0, 0.0])).tolist() == pytest.approx([1.0, 1.15, -1.7])
    assert pre_emphasise(np.array([1.0, 2.0]), 0.5).tolist() == [1.0, 1.5]


def test_pre_emphasis_weighs_treble_more_than_bass() -> None:
    target = np.tile([1.0, 1.0, -1.0, -1.0], 100)
    treble, bass = np.tile([0.1, -0.1], 200), np.full(400, 0.1)
    assert esr(target, target + treble) == pytest.approx(esr(target, target + bass))
    assert pre_emphasised_esr(target, target + treble) > 50 * pre_emphasised_esr(target, target + bass)


@pytest.mark.parametrize(("offset", "expected"), [(0.0, 0.0), (0.5, 0.25), (-0.5, 0.25), (1.0, 1.0)])
def test_dc_error_is_the_squared_offset_over_the_power(offset: float, expected: float) -> None:
    target = np.array([1.0, -1.0, 1.0, -1.0])  # power 1
    assert dc_error(target, target + offset) == pytest.approx(expected)


def test_dc_error_is_blind_to_an_error_without_mean() -> None:
    assert dc_error(np.array([1.0, -1.0]), np.array([3.0, -3.0])) == 0.0


@pytest.mark.parametrize(("ratio", "db"), [(1.0, 0.0), (0.01, -20.0), (2.0, 3.0103), (0.0, -300.0)])
def test_to_db_is_of_powers(ratio: float, db: float) -> None:
    assert to_db(ratio) == pytest.approx(db, abs=1e-4)
