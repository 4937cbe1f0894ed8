"""What a listening test is made of: references, and what every system makes of them, in one time at one rate.

Signals are mono float32, shape (samples,), full scale = 1.0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zoo.audio import read_audio, resample
from zoo.capture import load_capture
from zoo.errors import BadRequest, CaptureError
from zoo.rendering import play
from zoo.reports.players import Signal
from zoo.snapshot import Snapshot

MOST_SYSTEMS, MOST_REFERENCES = 12, 20
APART_SECONDS = 0.05  # recordings of one playing end alike, give or take a stop button


@dataclass(frozen=True, eq=False)
class System:
    """What is compared with the device: a model, or recordings of it.

    Attributes:
        name: as it stands in the results.
        model: plays the dry signals.
        recordings: one for each reference, where there is no model.
    """

    name: str
    model: Snapshot | None = None
    recordings: tuple[Path, ...] = ()


@dataclass(frozen=True, eq=False)
class Item:
    """One reference, and what the systems make of the same playing.

    Attributes:
        name: of the reference's file.
        reference: the device.
        dry: the playing; None where only recordings are compared.
        systems: by name, as long as the reference.
        sample_rate: of all of them, Hz.
    """

    name: str
    reference: Signal
    dry: Signal | None
    systems: dict[str, Signal]
    sample_rate: int


def gather(systems: Sequence[System], references: Sequence[Path], dries: Sequence[Path]) -> list[Item]:
    """Read the references and hear every system on them.

    With dry signals every recording is aligned to its dry one, as a capture is; without, the files have to
    line up as they are.

    Raises:
        BadRequest: too many or too few of something, two systems of one name, a model without dry signals.
        AudioError: a file is missing, unreadable or not audio.
        CaptureError: recordings do not belong together.
    """
    _check(systems, references, dries)
    return [
        _item(systems, number, reference, dries[number] if dries else None)
        for number, reference in enumerate(references)
    ]


def _check(systems: Sequence[System], references: Sequence[Path], dries: Sequence[Path]) -> None:
    if not 1 <= len(systems) <= MOST_SYSTEMS:
        raise BadRequest(f"{len(systems)} systems were given; a test compares 1 to {MOST_SYSTEMS}")
    if not 1 <= len(references) <= MOST_REFERENCES:
        raise BadRequest(f"{len(references)} references were given; a test has 1 to {MOST_REFERENCES}")
    if dries and len(dries) != len(references):
        raise BadRequest(
            f"{len(references)} references and {len(dries)} dry files were given; give one --dry for each "
            "--reference, in the same order"
        )
    names = [system.name for system in systems]
    if twice := [name for name in names if names.count(name) > 1]:
        raise BadRequest(f"{twice[0]} was given twice; every system stands once in a test")
    models = [system.name for system in systems if system.model is not None]
    if models and not dries:
        raise BadRequest(f"{models[0]} is a model and needs something to play; add --dry with the dry file")


def _item(systems: Sequence[System], number: int, reference: Path, dry: Path | None) -> Item:
    if dry is None:
        audio = read_audio(reference)
        rate, wet, played = audio.sample_rate, _mono(audio.mono()), None
        if not wet.any():
            raise CaptureError(f"{reference} is silent; a reference has something to hear")
    else:
        capture = load_capture(dry=dry, wet=reference)
        assert capture.dry is not None
        rate, wet, played = capture.sample_rate, capture.wet, capture.dry
    made: dict[str, Signal] = {}
    for system in systems:
        if system.model is None:
            made[system.name] = _recorded(system.recordings[number], dry, rate, wet, reference)
        else:
            assert played is not None
            made[system.name] = _played(system, played, rate)
    return Item(reference.stem, wet, played, made, rate)


def _played(system: System, dry: Signal, rate: int) -> Signal:
    assert system.model is not None
    signal = play(system.model, dry, rate)
    if not np.isfinite(signal).all():
        raise BadRequest(f"{system.name} blows up on this playing; leave it out")
    return signal


def _recorded(path: Path, dry: Path | None, rate: int, wet: Signal, reference: Path) -> Signal:
    if dry is None:
        audio = read_audio(path)
        signal = _mono(resample(audio.mono(), audio.sample_rate, rate))
    else:
        signal = load_capture(dry=dry, wet=path, sample_rate=rate).wet
    if abs(signal.size - wet.size) > APART_SECONDS * rate:
        raise CaptureError(
            f"{path} lasts {signal.size / rate:.2f} s and {reference} {wet.size / rate:.2f} s; they have to "
            "be recordings of the same playing"
        )
    return np.pad(signal[: wet.size], (0, max(wet.size - signal.size, 0)))


def _mono(signal: Signal) -> Signal:
    return np.ascontiguousarray(np.ravel(signal), dtype=np.float32)
