"""Audio files: what is written is read again, whole or in blocks; what is no audio is refused by name."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from zoo.audio import (
    open_audio,
    read_audio,
    read_frames,
    resample,
    resampler,
    write_audio,
    write_frames,
    writing_audio,
)
from zoo.errors import AudioError, BadRequest, WriteError

RATE = 48_000
TONE = (0.5 * np.sin(2 * np.pi * 1000 / RATE * np.arange(4800))).astype(np.float32)


@pytest.mark.parametrize(
    ("name", "encoding", "step"),
    [
        ("a.wav", "PCM_16", 2**-15),
        ("a.wav", "PCM_24", 2**-23),
        ("a.wav", "PCM_32", 2**-24),
        ("a.wav", "FLOAT", 0.0),
        ("a.flac", "PCM_16", 2**-15),
        ("a.flac", "PCM_24", 2**-23),
        ("a.aif", "PCM_24", 2**-23),
    ],
)
def test_a_round_trip_keeps_samples_to_one_step_of_the_encoding(
    tmp_path: Path, name: str, encoding: str, step: float
) -> None:
    stereo = np.stack([TONE, -TONE])
    write_audio(tmp_path / name, stereo, RATE, encoding=encoding)
    audio = read_audio(tmp_path / name)
    assert (audio.sample_rate, audio.encoding, audio.channels, audio.seconds) == (RATE, encoding, 2, 0.1)
    assert np.abs(audio.samples - stereo).max() <= step
    assert audio.samples.dtype == np.float32


def test_mp3_is_read_in_time(tmp_path: Path) -> None:
    write_audio(tmp_path / "a.mp3", TONE, RATE, encoding="MPEG_LAYER_III")
    audio = read_audio(tmp_path / "a.mp3")
    assert audio.encoding == "MPEG_LAYER_III"
    assert np.abs(audio.mono()[480:4320] - TONE[480:4320]).max() < 0.01


def test_mono_is_the_mean_of_the_channels(tmp_path: Path) -> None:
    write_audio(tmp_path / "a.wav", np.array([[0.5, 0.0], [0.25, -1.0]]), RATE, encoding="FLOAT")
    assert read_audio(tmp_path / "a.wav").mono().tolist() == [0.375, -0.5]


@pytest.mark.parametrize("encoding", ["PCM_24", "FLOAT"])
def test_the_same_samples_make_the_same_bytes_and_no_time_stamp(tmp_path: Path, encoding: str) -> None:
    for name in ("a.wav", "b.wav"):
        write_audio(tmp_path / name, TONE, RATE, encoding=encoding)
    content = (tmp_path / "a.wav").read_bytes()
    assert content == (tmp_path / "b.wav").read_bytes()
    assert b"PEAK" not in content


def test_float_keeps_what_lies_beyond_full_scale_and_24_bits_saturate(tmp_path: Path) -> None:
    write_audio(tmp_path / "f.wav", np.array([2.0, -2.0]), RATE, encoding="FLOAT")
    write_audio(tmp_path / "i.wav", np.array([2.0, -2.0]), RATE)
    assert read_audio(tmp_path / "f.wav").mono().tolist() == [2.0, -2.0]
    assert read_audio(tmp_path / "i.wav").mono().tolist() == [1 - 2**-23, -1.0]


def test_blocks_written_and_read_are_the_whole(tmp_path: Path) -> None:
    with writing_audio(tmp_path / "a.wav", RATE, encoding="FLOAT") as file:
        for start in range(0, 4800, 700):
            write_frames(file, TONE[start : start + 700, None])
    with open_audio(tmp_path / "a.wav") as file:
        blocks = []
        while len(block := read_frames(file, "a.wav", 1000)):
            blocks.append(block)
    assert np.array_equal(np.concatenate(blocks)[:, 0], TONE)


def test_an_interrupted_write_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    write_audio(tmp_path / "a.wav", TONE, RATE)
    before = (tmp_path / "a.wav").read_bytes()

    def interrupted() -> None:
        with writing_audio(tmp_path / "a.wav", RATE) as file:
            write_frames(file, TONE[:100, None])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]
    assert (tmp_path / "a.wav").read_bytes() == before


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def too_short(self: object, data: np.ndarray) -> None:
        raise AssertionError

    monkeypatch.setattr("soundfile.SoundFile.write", too_short)
    with pytest.raises(WriteError, match="No space left"):
        write_audio(tmp_path / "a.wav", TONE, RATE)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="No such file or directory"):
        write_audio(tmp_path / "none" / "a.wav", TONE, RATE)


@pytest.mark.parametrize(("name", "encoding"), [("a.txt", "PCM_24"), ("a", "PCM_24"), ("a.flac", "FLOAT")])
def test_a_name_that_cannot_hold_the_audio_is_refused(tmp_path: Path, name: str, encoding: str) -> None:
    with pytest.raises(BadRequest, match=f"cannot hold {encoding}"):
        write_audio(tmp_path / name, TONE, RATE, encoding=encoding)
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_audio_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "empty.wav").touch()
    (tmp_path / "noise.wav").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "sound.raw").write_bytes(bytes(1000))
    write_audio(tmp_path / "header.wav", np.zeros(0), RATE)
    for name, reason in (
        ("none.wav", "does not exist"),
        ("empty.wav", "is an empty file"),
        ("noise.wav", "is not audio"),
        ("sound.raw", "is not audio"),
        ("header.wav", "holds no samples"),
        ("", "is a folder"),
    ):
        with pytest.raises(AudioError, match=reason):
            read_audio(tmp_path / name)


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    with pytest.raises(AudioError, match="is no regular file"):
        read_audio(tmp_path / "pipe.wav")


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(AudioError, match=r"cannot be read \(Permission denied\); check its permissions"):
        read_audio(tmp_path / "a.wav")


def test_more_than_an_hour_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with writing_audio(tmp_path / "a.flac", 8000, encoding="PCM_16") as file:
        for _ in range(61):
            write_frames(file, np.zeros((60 * 8000, 1), np.float32))
    with pytest.raises(AudioError, match="lasts 61 minutes"):
        read_audio(tmp_path / "a.flac")


def test_a_header_that_promises_more_than_there_is_does_not_fill_the_memory(tmp_path: Path) -> None:
    write_audio(tmp_path / "a.wav", TONE, RATE, encoding="PCM_16")
    content = bytearray((tmp_path / "a.wav").read_bytes())
    at = content.index(b"data") + 4
    content[at : at + 4] = b"\xf0\xff\xff\xff"
    (tmp_path / "a.wav").write_bytes(content)
    assert read_audio(tmp_path / "a.wav").samples.shape[1] <= 4800


def test_resampling_keeps_a_tone_in_place() -> None:
    at_44 = resample(TONE, RATE, 44_100)
    expected = 0.5 * np.sin(2 * np.pi * 1000 / 44_100 * np.arange(4410))
    assert at_44.size == 4410
    assert np.abs(at_44 - expected)[200:-200].max() < 1e-4


def test_the_same_rate_changes_nothing() -> None:
    assert resample(TONE, RATE, RATE) is TONE


def test_a_stream_resampled_in_blocks_is_the_whole_resampled() -> None:
    stream = resampler(RATE, 44_100, 1)
    blocks = [stream.resample_chunk(TONE[i : i + 960, None], last=i == 3840) for i in range(0, 4800, 960)]
    streamed = np.concatenate(blocks)[:, 0]
    assert np.abs(streamed - resample(TONE, RATE, 44_100)[: streamed.size]).max() < 1e-5
