"""Sound for the pedal's program and from it: raw 32-bit floats, full scale = 1.0, channels interleaved."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from zoo.audio import can_hold, default_encoding, read_audio, resample, write_frames, writing_audio
from zoo.errors import BadRequest

CHUNK = 65_536  # frames
BEST = "PCM_24"


def encoding_of(target: Path) -> str:
    """How a file of this name stores a sample.

    Raises:
        BadRequest: there is no such kind of file, or no folder for it.
    """
    encoding = BEST if can_hold(target, BEST) else default_encoding(target)
    if not can_hold(target, encoding):
        raise BadRequest(f"{target.name} is no sound file; give it a name that ends in .wav or .flac")
    if not target.absolute().parent.is_dir():
        raise BadRequest(f"{target.parent} is no folder; make it first")
    return encoding


def pour(recording: Path, target: Path, sample_rate: int) -> int:
    """Write a recording as raw floats; returns its channels, two at most.

    Raises:
        AudioError: it cannot be read.
    """
    audio = read_audio(recording)
    samples = resample(audio.samples[:2], audio.sample_rate, sample_rate)
    np.ascontiguousarray(samples.T).tofile(target)
    return len(samples)


def keep(raw: Path, target: Path, sample_rate: int) -> None:
    """Write raw stereo as a file of the kind that its name says, or nothing.

    Raises:
        WriteError: the disk is full, or the place may not be written.
    """
    if not raw.is_file():
        return
    with writing_audio(target, sample_rate, channels=2, encoding=encoding_of(target)) as file:
        for frames in _frames(raw):
            write_frames(file, frames)


def _frames(raw: Path) -> Iterator[npt.NDArray[np.float32]]:
    with raw.open("rb") as file:
        while (frames := np.fromfile(file, np.float32, 2 * CHUNK)).size > 1:
            yield frames[: frames.size // 2 * 2].reshape(-1, 2)
