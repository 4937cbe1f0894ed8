"""What the starter zoo is trained on: synthesised playing through circuits.

Mono float32, full scale = 1.0, at `SAMPLE_RATE`. Training, validation and test are different phrases of
different seeds, never parts of one.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from training.circuits import Device
from training.data import Part, Split
from zoo.errors import WriteError
from zoo.files import atomic_file
from zoo.playing import Phrase, perform

SAMPLE_RATE = 44_100
PEAK = 0.8  # of a recording's training part, full scale = 1.0
SECONDS = {"train": 2.0, "validation": 1.5, "test": 1.5}  # of a phrase
# How many rounds of PLAYED each part gets; the seeds of one part start where no other part's can reach.
ROUNDS = {"train": 2, "validation": 1, "test": 1}
FIRST_SEED = {"train": 1_000, "validation": 2_000, "test": 3_000}

PLAYED = (
    ("melody", "single-coil-neck"),
    ("strum", "humbucker-bridge"),
    ("riff", "humbucker-dropped"),
    ("lead", "single-coil-bridge"),
    ("arpeggio", "single-coil-fingers"),
    ("funk", "single-coil-bridge"),
    ("bass-line", "bass-fingers"),
    ("strum", "single-coil-neck"),
    ("melody", "hollow-body"),
    ("riff", "humbucker-bridge"),
    ("bass-line", "bass-pick"),
)
PEAKS_DB = (-2.0, -14.0, -5.0, -9.0, -1.0, -20.0, -6.0)  # prime to the number of styles: each meets each
TEMPOS = (80.0, 96.0, 110.0, 125.0, 140.0)


def phrases(part: str) -> list[Phrase]:
    """The phrases of "train", "validation" or "test"."""
    count, seed = ROUNDS[part] * len(PLAYED), FIRST_SEED[part]
    return [
        Phrase(
            *PLAYED[i % len(PLAYED)],
            seed=seed + i,
            seconds=SECONDS[part],
            peak_db=PEAKS_DB[i % len(PEAKS_DB)],
            tempo=TEMPOS[i % len(TEMPOS)],
        )
        for i in range(count)
    ]


@cache
def dry(part: str) -> npt.NDArray[np.float32]:
    """The phrases of a part, shape (phrases, samples)."""
    return np.stack([perform(phrase, SAMPLE_RATE) for phrase in phrases(part)])


def recorded(device: Device, kept: Path | None = None) -> tuple[Split, float]:
    """All parts played through ``device``, at the level one sets before recording, and that gain in dB.

    The gain brings the loudest sample of the training part to `PEAK`, whatever the device's own level is.

    Args:
        device: a circuit with its knobs set.
        kept: a folder where recordings are kept for the next time; a circuit may take minutes.

    Raises:
        WriteError: the folder cannot be written.
    """
    parts = [_recorded(device, part, kept) for part in ROUNDS]
    peak = max(float(np.abs(wet).max()) for wet in parts[0].wet)
    gain_db = round(20.0 * float(np.log10(PEAK / peak)), 2)
    train, validation, test = (_louder(part, gain_db) for part in parts)
    return Split(train, validation, test, SAMPLE_RATE), gain_db


def louder(wet: npt.NDArray[np.float32], gain_db: float) -> npt.NDArray[np.float32]:
    """A signal at another level, float32."""
    return np.asarray(wet * np.float32(10.0 ** (gain_db / 20.0)), dtype=np.float32)


def played(device: Device, signals: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Each row of ``signals`` (phrases, samples) through ``device``, from rest."""
    return np.stack([device.play(signal, SAMPLE_RATE) for signal in signals])


def _louder(part: Part, gain_db: float) -> Part:
    return Part(part.dry, tuple(louder(wet, gain_db) for wet in part.wet))


def _recorded(device: Device, part: str, kept: Path | None) -> Part:
    signals = dry(part)
    path = None if kept is None else kept / f"{device.name}-{part}-{_hash(signals)}.npy"
    if path is not None and path.exists():
        wet = np.load(path)
    else:
        wet = played(device, signals)
        if path is not None:
            _keep(path, wet)
    return Part(tuple(signals), tuple(wet))


def _keep(path: Path, wet: npt.NDArray[np.float32]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(path.parent, f"cannot be made ({error.strerror or error})") from error
    with atomic_file(path) as temporary, temporary.open("wb") as file:
        np.save(file, wet)


def _hash(signals: npt.NDArray[np.float32]) -> str:
    return hashlib.sha256(signals.tobytes()).hexdigest()[:12]
