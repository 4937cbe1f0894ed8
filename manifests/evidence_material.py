"""What the starter zoo's evidence is taken from: half a minute of real devices, other playing for the test.

Targets are those of `zoo.evaluating.targets`. A real recording is used as it is; behind a model that stands
in for a device, the wet side is made late and noisy as a recording would be, and put right as any capture is.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from training.data import Split
from training.starter import pedal
from zoo.audio import write_audio
from zoo.capture import Capture, Take, load_capture
from zoo.evaluating.material import Material
from zoo.evaluating.targets import CAPTURES, DATA_VARIABLE, MODELS, Target, suite

SECONDS = 30.0  # for training and validation together
LEFT_OUT = ("ds1-other", "dirty-tree")  # a second DS-1, and one model more than a dozen
MOST_LATE = 40  # samples
NOISE_DB = -80.0
# Models of the starter zoo that were trained on the very recording of a target.
SAME_RECORDING = {"boss-ds1": (pedal.NAME,)}


def targets(data: Path) -> list[Target]:
    """The four captures and twelve models, each thirty seconds and a take for the test."""
    os.environ[DATA_VARIABLE] = str(data.resolve())
    names = [*CAPTURES, *(name for name in MODELS if name not in LEFT_OUT)]
    made = suite(names)
    return [replace(target, make=partial(_recorded, target)) for target in made]


def is_barred(target: Target, name: str, kin: bool) -> bool:
    """Whether a parent must not be suggested: it is of the target's family, or made of the same recording."""
    return kin or name in SAME_RECORDING.get(target.name, ())


class Playing:
    """The playing of all targets, made once and kept in a folder."""

    def __init__(self, folder: Path) -> None:
        self._material = Material(folder)

    def heard(self, target: Target, rate: int) -> Capture:
        """The thirty seconds that a user has, without the test."""
        return self._material.heard(target, rate, SECONDS)

    def split(self, target: Target, rate: int) -> Split:
        """The same for training and validation, and the test."""
        return self._material.split(target, rate, SECONDS)


def _recorded(target: Target) -> Capture:
    made = target.make()
    assert made.dry is not None
    *first, last = made.takes
    lengths = _shares([take.stop - take.start for take in first], round(SECONDS * made.sample_rate))
    spans = [*((t.start, t.start + n) for t, n in zip(first, lengths, strict=True)), (last.start, last.stop)]
    cut = Capture(
        np.concatenate([made.wet[a:b] for a, b in spans]),
        np.concatenate([made.dry[a:b] for a, b in spans]),
        made.sample_rate,
        target.name,
        _takes([b - a for a, b in spans]),
    )
    return _put_right(cut) if target.kind == "model" else cut


def _shares(sizes: Sequence[int], wanted: int) -> list[int]:
    """How much of each take makes so many samples together: the same of each, as far as it has it."""
    shares, left = [0] * len(sizes), wanted
    for place, index in enumerate(sorted(range(len(sizes)), key=lambda i: sizes[i])):
        shares[index] = min(sizes[index], left // (len(sizes) - place))
        left -= shares[index]
    return shares


def _put_right(made: Capture) -> Capture:
    """What a recording of the same would be, late and noisy, after `load_capture` has aligned it."""
    assert made.dry is not None
    late = sum(made.name.encode()) % MOST_LATE
    rng = np.random.default_rng(late)
    with TemporaryDirectory() as folder:
        for number, take in enumerate(made.takes):
            dry, wet = (signal[take.start : take.stop] for signal in (made.dry, made.wet))
            wet = np.concatenate([np.zeros(late, np.float32), wet[: wet.size - late]])
            wet += np.float32(10 ** (NOISE_DB / 20)) * rng.standard_normal(wet.size).astype(np.float32)
            for side, signal in (("dry", dry), ("wet", wet)):
                write_audio(Path(folder) / f"take{number}.{side}.wav", signal[None], made.sample_rate)
        return load_capture(folder, sample_rate=made.sample_rate)


def _takes(sizes: Sequence[int]) -> tuple[Take, ...]:
    stops = np.cumsum(sizes).tolist()
    return tuple(Take(f"take {i}", a, b) for i, (a, b) in enumerate(zip([0, *stops], stops, strict=False)))
