"""Learns the spaces of `recommender.space`: ``python -m recommender.learn MODEL...`` writes the paired one.

From imaginary devices, which are code and seeds, and from the models named on the command line, which count
three times: they are what a zoo is made of. The constants in the repository were learned from the 164
distinct models of the public collections that the tests read. About a quarter of an hour on one core. The
wet-only space is learned beside the encoder, from the same lessons (``python manifests/build_encoder.py``).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file, save

from recommender import paired, space
from recommender.imaginary import invent, play
from zoo.engine import render
from zoo.files import write_atomically
from zoo.formats import read_model
from zoo.playing import INSTRUMENTS, STYLES, Phrase, perform

SIZES: dict[space.Kind, int] = {"paired": 64, "wet": 32}
RATES = (44_100, 48_000)
MODEL_WEIGHT = 3
Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to learn from: so many imaginary devices, each device heard on so many of the phrases."""

    devices: int = 300
    phrases: int = 80
    phrases_each: int = 12
    seconds: float = 5.0


@dataclass(frozen=True, slots=True)
class Heard:
    """A device at one rate: what it puts out for a dry signal."""

    sample_rate: int
    play: Callable[[Array], Array]


def random_phrase(rng: np.random.Generator, seed: int, seconds: float) -> Phrase:
    """Anything on any instrument, between soft and full level."""
    instrument = str(rng.choice(sorted(INSTRUMENTS)))
    bass = instrument.startswith("bass")
    style = "bass-line" if bass else str(rng.choice(sorted(set(STYLES) - {"bass-line"})))
    peak_db, tempo = rng.uniform(-18.0, -1.0), rng.uniform(70.0, 160.0)
    return Phrase(style, instrument, seed, seconds, float(peak_db), float(tempo))


def imaginary_devices(count: int) -> Iterator[Heard]:
    """The first ``count`` imaginary devices, at both rates in turn."""
    for seed in range(count):
        rate = RATES[seed % len(RATES)]
        yield Heard(rate, partial(play, invent(seed), sample_rate=rate))


def models(paths: list[Path]) -> Iterator[Heard]:
    """Model files as devices, those of another rate than `RATES` left out."""
    for path in paths:
        snapshot = read_model(path)
        if snapshot.sample_rate in RATES:
            yield Heard(snapshot.sample_rate, partial(render, snapshot))


def listen(plan: Plan, devices: Iterator[Heard], seed: int) -> Array:
    """Raw paired vectors, shape (devices, plan.phrases_each, raw)."""
    rng = np.random.Generator(np.random.PCG64(seed))
    phrases = [random_phrase(rng, 1000 + i, plan.seconds) for i in range(plan.phrases)]
    dries = {r: [paired.analyse_dry(perform(phrase, r), r) for phrase in phrases] for r in RATES}
    vectors = []
    for device in devices:
        chosen = rng.choice(plan.phrases, plan.phrases_each, replace=False)
        heard = [dries[device.sample_rate][index] for index in chosen]
        vectors.append(np.stack([paired.paired_features(dry, device.play(dry.signal)) for dry in heard]))
    return np.stack(vectors)


def learn_paired(plan: Plan, model_files: list[Path]) -> space.Space:
    """Listen and learn."""
    invented = listen(plan, imaginary_devices(plan.devices), seed=0)
    real = listen(plan, models(model_files), seed=1) if model_files else invented[:0]
    return learn_heard(invented, real)


def learn_heard(invented: Array, real: Array) -> space.Space:
    """The space of what `listen` has heard of imaginary devices and of models, if any."""
    raw = np.concatenate([invented, *MODEL_WEIGHT * [real]])
    devices = np.repeat(np.arange(len(raw)), raw.shape[1])
    return space.learn_space(raw.reshape(len(devices), -1), devices, SIZES["paired"])


def write_space(path: Path, kind: space.Kind, learned: space.Space) -> None:
    """Write one space to ``path``; the other that is there stays."""
    tensors: dict[str, Array] = dict(load_file(path)) if path.exists() else {}
    for name in ("mean", "deviation", "axes"):
        tensors[f"{kind}.{name}"] = np.ascontiguousarray(getattr(learned, name), dtype=np.float32)
    write_atomically(path, save(tensors))


if __name__ == "__main__":
    files = [Path(name) for name in sys.argv[1:]]
    write_space(space.SPACE_FILE, "paired", learn_paired(Plan(), files))
