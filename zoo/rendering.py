"""Plays a signal of any rate through a snapshot, and files of any length into others, in constant memory.

Audio convention: float32, shape (frames, channels), full scale = 1.0; each channel has its own player.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from zoo.audio import (
    Signal,
    can_hold,
    default_encoding,
    open_audio,
    read_frames,
    resample,
    resampler,
    write_frames,
    writing_audio,
)
from zoo.engine import Player, render
from zoo.errors import AudioError
from zoo.snapshot import Snapshot

BLOCK = 16_384  # frames; a third of a second, so that Ctrl-C and the progress bar answer at once
LOSSY = ("MPEG", "VORBIS", "OPUS", "ADPCM", "ULAW", "ALAW", "GSM")


@dataclass(frozen=True)
class Rendered:
    """What `render_file` made.

    Attributes:
        samples: frames written, as many as were read.
        channels: as in the source.
        sample_rate: Hz, the source's.
        model_rate: Hz; other than ``sample_rate``, the sound was resampled to it and back.
        encoding: how the target stores a sample.
        peak: largest magnitude, full scale = 1.0, before any saturation.
        clipped: samples beyond full scale that the encoding could not hold.
        instead_of: the integer encoding that would have clipped, where 32-bit float took its place.
    """

    samples: int
    channels: int
    sample_rate: int
    model_rate: int
    encoding: str
    peak: float
    clipped: int
    instead_of: str | None = None

    @property
    def resampled(self) -> bool:
        """Whether source and model differ in rate."""
        return self.sample_rate != self.model_rate


def render_file(
    snapshot: Snapshot,
    source: str | Path,
    target: str | Path,
    *,
    knobs: Sequence[float] | None = None,
    gain_db: float = 0.0,
    progress: Callable[[int, int], None] | None = None,
) -> Rendered:
    """Play ``source`` through ``snapshot`` into ``target``, which appears only when it is complete.

    The target has the source's rate, channels and length, and its encoding where the container can hold it
    (else 24 bits, which lossy sources always get). Where an integer encoding would clip, it is written as
    32-bit float; only a container without float (FLAC, say) saturates, and what it lost is counted.

    Args:
        snapshot: the model; it hears the sound at its own rate.
        source: WAV, FLAC, MP3 or what else libsndfile reads.
        target: its ending chooses the container.
        knobs: a value from 0 to 1 for each knob; None is 0.5 each.
        gain_db: applied to the output.
        progress: hears the frames done and their number.

    Raises:
        AudioError: the source is missing, unreadable, not audio, empty or not finite.
        BadRequest: the knobs do not fit the model, or the target's ending is unknown.
        WriteError: the target cannot be written.
        EngineMissing: the native engine is not installed.
    """
    source, target = Path(source), Path(target)
    job = _Job(snapshot, source, target, knobs, np.float32(10 ** (gain_db / 20)), progress)
    with open_audio(source) as file:
        if file.frames == 0:
            raise AudioError(source, "holds no samples; record or export it again")
        encoding = _encoding(file.subtype, target)
    if _holds_any_level(encoding) or not can_hold(target, "FLOAT"):
        return _render(job, encoding)
    try:
        return _render(job, encoding, may_clip=False)
    except _WouldClip:
        return replace(_render(job, "FLOAT"), instead_of=encoding)


def play(
    snapshot: Snapshot, signal: npt.NDArray[Any], sample_rate: int, knobs: Sequence[float] | None = None
) -> npt.NDArray[np.float32]:
    """Play a signal of any rate through a model, from rest; the model hears it at its own rate.

    Args:
        snapshot: the model.
        signal: shape (samples,), full scale = 1.0.
        sample_rate: of input and output, Hz.
        knobs: a value from 0 to 1 for each knob; None is 0.5 each.

    Returns:
        float32, shape (samples,).

    Raises:
        BadRequest: the knobs do not fit the model.
        EngineMissing: the native engine is not installed.
    """
    signal = np.asarray(signal, dtype=np.float32)
    if snapshot.sample_rate == sample_rate:
        return render(snapshot, signal, knobs=knobs)
    there = render(snapshot, resample(signal, sample_rate, snapshot.sample_rate), knobs=knobs)
    back = resample(there, snapshot.sample_rate, sample_rate)[: signal.size]
    return np.pad(back, (0, signal.size - back.size))


class _WouldClip(Exception):
    """The output left full scale where that was not allowed."""


@dataclass(frozen=True)
class _Job:
    snapshot: Snapshot
    source: Path
    target: Path
    knobs: Sequence[float] | None
    gain: np.float32
    progress: Callable[[int, int], None] | None


def _render(job: _Job, encoding: str, *, may_clip: bool = True) -> Rendered:
    """The whole file in one encoding, or nothing: `_WouldClip` leaves no file behind."""
    with open_audio(job.source) as file:
        rate, channels, frames = file.samplerate, file.channels, file.frames
        model_rate = job.snapshot.sample_rate
        players = [Player(job.snapshot, knobs=job.knobs) for _ in range(channels)]
        written, peak, clipped = 0, 0.0, 0
        with writing_audio(job.target, rate, channels=channels, encoding=encoding) as out:
            for block in _played(file, job.source, players, model_rate):
                block = job.gain * block[: frames - written]
                magnitude = np.abs(block)
                peak = max(peak, float(magnitude.max(initial=0.0)))
                clipped += 0 if _holds_any_level(encoding) else int(np.count_nonzero(magnitude > 1.0))
                if clipped and not may_clip:
                    raise _WouldClip
                write_frames(out, block)
                written += len(block)
                if job.progress is not None:
                    job.progress(written, frames)
            write_frames(out, np.zeros((frames - written, channels), np.float32))
    return Rendered(frames, channels, rate, model_rate, encoding, peak, clipped)


def _played(file: Any, source: Path, players: Sequence[Player], model_rate: int) -> Iterator[Signal]:
    """Blocks of the rendered file at its own rate; resampling may shift block borders, not the sound."""
    blocks = _blocks(file, source)
    if file.samplerate == model_rate:
        for block in blocks:
            yield _play(players, block)
        return
    there = resampler(file.samplerate, model_rate, len(players))
    back = resampler(model_rate, file.samplerate, len(players))
    for block in blocks:
        played = _play(players, there.resample_chunk(block, last=False))
        yield back.resample_chunk(played, last=False)
    rest = _play(players, there.resample_chunk(_nothing(players), last=True))
    yield back.resample_chunk(rest, last=True)


def _blocks(file: Any, source: Path) -> Iterator[Signal]:
    while len(block := read_frames(file, source, BLOCK)):
        yield block


def _play(players: Sequence[Player], block: Signal) -> Signal:
    if not len(block):
        return _nothing(players)
    return np.stack(
        [player.process(np.ascontiguousarray(x)) for player, x in zip(players, block.T, strict=True)], 1
    )


def _nothing(players: Sequence[Player]) -> Signal:
    return np.zeros((0, len(players)), np.float32)


def _encoding(source_encoding: str, target: Path) -> str:
    """The source's encoding where the target's container can hold it; 24 bits after a lossy source."""
    lossy = source_encoding.startswith(LOSSY)
    for encoding in ("PCM_24" if lossy else source_encoding, "PCM_24"):
        if can_hold(target, encoding):
            return encoding
    return default_encoding(target)


def _holds_any_level(encoding: str) -> bool:
    return encoding in ("FLOAT", "DOUBLE")
