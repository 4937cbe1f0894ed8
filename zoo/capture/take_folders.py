"""Which files of a folder, or of two folders side by side, make a take.

One folder: files whose names end in a word for their side (``riff.dry.wav``, ``riff.wet.wav``), stereo files,
or wet files. Two folders, one clean and one of the device: files of the same name, in subfolders of the same
name, as EGFxSet keeps its notes (``Clean/Bridge/1-5.wav``, ``BluesDriver/Bridge/1-5.wav``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from zoo.audio import AUDIO_SUFFIXES, open_audio
from zoo.errors import AudioError, BadRequest, CaptureError

DRY_WORDS = ("dry", "input", "in", "di", "x")
WET_WORDS = ("wet", "output", "out", "target", "y")
DRY_FOLDERS = (*DRY_WORDS, "clean")
MAX_FILES = 10_000
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


def one_file(path: Path) -> TakeFiles:
    """A stereo file is both sides, a mono file the wet one.

    Raises:
        AudioError: the file is missing or not audio.
    """
    with open_audio(path) as file:
        channels = file.channels
    return TakeFiles(path.stem, path, path if channels == 2 else None)


def take_name(file: Path) -> str:
    """The file's name without its ending and without the word for its side, if a name is left."""
    match = _ROLE.match(file.stem)
    return file.stem if match is None else match.group(1) or file.stem


def in_order(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts names as people count: take2 comes before take10."""
    parts = re.split(r"([0-9]+)", name)
    return tuple((1, int(part), part) if i % 2 else (0, 0, part) for i, part in enumerate(parts))


def takes_in(folder: Path) -> list[TakeFiles]:
    """The takes in a folder, in the order of their names.

    Raises:
        AudioError: the folder or a file cannot be read.
        CaptureError: there are no takes, or files that do not pair up.
    """
    entries = _entries(folder)
    files = [file for file in entries if file.suffix.lower() in AUDIO_SUFFIXES]
    if not files:
        return _takes_in_subfolders(folder, [entry for entry in entries if entry.is_dir()])
    dry, wet, plain = _sort_by_role(files)
    if not dry and not wet:
        takes = [one_file(file) for file in plain]
    elif not dry and not plain:
        takes = [TakeFiles(name or "take", wet[name]) for name in sorted(wet, key=in_order)]
    elif plain or dry.keys() != wet.keys():
        _refuse_unpaired(folder, dry, wet, plain)
    else:
        takes = [TakeFiles(name or "take", wet[name], dry[name]) for name in sorted(wet, key=in_order)]
    if len({take.dry is None for take in takes}) > 1:
        raise CaptureError(
            f"{folder} holds both stereo files and mono files; keep takes of one form: all stereo "
            "(left dry, right wet), all wet only, or dry and wet files in pairs"
        )
    return takes


def takes_in_two(dry: Path, wet: Path) -> list[TakeFiles]:
    """The takes whose dry and wet files have the same name in two folders, in the order of their names.

    Raises:
        AudioError: a folder cannot be read.
        BadRequest: one of the two is no folder.
        CaptureError: a folder holds no audio, or files that do not pair up.
    """
    for folder in (dry, wet):
        if not folder.is_dir():
            raise BadRequest(f"{folder} is not a folder; give two files or two folders, one dry and one wet")
    drys, wets = _by_name(dry), _by_name(wet)
    if drys.keys() != wets.keys():
        name = min(drys.keys() ^ wets.keys(), key=in_order)
        alone, other = (drys[name], wet) if name in drys else (wets[name], dry)
        raise CaptureError(f"{alone} has no partner in {other}; keep the same names in both folders")
    return [TakeFiles(name, wets[name], drys[name]) for name in sorted(wets, key=in_order)]


def _takes_in_subfolders(folder: Path, subfolders: list[Path]) -> list[TakeFiles]:
    """A folder without audio of its own: one subfolder is the dry side, the only other one the wet side."""
    dry = [sub for sub in subfolders if sub.name.lower() in DRY_FOLDERS]
    wet = [sub for sub in subfolders if sub not in dry]
    if len(dry) == 1 and len(wet) == 1:
        return takes_in_two(dry[0], wet[0])
    if len(dry) == 1 and wet:
        raise CaptureError(
            f"{folder} holds {len(wet)} folders beside {dry[0].name}; name the device's: "
            f"--dry {dry[0]} --wet {wet[0]}"
        )
    raise CaptureError(
        f"{folder} holds no audio; WAV, FLAC or MP3 takes are expected, or one folder for each side, such as "
        "clean and wet"
    )


def _entries(folder: Path) -> list[Path]:
    try:
        entries = [entry for entry in folder.iterdir() if not entry.name.startswith(".")]
    except OSError as reason:
        raise AudioError(folder, f"cannot be read ({reason.strerror}); check its permissions") from None
    return sorted(entries, key=lambda entry: in_order(entry.name))


def _by_name(folder: Path) -> dict[str, Path]:
    """Every audio file under ``folder`` by its place and take name."""
    found: dict[str, Path] = {}
    waiting = [folder]
    while waiting:
        for entry in _entries(waiting.pop()):
            if entry.is_dir() and not entry.is_symlink():
                waiting.append(entry)
            elif entry.suffix.lower() in AUDIO_SUFFIXES:
                name = (entry.parent.relative_to(folder) / take_name(entry)).as_posix()
                if name in found:
                    raise CaptureError(f"{found[name]} and {entry.name} are one take; keep one of them")
                found[name] = entry
        if len(found) > MAX_FILES:
            raise CaptureError(f"{folder} holds more than {MAX_FILES} audio files; name a smaller folder")
    if not found:
        raise CaptureError(f"{folder} holds no audio; WAV, FLAC or MP3 takes are expected")
    return found


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
