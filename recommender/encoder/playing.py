"""Playing to hear devices on: phrases and dry recordings, on guitars and at levels they were not played at.

Signals are mono float32, shape (samples,), full scale = 1.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np

from recommender.bands import Signal
from recommender.imaginary import bell, filtered, log_uniform
from recommender.learn import random_phrase
from zoo.playing import perform

Recordings = Mapping[int, tuple[Signal, ...]]
"""Dry recordings at every sample rate; there may be none."""

SECONDS = 4.0
PHRASES = 60
PHRASE_SEED = 3000
PEAKS_DB = (-18.0, -1.0)
QUIET = 0.05  # a stretch of a recording that never reaches this is looked for elsewhere
TRIES = 20
AS_PLAYED = 0.25  # share of the playing that stays on its own guitar
HISS_DB = (-110.0, -55.0)  # of the recording, under the peak


def draw(rng: np.random.Generator, rate: int, recordings: Recordings, turn: int) -> Signal:
    """A synthesised phrase, or a stretch of a recording, in turn; about `SECONDS` at a random level."""
    there = recordings.get(rate, ())
    from_recording = turn % 2 == 1 and len(there) > 0
    played = _stretch(rng, there, rate) if from_recording else _phrase(int(rng.integers(PHRASES)), rate)
    if rng.random() > AS_PLAYED:
        played = another_guitar(played, rate, rng)
    peak = 10.0 ** (rng.uniform(*PEAKS_DB) / 20.0)
    return np.asarray(played * (peak / max(float(np.abs(played).max()), 1e-6)), dtype=np.float32)


def another_guitar(played: Signal, rate: int, rng: np.random.Generator) -> Signal:
    """The same through other pickups: two bells, and the tone knob; same shape."""
    padded = 1 << int(played.size + rate // 4 - 1).bit_length()
    hz = np.fft.rfftfreq(padded, 1.0 / rate)
    response = 1.0 / (1.0 + 1j * hz / log_uniform(rng, 2500.0, 25_000.0))
    for low, high in ((80.0, 600.0), (600.0, 6000.0)):
        response = response * bell(
            hz, log_uniform(rng, low, high), rng.uniform(-7.0, 7.0), rng.uniform(0.7, 2.5)
        )
    return np.asarray(filtered(played.astype(np.float64), response), dtype=np.float32)


def recorded(wet: Signal, rng: np.random.Generator) -> Signal:
    """The same with the hiss of a recording."""
    level = 10.0 ** (rng.uniform(*HISS_DB) / 20.0) * float(np.abs(wet).max())
    return np.asarray(wet + level * rng.standard_normal(wet.size), dtype=np.float32)


@cache
def _phrase(number: int, rate: int) -> Signal:
    rng = np.random.Generator(np.random.PCG64([PHRASE_SEED, number]))
    return perform(random_phrase(rng, PHRASE_SEED + number, SECONDS), rate)


def _stretch(rng: np.random.Generator, recordings: tuple[Signal, ...], rate: int) -> Signal:
    recording = recordings[int(rng.integers(len(recordings)))]
    length = round(SECONDS * rate)
    for _ in range(TRIES):
        start = int(rng.integers(0, max(recording.size - length, 0) + 1))
        stretch = recording[start : start + length]
        if float(np.abs(stretch).max()) > QUIET:
            break
    return stretch
