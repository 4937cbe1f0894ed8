"""What the encoder of wet signals is taught on: real models, circuits, imaginary devices, real DIs.

Nothing of any capture is heard here: captures are for judging alone.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np

from recommender.bands import Signal
from recommender.encoder.material import Lesson, Recordings, hear
from recommender.imaginary import invent, play
from recommender.learn import RATES, Heard
from training.circuits import CIRCUITS
from zoo.audio import read_audio, resample
from zoo.engine import render
from zoo.errors import ZooError
from zoo.formats import read_model
from zoo.snapshot import Snapshot

# DIs that are never taught on: what is said of unseen playing is measured on these.
HELD_OUT = ("mayer_guitar", "john_guitar", "pop-punk_guitar", "downtown_bass")
# Those that a core solves faster than they sound.
FAST_CIRCUITS = (
    "treble-booster",
    "green-overdrive",
    "orange-distortion",
    "black-distortion",
    "germanium-fuzz",
    "silicon-fuzz",
)
FIRST_IMAGINARY = 10_000  # `recommender.learn` has heard the first ones
LEVELS = ("level", "master")  # knobs that change nothing the encoder may hear


def read_models(folder: Path) -> dict[Path, Snapshot]:
    """The distinct models in a folder and below, by path, but for those unreadable or of another rate."""
    found: dict[str, tuple[Path, Snapshot]] = {}
    for path in sorted(p for p in folder.rglob("*") if p.suffix in (".json", ".nam")):
        try:
            snapshot = read_model(path)
        except ZooError:
            continue
        if snapshot.sample_rate in RATES:
            found.setdefault(snapshot.digest, (path, snapshot))
    return dict(found.values())


def read_dis(folder: Path, *, held_out: bool) -> Recordings:
    """The dry recordings in a folder, those of `HELD_OUT` or the others, at every rate."""
    paths = [path for path in sorted(folder.glob("*.wav")) if (path.stem in HELD_OUT) == held_out]
    audios = [read_audio(path) for path in paths]
    return {rate: tuple(_at(audio.mono(), audio.sample_rate, rate) for audio in audios) for rate in RATES}


def _at(signal: Signal, rate: int, wanted: int) -> Signal:
    return signal if rate == wanted else resample(signal, rate, wanted)


def model_lessons(models: list[Snapshot], recordings: Recordings) -> list[Lesson]:
    """Lessons of real models."""
    devices = (Heard(model.sample_rate, partial(render, model)) for model in models)
    return _told("models", hear(devices, recordings, count=12, probes=9, seed=1))


def other_lessons(recordings: Recordings, *, imaginary: int = 200, circuits: int = 18) -> list[Lesson]:
    """Lessons of imaginary devices, and of circuits at random settings of their knobs."""
    invented = (
        Heard(RATES[i % 2], partial(play, invent(FIRST_IMAGINARY + i), sample_rate=RATES[i % 2]))
        for i in range(imaginary)
    )
    lessons = _told("imaginary devices", hear(invented, recordings, count=8, probes=9, seed=2))
    solved = islice(_circuits(), circuits)
    return lessons + _told("circuits", hear(solved, recordings, count=4, probes=5, seed=3))


def _circuits() -> Iterator[Heard]:
    rng = np.random.Generator(np.random.PCG64(4))
    for number in range(sys.maxsize):
        circuit = CIRCUITS[FAST_CIRCUITS[number % len(FAST_CIRCUITS)]]
        turned = [knob.name for knob in circuit.knobs if knob.name not in LEVELS]
        device = circuit.at(**{name: round(float(rng.uniform(1.0, 9.0)), 1) for name in turned})
        rate = RATES[number % 2]
        yield Heard(rate, partial(device.play, sample_rate=rate))


def _told(what: str, lessons: Iterator[Lesson]) -> list[Lesson]:
    heard = []
    for lesson in lessons:
        heard.append(lesson)
        sys.stderr.write(f"\rheard {len(heard)} {what} ")
    sys.stderr.write("\n")
    return heard
