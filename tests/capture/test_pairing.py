"""Dry against wet: wrong pairs, swapped sides, copies, lengths, dropouts."""

from __future__ import annotations

import numpy as np
from recording import RATE, delayed, playing, through

from zoo.capture.alignment import Alignment
from zoo.capture.findings import Finding, Severity
from zoo.capture.pairing import check_lengths, check_pair, check_takes

ALIGNED = Alignment(latency_samples=0, inverted=False, distinctness=10.0)


def found(dry: np.ndarray, wet: np.ndarray) -> dict[str, Finding]:
    findings = check_pair(dry.astype(np.float32), wet.astype(np.float32), ALIGNED, RATE, "take")
    return {finding.code: finding for finding in findings}


def test_a_sound_pair_shows_only_its_gain() -> None:
    findings = found(playing(), through("distortion", playing()))
    assert set(findings) == {"gain"}
    assert findings["gain"].severity is Severity.NOTE


def test_swapped_sides_betray_themselves_by_wider_levels() -> None:
    finding = found(through("distortion", playing()), playing())["swapped"]
    assert finding.severity is Severity.WARNING
    assert finding.numbers["level_spread_ratio"] > 1.25


def test_a_clean_device_is_never_called_swapped() -> None:
    assert "swapped" not in found(through("clean", playing()), playing())


def test_a_bypassed_device_is_a_copy_with_its_gain() -> None:
    finding = found(playing(), 0.5 * playing())["copy"]
    assert round(finding.numbers["gain_db"], 2) == -6.02


def test_a_gain_of_40_db_is_a_mismatch() -> None:
    assert found(playing(), 0.01 * playing())["gain"].severity is Severity.WARNING


def test_a_dropout_is_found_where_it_is() -> None:
    wet = through("distortion", playing()).copy()
    wet[RATE : RATE + RATE // 2] = 0
    finding = found(playing(), wet)["dropout"]
    assert 0.9 <= finding.numbers["at_seconds"] <= 1.1
    assert 0.3 <= finding.numbers["seconds"] <= 0.5


def test_a_latency_alone_is_no_mismatch_of_lengths() -> None:
    wet = delayed(playing(), -4410)
    assert list(check_lengths(playing().size, wet.size, -4410, RATE, "take")) == []


def test_a_second_without_partner_is_a_mismatch() -> None:
    [finding] = check_lengths(10 * RATE, 11 * RATE + 9, 9, RATE, "take")
    assert finding.numbers["left_over_samples"] == RATE
    assert "the wet signal of take is longer: 1.0 s" in finding.sentence


def test_takes_20_db_apart_are_not_of_one_setting() -> None:
    [finding] = check_takes([playing(), 0.1 * playing()], ["first", "second"])
    assert "first is 20 dB louder than that of second" in finding.sentence
    assert list(check_takes([playing(), 0.5 * playing()], ["first", "second"])) == []
