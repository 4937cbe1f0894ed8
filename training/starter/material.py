"""What the starter zoo is trained on: synthesised playing through virtual devices.

Mono float32, full scale = 1.0, at `SAMPLE_RATE`. Training, validation and test are different phrases, never
parts of one.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from training.data import Part, Split
from training.devices import Device
from zoo.playing import Phrase, perform

SAMPLE_RATE = 44_100
PHRASE_SECONDS = 3.0
# How many rounds of PLAYED each part gets; the seeds of one part start where no other part's can reach.
ROUNDS = {"train": 3, "validation": 1, "test": 1}
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
            seconds=PHRASE_SECONDS,
            peak_db=PEAKS_DB[i % len(PEAKS_DB)],
            tempo=TEMPOS[i % len(TEMPOS)],
        )
        for i in range(count)
    ]


@cache
def dry(part: str) -> npt.NDArray[np.float32]:
    """The phrases of a part, shape (phrases, samples)."""
    return np.stack([perform(phrase, SAMPLE_RATE) for phrase in phrases(part)])


def recorded(device: Device) -> Split:
    """All parts played through ``device``."""
    train, validation, test = (_through(device, part) for part in ROUNDS)
    return Split(train, validation, test, SAMPLE_RATE)


def _through(device: Device, part: str) -> Part:
    return Part(tuple(dry(part)), tuple(device(dry(part), SAMPLE_RATE)))
