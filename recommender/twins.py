"""Models that sound the same: found by sketches of their answers to the probe, proved by the answers.

A sketch is a random projection of the answer, resampled to one rate: distances between sketches are those
between answers, to within a tenth (count sketch: Charikar, Chen & Farach-Colton, 2002).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from recommender.probe import PROBE_HASH, probe
from zoo.audio import resample
from zoo.engine import render
from zoo.metrics import esr
from zoo.snapshot import Snapshot

Signal = npt.NDArray[np.float32]

TWIN_ESR = 0.01
SKETCH_SIZE = 512
SKETCH_RATE = 44_100
SLACK = 1.8  # an estimate this far above the threshold may still be a twin: eight standard deviations
SIGNS_SEED = 23
# The digit counts up whenever the same answer is sketched differently.
TWIN_KEY = f"sound-{PROBE_HASH[:12]}-1"


def answer(snapshot: Snapshot) -> Signal:
    """What a model puts out for the probe, at `SKETCH_RATE`.

    Raises:
        BadRequest: the model's rate is too low for the probe.
        EngineMissing: the native engine is not installed.
    """
    return at_common_rate(render(snapshot, probe(snapshot.sample_rate).samples), snapshot.sample_rate)


def at_common_rate(output: Signal, sample_rate: int) -> Signal:
    """An output for the probe at `SKETCH_RATE`, as long as the probe is there."""
    length = probe(SKETCH_RATE).samples.size
    output = resample(output, sample_rate, SKETCH_RATE) if sample_rate != SKETCH_RATE else output
    return np.pad(output[:length], (0, max(0, length - output.size)))


def sketch(answer: Signal) -> Signal:
    """The projection of an answer, shape (SKETCH_SIZE,)."""
    signed = answer * _signs(answer.size)
    padded = np.pad(signed, (0, -signed.size % SKETCH_SIZE))
    projected: Signal = padded.reshape(-1, SKETCH_SIZE).sum(axis=0, dtype=np.float64).astype(np.float32)
    return projected


@cache
def _signs(length: int) -> Signal:
    rng = np.random.Generator(np.random.PCG64(SIGNS_SEED))
    return rng.choice(np.array([-1.0, 1.0], np.float32), length)


class Sketches:
    """The sketches of many models, to find those that may sound like another."""

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._known: set[str] = set()
        self._rows = np.zeros((0, SKETCH_SIZE), np.float32)

    def add(self, model_id: str, sketch: Signal) -> None:
        """Remember a model, once.

        Raises:
            ValueError: this is no sketch.
        """
        if sketch.shape != (SKETCH_SIZE,) or not np.isfinite(sketch).all():
            raise ValueError("a sketch of another shape, or not finite")
        if model_id in self._known:
            return
        if len(self._ids) == len(self._rows):
            room = np.zeros((max(64, len(self._rows)), SKETCH_SIZE), np.float32)
            self._rows = np.concatenate([self._rows, room])
        self._rows[len(self._ids)] = sketch
        self._ids.append(model_id)
        self._known.add(model_id)

    def near(self, sketch: Signal, most: int) -> list[str]:
        """Ids of the models that may be twins of the one with this sketch, nearest first."""
        rows = self._rows[: len(self._ids)]
        energy = np.einsum("ij,ij->i", rows, rows)
        distance = np.sum((rows - sketch) ** 2, axis=1)
        order = np.argsort(distance, kind="stable")
        return [self._ids[i] for i in order[:most] if distance[i] < SLACK * TWIN_ESR * energy[i]]


def twin_esr(elder: Signal, answer: Signal) -> float | None:
    """The ESR of an answer with an elder's as the target, if it makes them twins; else None."""
    if not np.any(elder):
        return None
    ratio = esr(elder, answer)
    return ratio if ratio < TWIN_ESR else None
