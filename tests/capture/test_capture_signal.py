"""The capture signal is the same at every rate, and its ruler of blips is found wherever it went."""

from __future__ import annotations

from functools import cache
from itertools import combinations

import numpy as np
import pytest
from recording import noise

from training.circuits import find_circuit
from zoo.audio import read_audio, resample, write_audio
from zoo.capture import inspect_capture
from zoo.capture.findings import Verdict
from zoo.capture.recognition import latency_by_blips
from zoo.capture_signal import assemble, capture_signal, phrases
from zoo.capture_signal.ruler import BLIP_CENTRE, FIRST_BLIP_SECONDS, MARKS, find_ruler, locate_ruler
from zoo.errors import BadRequest
from zoo.playing import Phrase, perform

RATE = 48_000
FIRST = round(FIRST_BLIP_SECONDS * RATE) + BLIP_CENTRE


@cache
def short(rate: int = RATE) -> np.ndarray:
    """The signal with two of its phrases."""
    signal = assemble(phrases()[:2], rate)
    signal.setflags(write=False)
    return signal


@cache
def wet(circuit: str = "green-overdrive", **knobs: float) -> np.ndarray:
    """The signal's first eight seconds through a device."""
    played = find_circuit(circuit).at(**knobs)(short()[: 8 * RATE], RATE)
    played.setflags(write=False)
    return played


@pytest.fixture
def only_two_phrases(monkeypatch: pytest.MonkeyPatch) -> None:
    """The full signal takes long to play."""
    monkeypatch.setattr("zoo.capture_signal.phrases", lambda: phrases()[:2])


def late(signal: np.ndarray, samples: int) -> np.ndarray:
    moved = np.concatenate([np.zeros(max(samples, 0), np.float32), signal[max(-samples, 0) :]])
    return moved + noise(moved.size, -85.0)


def test_it_lasts_three_minutes_and_plays_every_style_at_many_levels() -> None:
    seconds = short().size / RATE + sum(phrase.seconds for phrase in phrases()[2:])
    assert 170 < seconds < 190
    assert len({phrase.style for phrase in phrases()}) == 7
    assert len({phrase.peak_db for phrase in phrases()}) >= 5
    assert len({phrase.seed for phrase in phrases()}) == len(phrases())


def test_it_is_deterministic_on_the_24_bit_grid_and_below_full_scale() -> None:
    again = assemble(phrases()[:2], RATE)
    assert np.array_equal(again, short())
    assert np.array_equal(np.round(again.astype(np.float64) * 2**23) / 2**23, again)
    assert 0.85 < np.abs(again).max() < 1.0


def test_it_is_the_same_sound_at_44100_hz() -> None:
    other = resample(short(44_100), 44_100, RATE)
    size = min(other.size, short().size)
    beyond = slice(3 * RATE, size)  # the blips are sharper at a higher rate
    difference = other[beyond] - short()[beyond]
    assert np.sum(difference**2) < 0.02 * np.sum(short()[beyond] ** 2)  # the sweep's last octave apart


def test_an_absurd_rate_is_refused() -> None:
    with pytest.raises(BadRequest, match="out of bounds"):
        capture_signal(1000)


def test_no_two_distances_on_the_ruler_are_equal() -> None:
    distances = [b - a for a, b in combinations(MARKS, 2)]
    assert len(set(distances)) == len(distances)


@pytest.mark.parametrize("gain", [1.0, -0.03])
@pytest.mark.parametrize(("made_at", "read_at"), [(48_000, 48_000), (44_100, 48_000), (48_000, 96_000)])
def test_the_ruler_is_located_at_any_level_and_after_resampling(
    gain: float, made_at: int, read_at: int
) -> None:
    heard = resample(gain * short(made_at)[: 4 * made_at], made_at, read_at)
    first = (round(FIRST_BLIP_SECONDS * made_at) + BLIP_CENTRE) * read_at / made_at
    assert locate_ruler(heard, read_at) == pytest.approx(first, abs=1)


def test_playing_and_noise_hold_no_ruler() -> None:
    riff = perform(Phrase("funk", "single-coil-bridge", seed=3, seconds=6.0), RATE)
    for signal in (riff, noise(6 * RATE, -20.0), np.zeros(6 * RATE, np.float32), short()[4 * RATE :]):
        assert find_ruler(signal, RATE) is None
        assert locate_ruler(signal, RATE) is None


@pytest.mark.parametrize("latency", [0, 137, -300, 9000])
def test_the_latency_of_a_plain_wire_is_measured_to_the_sample(latency: int) -> None:
    assert latency_by_blips(short(), late(0.3 * short()[: 8 * RATE], latency), RATE) == latency


@pytest.mark.parametrize(
    ("circuit", "knobs", "error"),
    [
        ("green-overdrive", {"drive": 8.0}, 1),
        ("cabinet", {}, 1),
        ("silicon-fuzz", {"drive": 10.0}, 2),
    ],
)
def test_the_latency_of_a_device_is_measured_to_the_sample_or_two(
    circuit: str, knobs: dict[str, float], error: int
) -> None:
    played = find_circuit(circuit).at(**knobs)(short()[: 3 * RATE], RATE)
    measured = latency_by_blips(short(), late(played, 137), RATE)
    assert measured is not None
    assert abs(measured - 137) <= error


def test_check_names_the_signal_in_the_dry_channel_and_measures_by_it(tmp_path) -> None:
    write_audio(
        tmp_path / "take.wav", np.stack([0.5 * short()[: 8 * RATE], -late(wet(), 777)[: 8 * RATE]]), RATE
    )
    capture = inspect_capture(tmp_path / "take.wav")
    found = {finding.code: finding for finding in capture.findings}
    assert capture.verdict is Verdict.READY
    assert found["latency"].numbers["latency_samples"] == pytest.approx(777, abs=1)
    assert {"capture-signal", "inverted"} <= found.keys()


@pytest.mark.parametrize("lead", [2 * RATE, -RATE // 4])
def test_a_wet_only_recording_is_paired_with_the_signal_it_must_come_from(
    tmp_path, lead: int, only_two_phrases: None
) -> None:
    write_audio(tmp_path / "take.wav", late(wet(), lead), RATE)
    capture = inspect_capture(tmp_path / "take.wav")
    assert capture.dry is not None
    assert [finding.code for finding in capture.findings].count("capture-signal") == 1
    again = find_circuit("green-overdrive").at()(capture.dry, RATE)
    whole = slice(3 * RATE, min(again.size, 7 * RATE))
    error = np.sum((again[whole] - capture.wet[whole]) ** 2) / np.sum(again[whole] ** 2)
    assert error < 0.03


def test_a_wet_only_recording_of_something_else_stays_wet_only(tmp_path) -> None:
    write_audio(tmp_path / "take.wav", wet()[4 * RATE :], RATE)
    assert inspect_capture(tmp_path / "take.wav").dry is None


def test_a_saved_signal_is_recognised_when_it_comes_back(tmp_path) -> None:
    write_audio(tmp_path / "signal.wav", short(), RATE)
    back = read_audio(tmp_path / "signal.wav").mono()
    assert np.array_equal(back, short())
    assert locate_ruler(back, RATE) == FIRST
