"""Learns the spaces from imaginary devices: ``python -m recommender.learn`` writes ``space.safetensors``.

It needs no recording and no model; the whole of it is code and seeds. About ten minutes on one core.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save

from recommender import paired, space, wet
from recommender.imaginary import invent, play
from zoo.files import write_atomically
from zoo.playing import INSTRUMENTS, STYLES, Phrase, perform

SIZES = {"paired": 64, "wet": 32}
RATES = (44_100, 48_000)
Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to learn from: so many devices, each heard on so many of the phrases."""

    devices: int = 400
    phrases: int = 100
    phrases_each: int = 12
    seconds: float = 5.0


def random_phrase(rng: np.random.Generator, seed: int, seconds: float) -> Phrase:
    """Anything on any instrument, between soft and full level."""
    instrument = str(rng.choice(sorted(INSTRUMENTS)))
    bass = instrument.startswith("bass")
    style = "bass-line" if bass else str(rng.choice(sorted(set(STYLES) - {"bass-line"})))
    peak_db, tempo = rng.uniform(-18.0, -1.0), rng.uniform(70.0, 160.0)
    return Phrase(style, instrument, seed, seconds, float(peak_db), float(tempo))


def listen(plan: Plan) -> tuple[dict[space.Kind, Array], Array]:
    """Raw vectors of imaginary devices, shape (recordings, raw) for each kind, and whose each is."""
    rng = np.random.Generator(np.random.PCG64(0))
    phrases = [random_phrase(rng, 1000 + i, plan.seconds) for i in range(plan.phrases)]
    rates = [RATES[i % len(RATES)] for i in range(plan.phrases)]
    dries = [paired.analyse_dry(perform(p, rate), rate) for p, rate in zip(phrases, rates, strict=True)]
    vectors: dict[space.Kind, list[Array]] = {"paired": [], "wet": []}
    for seed in range(plan.devices):
        device = invent(seed)
        for index in rng.choice(plan.phrases, plan.phrases_each, replace=False):
            dry = dries[index]
            output = play(device, dry.signal, dry.sample_rate)
            vectors["paired"].append(paired.paired_features(dry, output))
            vectors["wet"].append(wet.wet_features(output, dry.sample_rate))
    devices = np.repeat(np.arange(plan.devices), plan.phrases_each)
    return {kind: np.stack(rows) for kind, rows in vectors.items()}, devices


def write_spaces(path: Path, plan: Plan) -> None:
    """Listen, learn, and write both spaces to ``path``."""
    vectors, devices = listen(plan)
    tensors: dict[str, Array] = {}
    for kind, raw in vectors.items():
        learned = space.learn_space(raw, devices, SIZES[kind])
        for name in ("mean", "deviation", "axes"):
            tensors[f"{kind}.{name}"] = np.ascontiguousarray(getattr(learned, name), dtype=np.float32)
    write_atomically(path, save(tensors))


if __name__ == "__main__":
    write_spaces(Path(sys.argv[1]) if len(sys.argv) > 1 else space.SPACE_FILE, Plan())
