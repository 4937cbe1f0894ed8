"""Finds the takes of a capture on disk: a stereo file, dry and wet files, wet alone, or a folder of these."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zoo.audio import AUDIO_SUFFIXES, Audio, Signal, open_audio, read_audio
from zoo.errors import AudioError, BadRequest, CaptureError
from zoo.findings import Finding, note

DRY_WORDS = ("dry", "input", "in", "di", "x")
WET_WORDS = ("wet", "output", "out", "target", "y")
_ROLE = re.compile(rf"^(?:(.*)[._\- ])?({'|'.join((*DRY_WORDS, *WET_WORDS))})$", re.IGNORECASE)


@dataclass(frozen=True)
class TakeFiles:
    """Where one take lies.

    Attributes:
        name: what to call it.
        wet: the file of the device's output; the stereo file itself when dry and wet share one.
        dry: the file of the device's input; the same as ``wet`` for a stereo file, None when there is none.
    """

    name: str
    wet: Path
    dry: Path | None = None


def find_takes(
    path: str | Path | None = None, *, dry: str | Path | None = None, wet: str | Path | None = None
) -> list[TakeFiles]:
    """The takes that a command line or a caller names, in the order of their names.

    Args:
        path: a stereo file (left dry, right wet), a mono file (wet only) or a folder of takes.
        dry: the dry file, when it is a file of its own.
        wet: the wet file, when it is a file of its own.

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
        return [TakeFiles(_name(Path(wet)), Path(wet), None if dry is None else Path(dry))]
    path = Path(path)
    if path.is_dir():
        return _takes_in(path)
    return [_one_file(path)]


def _one_file(path: Path) -> TakeFiles:
    with open_audio(path) as file:
        channels = file.channels
    return TakeFiles(path.stem, path, path if channels == 2 else None)


def _takes_in(folder: Path) -> list[TakeFiles]:
    try:
        files = sorted(
            f for f in folder.iterdir() if f.suffix.lower() in AUDIO_SUFFIXES and not f.name.startswith(".")
        )
    except OSError as reason:
        raise AudioError(folder, f"cannot be read ({reason.strerror}); check its permissions") from None
    if not files:
        raise CaptureError(f"{folder} holds no audio; WAV, FLAC or MP3 takes are expected")
    dry, wet, plain = _sort_by_role(files)
    if not dry and not wet:
        takes = [_one_file(file) for file in plain]
    elif not dry and not plain:
        takes = [TakeFiles(name or "take", wet[name]) for name in sorted(wet)]
    elif plain or dry.keys() != wet.keys():
        _refuse_unpaired(folder, dry, wet, plain)
    else:
        takes = [TakeFiles(name or "take", wet[name], dry[name]) for name in sorted(wet)]
    if len({take.dry is None for take in takes}) > 1:
        raise CaptureError(
            f"{folder} holds both stereo files and mono files; keep takes of one form: all stereo "
            "(left dry, right wet), all wet only, or dry and wet files in pairs"
        )
    return takes


def _name(file: Path) -> str:
    """The file's name without its ending and without the word for its side, if a name is left."""
    match = _ROLE.match(file.stem)
    return file.stem if match is None else match.group(1) or file.stem


def _sort_by_role(files: list[Path]) -> tuple[dict[str, Path], dict[str, Path], list[Path]]:
    """Files whose names end in a word for dry, in one for wet, and the rest; the first two by take name."""
    dry: dict[str, Path] = {}
    wet: dict[str, Path] = {}
    plain: list[Path] = []
    for file in files:
        match = _ROLE.match(file.stem)
        if match is None:
            plain.append(file)
            continue
        name, role = match.group(1) or "", match.group(2).lower()
        side = dry if role in DRY_WORDS else wet
        if name in side:
            raise CaptureError(
                f"{side[name]} and {file.name} are the same side of one take; keep one of them"
            )
        side[name] = file
    return dry, wet, plain


def _refuse_unpaired(folder: Path, dry: dict[str, Path], wet: dict[str, Path], plain: list[Path]) -> None:
    alone = [*(dry[n] for n in dry if n not in wet), *(wet[n] for n in wet if n not in dry), *plain]
    more = f", nor have {len(alone) - 1} others" if len(alone) > 1 else ""
    raise CaptureError(
        f"{folder}: {alone[0].name} has no partner{more}; name the takes in pairs such as take1.dry.wav and "
        "take1.wet.wav"
    )


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
    if take.dry is None:
        return Recording(take.name, wet_signal, wet.sample_rate, None, wet.sample_rate, tuple(findings))
    dry = _read(take.dry)
    dry_signal = _mono(dry, "dry", take.name, findings)
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
        return Recording(take.name, right, rate, None, rate, (same,))
    return Recording(take.name, right, rate, left, rate)


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
