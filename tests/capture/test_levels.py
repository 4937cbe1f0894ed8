"""What one signal shows by itself, and what a pause shows of the device."""

from __future__ import annotations

import numpy as np
import pytest
from recording import RATE, noise, playing, through

from zoo.capture.findings import Finding, Severity, Verdict, error, note, verdict, warning
from zoo.capture.levels import check_levels, decibels, flat_tops
from zoo.capture.noise import check_noise, find_pause, hum_level


def found(signal: np.ndarray, side: str = "wet") -> dict[str, Finding]:
    return {f.code: f for f in check_levels(np.asarray(signal, np.float32), side, RATE, "take")}  # type: ignore[arg-type]


def test_clean_playing_has_nothing_to_be_said() -> None:
    assert found(playing(), "dry") == {}


def test_the_verdict_is_that_of_the_worst_finding() -> None:
    n, w, e = note("a", "a"), warning("b", "b"), error("c", "c")
    assert verdict([]) is verdict([n]) is Verdict.READY
    assert verdict([n, w]) is Verdict.CARE
    assert verdict([w, e, n]) is Verdict.UNUSABLE


@pytest.mark.parametrize("samples", [1, RATE // 2 - 1])
def test_less_than_half_a_second_is_an_error_and_the_only_one(samples: int) -> None:
    findings = found(np.zeros(samples))
    assert list(findings) == ["short-wet"]
    assert findings["short-wet"].severity is Severity.ERROR
    assert findings["short-wet"].numbers["samples"] == samples


def test_silence_is_an_error() -> None:
    findings = found(np.zeros(RATE), "dry")
    assert list(findings) == ["silent-dry"]
    assert "check the cable" in findings["silent-dry"].sentence


def test_a_peak_of_minus_46_db_is_too_low() -> None:
    assert found(playing() / np.abs(playing()).max() * 0.005)["low-wet"].numbers[
        "peak_dbfs"
    ] == pytest.approx(-46.02, abs=0.01)


def test_a_take_cut_off_at_full_scale_is_clipped() -> None:
    clipped = np.clip(playing() * 8, -1, 32767 / 32768)
    finding = found(clipped)["clipped-wet"]
    assert finding.severity is Severity.WARNING
    assert finding.numbers["flat_tops"] > 5


def test_a_clipped_dry_take_that_was_turned_down_is_still_found() -> None:
    assert "turned down" in found(np.clip(playing() * 8, -1, 1) * 0.5, "dry")["clipped-dry"].sentence


def test_flat_tops_of_a_wet_signal_below_full_scale_may_be_the_device() -> None:
    finding = found(np.clip(playing() * 8, -1, 1) * 0.5)["flat-wet"]
    assert finding.severity is Severity.NOTE


def test_the_plateau_of_an_analogue_distortion_is_no_clipping() -> None:
    wet = through("distortion", playing())
    assert not {"clipped-wet", "flat-wet"} & found(wet / np.abs(wet).max()).keys()


def test_a_sine_at_full_scale_is_no_clipping() -> None:
    sine = np.sin(2 * np.pi * 82.4 / RATE * np.arange(2 * RATE))
    sixteen_bits = np.round(sine * 32767) / 32768
    assert found(sixteen_bits) == {}


def test_flat_tops_count_runs_of_three_at_either_extreme() -> None:
    assert flat_tops(np.array([0, 1, 1, 0, 1, 1, 1, 0, -1, -1, -1, -1], np.float32)) == (2, 7)


def test_a_dc_offset_of_a_hundredth_is_found() -> None:
    assert found(playing() + 0.01)["dc-wet"].numbers["offset"] == pytest.approx(0.01, abs=1e-3)


def test_six_seconds_of_silence_are_worth_a_note() -> None:
    finding = found(np.concatenate([playing(), np.zeros(6 * RATE)]))["pause-wet"]
    assert finding.severity is Severity.NOTE
    assert finding.numbers["longest_seconds"] == pytest.approx(6.0, abs=0.1)


@pytest.mark.parametrize(("amplitude", "db"), [(1.0, 0.0), (0.1, -20.0), (0.0, -200.0)])
def test_decibels_are_of_amplitudes(amplitude: float, db: float) -> None:
    assert decibels(amplitude) == pytest.approx(db)


def with_pause(addition: np.ndarray | float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Dry with a second of pause behind it, and a device's output with ``addition`` throughout."""
    dry = np.concatenate([playing(), np.zeros(RATE, np.float32)])
    wet = np.concatenate([through("distortion", playing()), np.zeros(RATE, np.float32)])
    return dry, (wet + addition).astype(np.float32)


def hum(hz: float, size: int) -> np.ndarray:
    """A mains hum of 0.01 with a third and a fifth harmonic at a half and a quarter of it."""
    t = np.arange(size) / RATE
    return sum(0.01 / 2**k * np.sin(2 * np.pi * (2 * k + 1) * hz * t) for k in range(3))


@pytest.mark.parametrize("mains", [50.0, 60.0])
def test_hum_is_told_by_its_mains_frequency_and_measured(mains: float) -> None:
    dry, wet = with_pause()
    wet = (wet + hum(mains, wet.size) + noise(wet.size, -70)).astype(np.float32)
    findings = {f.code: f for f in check_noise(wet, dry, RATE, "take")}
    assert findings["hum"].numbers["mains_hz"] == mains
    rms = 0.01 * np.sqrt((1 + 1 / 4 + 1 / 16) / 2)  # -41.8 dBFS
    assert findings["hum"].numbers["hum_dbfs"] == pytest.approx(20 * np.log10(rms), abs=0.5)


def test_a_noise_floor_is_measured_in_the_pause_and_is_no_hum() -> None:
    dry, wet = with_pause(noise(7 * RATE, -60))
    findings = {f.code: f for f in check_noise(wet, dry, RATE, "take")}
    assert set(findings) == {"noise"}
    assert findings["noise"].numbers["floor_dbfs"] == pytest.approx(-60, abs=0.3)
    assert findings["noise"].severity is Severity.NOTE


def test_a_floor_20_db_below_the_playing_is_a_warning() -> None:
    dry, wet = with_pause()
    level = 20 * np.log10(np.sqrt(np.mean(wet**2)))
    wet = wet + noise(wet.size, level - 20)
    [finding] = check_noise(wet, dry, RATE, "take")
    assert finding.severity is Severity.WARNING


def test_a_low_string_is_no_hum() -> None:
    ringing = np.sin(2 * np.pi * 49.0 / RATE * np.arange(RATE)) * 0.01  # the open G of a bass
    assert hum_level(ringing.astype(np.float32), RATE, 50.0) == 0.0


def test_without_a_pause_nothing_is_said() -> None:
    steady = np.sin(2 * np.pi * 110 / RATE * np.arange(2 * RATE)).astype(np.float32)
    assert find_pause(steady, steady, RATE) is None
    assert list(check_noise(steady, steady, RATE, "take")) == []


def test_a_wet_only_take_shows_its_noise_in_a_steady_pause() -> None:
    _, wet = with_pause(noise(7 * RATE, -60))
    pause = find_pause(wet, None, RATE)
    assert pause is not None
    assert pause.start >= 5.5 * RATE
