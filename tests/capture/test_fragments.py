"""Fragments of one track are put together again; other takes are left as they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from recording import RATE, delayed, playing, through

from training.datasets import split_capture
from zoo.audio import read_audio, write_audio
from zoo.capture import Capture, load_capture
from zoo.capture.findings import Finding
from zoo.capture.fragments import continuity, join_fragments, overlapping
from zoo.capture.takes import Recording


def cut(signal: np.ndarray, length: int, hop: int | None = None) -> list[np.ndarray]:
    return [signal[start : start + length] for start in range(0, signal.size - length + 1, hop or length)]


def recordings(drys: list[np.ndarray], wets: list[np.ndarray]) -> list[Recording]:
    return [
        Recording(f"f{i}", wet, RATE, dry, RATE) for i, (dry, wet) in enumerate(zip(drys, wets, strict=True))
    ]


@pytest.mark.parametrize(("length", "hop"), [(RATE, RATE), (RATE, RATE // 2), (RATE // 2, RATE // 8)])
def test_fragments_become_the_track_they_were_cut_from(length: int, hop: int) -> None:
    dry, wet = playing(), through("distortion", playing())
    findings: list[Finding] = []
    whole = join_fragments(recordings(cut(dry, length, hop), cut(wet, length, hop)), findings)
    joined = np.concatenate([take.dry for take in whole if take.dry is not None])
    assert len(whole) < 4
    np.testing.assert_array_equal(joined, dry[: joined.size])
    np.testing.assert_array_equal(np.concatenate([take.wet for take in whole]), wet[: joined.size])
    assert joined.size > dry.size - length
    assert {finding.code for finding in findings} == {"fragments"}


def test_fragments_in_another_order_are_not_joined() -> None:
    pieces = cut(playing(), RATE // 2)
    order = [3, 8, 1, 6, 0, 9, 4, 7, 2]
    takes = recordings([pieces[i] for i in order], [pieces[i] for i in order])
    findings: list[Finding] = []
    assert join_fragments(takes, findings) == takes
    assert not findings


@pytest.mark.parametrize("quiet", [0.0, 1e-4])
def test_silence_and_noise_prove_nothing(quiet: float) -> None:
    a, b = (quiet * np.random.default_rng(i).standard_normal((2, RATE)).astype(np.float32) for i in (0, 1))
    assert continuity(a[0], b[0]) == "unclear"
    assert overlapping(a[0], b[0]) == 0


def test_an_overlap_is_found_behind_a_silent_start() -> None:
    silence, dry = np.zeros(5_000, np.float32), playing()[:20_000]
    a = np.concatenate([dry, silence, dry[:9_000]])
    b = np.concatenate([silence, dry])
    assert overlapping(a, b) == 14_000


def test_fragments_whose_sides_differ_in_length_are_left_alone() -> None:
    pieces = cut(playing(), RATE)
    takes = recordings(pieces, [piece[:-10] for piece in pieces])
    assert join_fragments(takes, []) == takes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Half-second fragments of a late, distorted track, numbered without leading zeros."""
    dry = playing(seconds=9.0)
    wet = delayed(through("distortion", dry), 37)[: dry.size]
    for side, signal in (("dry", dry), ("wet", wet)):
        for i, piece in enumerate(cut(signal, RATE // 2)):
            write_audio(tmp_path / f"fragment{i}.{side}.wav", piece[None], RATE, encoding="FLOAT")
    return tmp_path


def test_a_folder_of_fragments_is_aligned_as_a_whole_and_split_in_time(folder: Path) -> None:
    capture = load_capture(folder)
    assert _latency(capture) == [pytest.approx(37, abs=1)]
    assert len(capture.takes) < 4
    split = split_capture(capture)
    train, test = (np.concatenate(part.dry) for part in (split.train, split.test))
    assert train.size + test.size == pytest.approx(0.8 * capture.wet.size, rel=0.01)
    assert not _share(train, test)


def _share(a: np.ndarray, b: np.ndarray, length: int = 64) -> bool:
    """Whether any stretch of ``b`` that can be heard is found in ``a``."""
    stretches = {a[i : i + length].tobytes() for i in range(a.size - length)}
    starts = range(0, b.size - length, length)
    return any(
        b[i : i + length].tobytes() in stretches for i in starts if np.abs(b[i : i + length]).max() > 1e-3
    )


def test_a_real_track_in_overlapping_fragments_is_whole_again(data: Path, tmp_path: Path) -> None:
    stem = data / "captures" / "boss-ds1" / "val"
    for side in ("dry", "wet"):
        audio = read_audio(f"{stem}.{side}.wav")
        (tmp_path / side).mkdir()
        for i, piece in enumerate(cut(audio.samples[0], 2 * 48_000, 48_000)):
            write_audio(tmp_path / side / f"{i}.wav", piece[None], audio.sample_rate, encoding="FLOAT")
    capture, whole = load_capture(tmp_path), load_capture(dry=f"{stem}.dry.wav", wet=f"{stem}.wet.wav")
    assert capture.name == tmp_path.name
    assert len(capture.takes) == 1
    assert capture.dry is not None
    assert whole.dry is not None
    np.testing.assert_array_equal(capture.dry[:48_000], whole.dry[:48_000])
    assert _latency(capture) == _latency(whole)


def _latency(capture: Capture) -> list[float]:
    return [f.numbers["latency_samples"] for f in capture.findings if f.code == "latency"]
