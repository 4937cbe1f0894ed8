"""What the encoder learns from: many devices, each heard on the standard playing and on playing of its own.

The standard playing is `recommender.probe.playing_probes`: there a zoo's reference is made, so there the
encoder must put a device to which other playing leads. Dry signals are mono float32, shape (samples,).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from recommender.bands import Signal
from recommender.encoder.frames import Frames, frames
from recommender.encoder.playing import Recordings, draw, recorded
from recommender.learn import RATES, Heard
from recommender.paired import analyse_dry, paired_features
from recommender.probe import playing_probes
from recommender.space import space
from recommender.wet import wet_features

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Sound:
    """One stretch of a device's output: frames, shape (frames, FRAME_SIZE), and hand-made numbers."""

    frames: Frames
    raw: Array


@dataclass(frozen=True, slots=True)
class Lesson:
    """One device.

    Attributes:
        standard: its output for the standard playing.
        other: its output for other playing at other levels.
        place: where it stands among devices in the paired space: how it *sounds*, whatever the playing.
    """

    standard: tuple[Sound, ...]
    other: tuple[Sound, ...]
    place: Array


def hear(
    devices: Iterable[Heard], recordings: Recordings, *, count: int, probes: int, seed: int
) -> Iterator[Lesson]:
    """A lesson for every device.

    Args:
        devices: what plays.
        recordings: dry ones, taken in turn with synthesised phrases; may be empty.
        count: stretches of other playing.
        probes: how many of the playing probes to play (slow devices need not play all).
        seed: chooses the playing.
    """
    for number, device in enumerate(devices):
        rng = np.random.Generator(np.random.PCG64([seed, number]))
        rate = device.sample_rate
        dries = _standard(rate)[:: len(_standard(rate)) // probes][:probes]
        outputs = [device.play(dry.signal) for dry in dries]
        pairs = zip(dries, outputs, strict=True)
        place = space("paired").place(np.stack([paired_features(dry, wet) for dry, wet in pairs]))
        played = [draw(rng, rate, recordings, turn) for turn in range(count)]
        other = [_sound(recorded(device.play(dry), rng), rate) for dry in played]
        yield Lesson(tuple(_sound(wet, rate) for wet in outputs), tuple(other), place)


def _sound(wet: Signal, rate: int) -> Sound:
    return Sound(frames(wet, rate).astype(np.float16), wet_features(wet, rate))


@cache
def _standard(rate: int) -> tuple[Any, ...]:
    return tuple(analyse_dry(signal, rate) for signal in playing_probes(rate))


__all__ = ["RATES", "Heard", "Lesson", "Recordings", "Sound", "hear"]
