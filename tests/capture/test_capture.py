"""Captures whole: every form gives the same signals, what is wrong is refused, what can be repaired is."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from recording import RATE, delayed, noise, playing, through

from zoo.audio import resample, write_audio
from zoo.capture import Capture, inspect_capture, load_capture
from zoo.capture.findings import Verdict
from zoo.errors import AudioError, BadRequest, CaptureError


def write(
    folder: Path, dry: np.ndarray, wet: np.ndarray, name: str = "t", **options: object
) -> dict[str, Path]:
    files = {"dry": folder / f"{name}.dry.wav", "wet": folder / f"{name}.wet.wav"}
    write_audio(files["dry"], dry, RATE, **options)  # type: ignore[arg-type]
    write_audio(files["wet"], wet, RATE, **options)  # type: ignore[arg-type]
    return files


def codes(capture: Capture) -> set[str]:
    return {finding.code for finding in capture.findings}


@pytest.fixture(scope="module")
def late() -> np.ndarray:
    """The device's output, 149 samples late and turned over, with a little noise."""
    wet = delayed(-through("asymmetric", playing()), 149)
    return wet + noise(wet.size, -80)


def test_two_files_a_stereo_file_and_a_folder_are_the_same_capture(tmp_path: Path, late: np.ndarray) -> None:
    files = write(tmp_path, playing(), late)
    both = np.stack([playing(), late[: playing().size]])
    (tmp_path / "stereo").mkdir()
    write_audio(tmp_path / "stereo" / "t.wav", both, RATE)
    two, folder, stereo = (
        load_capture(**files),
        load_capture(tmp_path),
        load_capture(tmp_path / "stereo" / "t.wav"),
    )
    assert two.dry is not None
    assert two.wet.size == playing().size
    assert np.array_equal(two.wet, folder.wet)
    assert np.array_equal(two.wet[: stereo.wet.size], stereo.wet)
    assert (two.name, folder.name, stereo.name) == ("t", tmp_path.name, "t")


def test_wet_is_moved_into_place_and_turned_over(tmp_path: Path, late: np.ndarray) -> None:
    capture = load_capture(**write(tmp_path, playing(), late))
    assert {"latency", "inverted"} <= codes(capture)
    device = through("asymmetric", playing())
    assert np.abs(capture.wet - device).max() < 0.001  # the noise, 4.5 sigma of -80 dBFS


@pytest.mark.parametrize("encoding", ["PCM_16", "PCM_24", "PCM_32", "FLOAT"])
def test_every_encoding_loads(tmp_path: Path, late: np.ndarray, encoding: str) -> None:
    capture = load_capture(**write(tmp_path, playing(), late, encoding=encoding))
    assert capture.verdict is Verdict.READY


def test_mp3_loads(tmp_path: Path, late: np.ndarray) -> None:
    write_audio(tmp_path / "a.dry.mp3", playing(), RATE, encoding="MPEG_LAYER_III")
    write_audio(tmp_path / "a.wet.mp3", late, RATE, encoding="MPEG_LAYER_III")
    [latency] = [f for f in load_capture(tmp_path).findings if f.code == "latency"]
    assert latency.numbers["latency_samples"] == pytest.approx(149, abs=3)


@pytest.mark.parametrize("form", ["pair", "stereo"])
def test_clipping_that_an_mp3_has_made_round_is_found_by_its_peaks(
    tmp_path: Path, late: np.ndarray, form: str
) -> None:
    clipped, dry = np.clip(4 * late, -1, 1)[: playing().size], 0.5 * playing()
    if form == "stereo":
        write_audio(tmp_path / "a.mp3", np.stack([dry, clipped]), RATE, encoding="MPEG_LAYER_III")
    else:
        write_audio(tmp_path / "a.dry.mp3", dry, RATE, encoding="MPEG_LAYER_III")
        write_audio(tmp_path / "a.wet.mp3", clipped, RATE, encoding="MPEG_LAYER_III")
    found = {f.code: f for f in load_capture(tmp_path).findings}
    assert "clipped-dry" not in found
    assert found["clipped-wet"].numbers["peak"] > 1.0
    assert "goes beyond full scale in " in found["clipped-wet"].sentence


def test_wet_alone_has_no_dry_and_is_ready(tmp_path: Path, late: np.ndarray) -> None:
    files = write(tmp_path, playing(), late)
    capture = load_capture(wet=files["wet"])
    assert capture.dry is None
    assert capture.wet.size == late.size
    assert capture.verdict is Verdict.READY


def test_takes_are_joined_and_their_boundaries_kept(tmp_path: Path) -> None:
    for name, seed, seconds in (("a", 1, 6.0), ("b", 2, 3.0)):
        dry = playing(seed, seconds)
        write(tmp_path, dry, delayed(through("asymmetric", dry), -9), name)
    capture = load_capture(tmp_path)
    assert [(take.name, take.start, take.stop) for take in capture.takes] == [
        ("a", 0, 6 * RATE - 9),
        ("b", 6 * RATE - 9, 9 * RATE - 18),
    ]
    assert capture.wet.size == 9 * RATE - 18


def test_takes_with_latencies_of_their_own_are_each_moved_by_theirs(tmp_path: Path) -> None:
    for name, seed, latency in (("a", 1, 9), ("b", 2, 500)):
        write(tmp_path, playing(seed), delayed(through("asymmetric", playing(seed)), latency), name)
    found = {
        f.take: f.numbers["latency_samples"] for f in load_capture(tmp_path).findings if f.code == "latency"
    }
    assert found == {"a": 9, "b": 500}


def test_rates_that_differ_are_resampled_to_the_wet_one_and_said(tmp_path: Path) -> None:
    write_audio(tmp_path / "a.dry.wav", resample(playing(), RATE, 44_100), 44_100)
    write_audio(tmp_path / "a.wet.wav", through("asymmetric", playing()), RATE)
    capture = load_capture(tmp_path)
    assert capture.sample_rate == RATE
    assert "the dry signal of a was resampled from 44100 to 48000 Hz" in {
        f.sentence for f in capture.findings
    }
    assert capture.dry is not None
    assert np.abs(capture.dry[RATE:-RATE] - playing()[RATE : capture.dry.size - RATE]).max() < 0.01


def test_a_wanted_rate_is_given(tmp_path: Path, late: np.ndarray) -> None:
    capture = load_capture(**write(tmp_path, playing(), late), sample_rate=44_100)
    assert capture.sample_rate == 44_100
    assert capture.wet.size == pytest.approx(playing().size * 44.1 / 48, abs=3)


def test_drift_is_undone_and_said(tmp_path: Path) -> None:
    dry = playing(1, 12.0)
    wet = resample(through("asymmetric", dry), RATE, RATE * (1 + 100e-6))
    capture = load_capture(**write(tmp_path, dry, wet + noise(wet.size, -80)))
    [drift] = [f for f in capture.findings if f.code == "drift"]
    assert drift.numbers["ppm"] == pytest.approx(100, abs=3)
    error = capture.wet - through("asymmetric", dry)[: capture.wet.size]
    assert np.mean(error**2) < 0.01 * np.mean(capture.wet**2)


def test_the_same_files_give_the_same_bytes(tmp_path: Path, late: np.ndarray) -> None:
    files = write(tmp_path, playing(), late)
    once, again = load_capture(**files), load_capture(**files)
    assert once.wet.tobytes() == again.wet.tobytes()
    assert once.findings == again.findings


def test_signals_are_read_only(tmp_path: Path, late: np.ndarray) -> None:
    assert not load_capture(**write(tmp_path, playing(), late)).wet.flags.writeable


# What is refused; `inspect_capture` still shows it.


def refused(code: str, **files: Path) -> None:
    capture = inspect_capture(**files)
    assert code in codes(capture)
    assert capture.verdict is Verdict.UNUSABLE
    sentence = next(f.sentence for f in capture.findings if f.code == code)
    with pytest.raises(CaptureError, match=sentence[:20]):
        load_capture(**files)


def test_dry_and_wet_of_different_takes_are_refused(tmp_path: Path) -> None:
    refused("unrelated", **write(tmp_path, playing(1), through("distortion", playing(2))))


def test_a_silent_wet_is_refused(tmp_path: Path) -> None:
    refused("silent-wet", **write(tmp_path, playing(), np.zeros(playing().size, np.float32)))


def test_one_sample_is_refused(tmp_path: Path) -> None:
    refused("short-dry", **write(tmp_path, playing()[:1], playing()[:1]))


def test_swapped_sides_are_a_warning(tmp_path: Path) -> None:
    capture = inspect_capture(**write(tmp_path, through("distortion", playing()), playing()))
    assert "swapped" in codes(capture)
    assert capture.verdict is Verdict.CARE


def test_a_clipped_take_is_a_warning(tmp_path: Path) -> None:
    wet = np.clip(8 * playing(), -1, 32767 / 32768)
    capture = inspect_capture(**write(tmp_path, playing(), wet, encoding="PCM_16"))
    assert "clipped-wet" in codes(capture)


def test_missing_empty_and_foreign_files_are_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "text.wav").write_text("this is not audio, whatever its name says")
    for name, reason in (("none", "does not exist"), ("empty", "is an empty file"), ("text", "is not audio")):
        with pytest.raises(AudioError, match=rf"{name}\.wav: {reason}"):
            load_capture(tmp_path / f"{name}.wav")


def test_nan_is_refused(tmp_path: Path) -> None:
    damaged = playing().copy()
    damaged[24_000] = np.nan
    write_audio(tmp_path / "a.wav", damaged, RATE, encoding="FLOAT")
    with pytest.raises(AudioError, match=r"holds NaN or infinity 0\.500 s in"):
        load_capture(tmp_path / "a.wav")


def test_takes_of_more_than_an_hour_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zoo.capture.MAX_SECONDS", 10)
    for name in ("a", "b"):
        write_audio(tmp_path / f"{name}.wet.wav", playing(), RATE)
    with pytest.raises(CaptureError, match="last more than"):
        load_capture(tmp_path)


def test_an_absurd_rate_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="44 Hz is out of bounds"):
        load_capture(tmp_path / "a.wav", sample_rate=44)
    path = tmp_path / "b.wav"
    write_audio(path, playing(), RATE)
    header = bytearray(path.read_bytes())
    header[24:28] = struct.pack("<I", 2_000_000_000)
    path.write_bytes(header)
    with pytest.raises(AudioError, match="sample rate of 2000000000 Hz"):
        load_capture(path)
