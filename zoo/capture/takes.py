"""Reads the takes of a capture: a stereo file, dry and wet files, wet alone, or folders of these."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zoo.audio import Audio, Signal, read_audio
from zoo.capture.findings import Finding, note, warning
from zoo.capture.levels import MIN_FLAT_TOPS, Side, runs
from zoo.capture.take_folders import TakeFiles, one_file, take_name, takes_in, takes_in_two
from zoo.errors import AudioError, BadRequest

__all__ = ["Recording", "TakeFiles", "find_takes", "read_take"]


def find_takes(
    path: str | Path | None = None, *, dry: str | Path | None = None, wet: str | Path | None = None
) -> list[TakeFiles]:
    """The takes that a command line or a caller names, in the order of their names.

    Args:
        path: a stereo file (left dry, right wet), a mono file (wet only) or a folder of takes.
        dry: the dry file, when it is a file of its own, or a folder of dry files.
        wet: the wet file, when it is a file of its own, or a folder of wet files named as the dry ones.

    Raises:
        BadRequest: the arguments contradict each other.
        AudioError: a file or folder is missing or cannot be read.
        CaptureError: a folder holds no takes, or files that do not pair up.
    """
    if path is not None and (dry is not None or wet is not None):
        raise BadRequest("give either one file or folder, or --dry and --wet, but not both")
    if path is None:
        if wet is None:
            raise BadRequest("give a capture: one file or folder, or --wet with or without --dry")
        if dry is not None and (Path(dry).is_dir() or Path(wet).is_dir()):
            return takes_in_two(Path(dry), Path(wet))
        return [TakeFiles(take_name(Path(wet)), Path(wet), None if dry is None else Path(dry))]
    path = Path(path)
    if path.is_dir():
        return takes_in(path)
    return [one_file(path)]


@dataclass(frozen=True, eq=False)
class Recording:
    """What the files of one take hold.

    Attributes:
        name: of the take.
        wet: float32, shape (samples,).
        wet_rate: Hz.
        dry: float32, shape (samples,), of any length; None when there is none.
        dry_rate: Hz; that of the wet when there is no dry signal.
        findings: what reading them showed.
    """

    name: str
    wet: Signal
    wet_rate: int
    dry: Signal | None
    dry_rate: int
    findings: tuple[Finding, ...] = ()


def read_take(take: TakeFiles) -> Recording:
    """Read the files of one take.

    Raises:
        AudioError: a file is missing, unreadable, not audio, or has more than two channels.
    """
    wet = _read(take.wet)
    if take.dry == take.wet:
        return _from_stereo(wet, take)
    findings: list[Finding] = []
    wet_signal = _mono(wet, "wet", take.name, findings)
    findings += _overshoots(wet, wet_signal, "wet", take)
    if take.dry is None:
        return Recording(take.name, wet_signal, wet.sample_rate, None, wet.sample_rate, tuple(findings))
    dry = _read(take.dry)
    dry_signal = _mono(dry, "dry", take.name, findings)
    findings += _overshoots(dry, dry_signal, "dry", take)
    return Recording(take.name, wet_signal, wet.sample_rate, dry_signal, dry.sample_rate, tuple(findings))


def _read(path: Path) -> Audio:
    audio = read_audio(path)
    if audio.channels > 2:
        raise AudioError(
            path,
            f"has {audio.channels} channels; a mono file, or a stereo file with dry left and wet "
            "right, is expected",
        )
    return audio


def _from_stereo(audio: Audio, take: TakeFiles) -> Recording:
    """Left is dry, right is wet, unless both are the same."""
    left, right = audio.samples
    rate = audio.sample_rate
    if left.any() and np.array_equal(left, right):
        same = note(
            "same-channels",
            f"both channels of {take.name} hold the same signal; it was taken as wet only",
            take=take.name,
        )
        return Recording(take.name, right, rate, None, rate, (same, *_overshoots(audio, right, "wet", take)))
    over = (*_overshoots(audio, left, "dry", take), *_overshoots(audio, right, "wet", take))
    return Recording(take.name, right, rate, left, rate, over)


def _overshoots(audio: Audio, signal: Signal, side: Side, take: TakeFiles) -> Iterator[Finding]:
    """Clipping that MP3 has hidden: what was flat at full scale is decoded round, and above it."""
    if not audio.encoding.startswith("MPEG"):
        return
    starts, _ = runs(np.abs(signal) > 1.0)
    if starts.size >= MIN_FLAT_TOPS:
        yield warning(
            f"clipped-{side}",
            f"the {side} signal of {take.name} goes beyond full scale in {starts.size} places, so it was "
            "clipped before it became an MP3, or is now; record it at a lower level, and keep WAV or FLAC",
            take=take.name,
            places=int(starts.size),
            peak=float(np.abs(signal).max()),
        )


def _mono(audio: Audio, side: str, take: str, findings: list[Finding]) -> Signal:
    """One signal of a file of its own: the only channel that has one, or the mean of both."""
    used: list[Signal] = [channel for channel in audio.samples if channel.any()]
    if len(used) == 1:
        return used[0]
    if len(used) == 2 and not np.array_equal(used[0], used[1]):
        findings.append(
            note(
                "stereo",
                f"the {side} file of {take} is stereo; the mean of its channels was taken",
                take=take,
            )
        )
    return audio.mono()
