"""The example capture that is shipped: an overdrive at a setting that no model of the zoo has.

Stereo, dry left, wet right, 44.1 kHz, as a 16-bit recording would be: late, with hiss and hum.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from training.circuits import Device, find_circuit
from training.starter.material import PEAK, SAMPLE_RATE
from zoo.playing import Phrase, perform, to_24_bits

NAME = "example-capture.flac"
CIRCUIT, KNOBS = "green-overdrive", {"drive": 5.0, "tone": 6.0}  # between those that the zoo has
LATENCY_SAMPLES = 23
HISS_DB, HUM_DB = -84.0, -84.0

PHRASES = (
    Phrase("riff", "humbucker-bridge", 4_001, 2.0, -3.0, 118.0),
    Phrase("strum", "single-coil-neck", 4_002, 2.0, -5.0, 104.0),
    Phrase("melody", "humbucker-neck", 4_003, 2.0, -6.0, 126.0),
    Phrase("lead", "single-coil-bridge", 4_004, 2.0, -8.0, 112.0),
)


def device() -> Device:
    """What was captured."""
    return find_circuit(CIRCUIT).at(**KNOBS)


def example_capture() -> npt.NDArray[np.float32]:
    """The capture, shape (2, samples): dry, wet."""
    dry = np.concatenate([perform(phrase, SAMPLE_RATE) for phrase in PHRASES])
    wet = device()(dry, SAMPLE_RATE).astype(np.float64)
    wet *= PEAK / np.abs(wet).max()  # one sets the level before one records
    late = np.concatenate([np.zeros(LATENCY_SAMPLES), wet[:-LATENCY_SAMPLES]])
    rng = np.random.Generator(np.random.PCG64(9))
    t = np.arange(late.size) / SAMPLE_RATE
    noise = 10 ** (HISS_DB / 20) * rng.standard_normal(late.size)
    hum = 10 ** (HUM_DB / 20) * np.sqrt(2) * np.sin(2 * np.pi * 50 * t)
    return np.stack([dry, to_24_bits(late + noise + hum)])
