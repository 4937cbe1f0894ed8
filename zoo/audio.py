"""Reads, writes and resamples audio; the only place that touches soundfile and soxr.

Audio convention: float32, shape (channels, samples) in files and (samples,) for one signal, full scale = 1.0.
"""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile as sf
import soxr

from zoo.errors import AudioError, BadRequest
from zoo.files import atomic_file

Signal = npt.NDArray[np.float32]

MIN_SAMPLE_RATE, MAX_SAMPLE_RATE = 8_000, 384_000
MAX_CHANNELS = 64
MAX_SECONDS = 3_600
AUDIO_SUFFIXES = (".wav", ".flac", ".mp3", ".aif", ".aiff", ".ogg", ".w64", ".rf64")

_CONTAINERS = {".aif": "AIFF"}  # endings that are not libsndfile's name of the container
_ADD_PEAK_CHUNK = 0x1050  # SFC_SET_ADD_PEAK_CHUNK of libsndfile's sndfile.h


@dataclass(frozen=True, eq=False)
class Audio:
    """What an audio file holds.

    Attributes:
        samples: float32, shape (channels, samples), full scale = 1.0, finite.
        sample_rate: Hz.
        encoding: how the file stores a sample, in libsndfile's words: "PCM_24", "FLOAT", "MPEG_LAYER_III".
    """

    samples: Signal
    sample_rate: int
    encoding: str

    @property
    def channels(self) -> int:
        """How many channels there are."""
        return int(self.samples.shape[0])

    @property
    def seconds(self) -> float:
        """Duration in seconds."""
        return float(self.samples.shape[1] / self.sample_rate)

    def mono(self) -> Signal:
        """The mean of the channels, shape (samples,)."""
        mean: Signal = self.samples.mean(axis=0, dtype=np.float32)
        return mean


def read_audio(path: str | Path) -> Audio:
    """Read a whole WAV, FLAC or MP3 file (or what else libsndfile knows), at most an hour of it.

    Raises:
        AudioError: the file is missing, unreadable, not audio, empty, too long or not finite.
    """
    with open_audio(path) as file:
        if file.frames > MAX_SECONDS * file.samplerate:
            raise AudioError(
                path,
                f"lasts {file.frames / file.samplerate / 60:.0f} minutes, and at most "
                f"{MAX_SECONDS // 60} can be taken at once; cut out a few minutes of playing",
            )
        samples = read_frames(file, path)
        audio = Audio(np.ascontiguousarray(samples.T), file.samplerate, file.subtype)
    if audio.samples.shape[1] == 0:
        raise AudioError(path, "holds no samples; record or export it again")
    return audio


@contextmanager
def open_audio(path: str | Path) -> Iterator[sf.SoundFile]:
    """An open audio file to read block by block; its rate and channels are within bounds.

    Raises:
        AudioError: the file is missing, unreadable or not audio, or its header is absurd.
    """
    path = Path(path)
    if path.is_dir():
        raise AudioError(path, "is a folder where an audio file was expected; name one file in it")
    if path.exists() and not path.is_file():
        raise AudioError(path, "is no regular file; name an audio file")
    try:
        with path.open("rb") as probe:
            start = probe.read(4)
    except FileNotFoundError:
        raise AudioError(path, "does not exist; check the name") from None
    except OSError as error:
        raise AudioError(path, f"cannot be read ({error.strerror}); check its permissions") from None
    if not start:
        raise AudioError(path, "is an empty file; record or export it again")
    try:
        file = sf.SoundFile(str(path))
    except (sf.SoundFileError, TypeError):
        raise AudioError(path, "is not audio that can be read; WAV, FLAC or MP3 is expected") from None
    with file:
        _check_header(path, file)
        yield file


def _check_header(path: Path, file: sf.SoundFile) -> None:
    if not MIN_SAMPLE_RATE <= file.samplerate <= MAX_SAMPLE_RATE:
        raise AudioError(
            path,
            f"claims a sample rate of {file.samplerate} Hz; {MIN_SAMPLE_RATE} to {MAX_SAMPLE_RATE} Hz is "
            "expected, so export it again",
        )
    if file.channels > MAX_CHANNELS:
        raise AudioError(
            path, f"has {file.channels} channels; one or two are expected, so export those alone"
        )


def read_frames(file: sf.SoundFile, path: str | Path, frames: int = -1) -> Signal:
    """The next ``frames`` of an open file (all by default), float32, shape (frames, channels), finite.

    Raises:
        AudioError: the data are damaged or hold NaN or infinity.
    """
    try:
        samples: Signal = file.read(frames, dtype="float32", always_2d=True)
    except sf.SoundFileError:
        raise AudioError(path, "breaks off or is damaged; export it again") from None
    if not np.isfinite(samples).all():
        at = int(np.argmin(np.isfinite(samples).all(axis=1)))
        raise AudioError(path, f"holds NaN or infinity {at / file.samplerate:.3f} s in; export it again")
    return samples


def write_audio(
    path: str | Path, samples: npt.NDArray[np.floating], sample_rate: int, *, encoding: str = "PCM_24"
) -> None:
    """Write a whole file, or nothing: an interrupted write leaves what was there before.

    Args:
        path: the name; its ending chooses the container (.wav, .flac, .mp3, ...).
        samples: shape (samples,) or (channels, samples), full scale = 1.0. An integer encoding saturates
            what lies beyond full scale; "FLOAT" keeps it.
        sample_rate: Hz.
        encoding: libsndfile's name of the sample format.

    Raises:
        BadRequest: the container does not exist or cannot hold the encoding.
        WriteError: the folder is missing or may not be written, or the disk is full.
    """
    frames = np.atleast_2d(samples).T
    with writing_audio(path, sample_rate, channels=frames.shape[1], encoding=encoding) as file:
        write_frames(file, frames)


@contextmanager
def writing_audio(
    path: str | Path, sample_rate: int, *, channels: int = 1, encoding: str = "PCM_24"
) -> Iterator[sf.SoundFile]:
    """An audio file to write block by block (``write_frames``); it takes its name only when all went well.

    The same samples make the same bytes: no time stamp is written.

    Raises:
        BadRequest: the container does not exist or cannot hold the encoding.
        WriteError: the folder is missing or may not be written, or the disk is full.
    """
    path = Path(path)
    container = _container(path)
    if not can_hold(path, encoding):
        raise BadRequest(
            f"{path.name} cannot hold {encoding} audio; give it a name that ends in .wav or .flac"
        )
    with atomic_file(path) as part:
        part.open("xb").close()  # an OSError here says why, which libsndfile does not
        try:
            file = sf.SoundFile(str(part), "w", sample_rate, channels, encoding, format=container)
        except sf.SoundFileError:  # the header did not fit, and libsndfile hides the reason
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path)) from None
        with file:
            _without_peak_chunk(file)
            yield file


def encoded(
    samples: npt.NDArray[np.floating], sample_rate: int, container: str, *, encoding: str = "PCM_16"
) -> bytes:
    """A whole audio file as bytes, for a page or an upload; the same samples make the same bytes.

    Args:
        samples: shape (samples,) or (channels, samples), full scale = 1.0; what lies beyond saturates.
        sample_rate: Hz.
        container: "FLAC" or "WAV".
        encoding: libsndfile's name of the sample format.
    """
    data = io.BytesIO()
    sf.write(data, np.atleast_2d(samples).T, sample_rate, subtype=encoding, format=container)
    return data.getvalue()


def can_hold(path: Path, encoding: str) -> bool:
    """Whether the container that the name's ending chooses can hold an encoding."""
    container = _container(path)
    return container in sf.available_formats() and bool(sf.check_format(container, encoding))


def default_encoding(path: Path) -> str:
    """The usual encoding of the container that the name's ending chooses; "PCM_24" if it is unknown."""
    container = _container(path)
    return str(sf.default_subtype(container)) if container in sf.available_formats() else "PCM_24"


def _container(path: Path) -> str:
    return _CONTAINERS.get(path.suffix.lower(), path.suffix[1:].upper())


def write_frames(file: sf.SoundFile, frames: npt.NDArray[np.floating]) -> None:
    """Append ``frames``, shape (frames, channels), to an open file.

    Raises:
        OSError: the disk is full; inside `writing_audio` it becomes a WriteError.
    """
    try:
        file.write(frames)
    except (sf.SoundFileError, AssertionError):  # libsndfile hides the reason of a short write
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), file.name) from None


def resample(signal: npt.NDArray[np.floating], from_rate: float, to_rate: float) -> Signal:
    """Band-limited, linear-phase resampling without delay (soxr, very high quality).

    Args:
        signal: shape (samples,) or (channels, samples).
        from_rate: Hz; a fraction is fine, so that clock drift can be undone.
        to_rate: Hz.

    Returns:
        float32, ``samples * to_rate / from_rate`` long, rounded.
    """
    signal = np.asarray(signal, dtype=np.float32)
    if from_rate == to_rate:
        return signal
    resampled: Signal = soxr.resample(signal.T, from_rate, to_rate, quality="VHQ")
    return np.ascontiguousarray(resampled.T)


def resampler(from_rate: float, to_rate: float, channels: int) -> Any:
    """A streaming twin of ``resample``: ``resample_chunk(frames, last)`` on blocks of (frames, channels)."""
    return soxr.ResampleStream(from_rate, to_rate, channels, dtype="float32", quality="VHQ")


def _without_peak_chunk(file: sf.SoundFile) -> None:
    """Keep libsndfile from writing a PEAK chunk: it holds the time of day. soundfile has no public way."""
    sf._snd.sf_command(file._file, _ADD_PEAK_CHUNK, sf._ffi.NULL, 0)
