"""The example capture that is shipped: an overdrive at a setting that no model of the zoo has.

Stereo, dry left, wet right, 44.1 kHz, as a 16-bit recording would be: late, with hiss and hum.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from training.devices import green_overdrive
from training.starter.material import SAMPLE_RATE
from zoo.playing import Phrase, perform, to_24_bits

NAME = "example-capture.flac"
DRIVE = 0.5  # between the zoo's 0.2 and 0.8
LATENCY_SAMPLES = 23
HISS_DB, HUM_DB = -80.0, -84.0

PHRASES = (
    Phrase("riff", "humbucker-bridge", 4_001, 2.5, -3.0, 118.0),
    Phrase("strum", "single-coil-neck", 4_002, 2.5, -5.0, 104.0),
    Phrase("melody", "humbucker-neck", 4_003, 2.5, -6.0, 126.0),
    Phrase("lead", "single-coil-bridge", 4_004, 2.5, -8.0, 112.0),
)


def example_capture() -> npt.NDArray[np.float32]:
    """The capture, shape (2, samples): dry, wet."""
    dry = np.concatenate([perform(phrase, SAMPLE_RATE) for phrase in PHRASES])
    wet = green_overdrive(DRIVE)(dry, SAMPLE_RATE).astype(np.float64)
    late = np.concatenate([np.zeros(LATENCY_SAMPLES), wet[:-LATENCY_SAMPLES]])
    rng = np.random.Generator(np.random.PCG64(9))
    t = np.arange(late.size) / SAMPLE_RATE
    noise = 10 ** (HISS_DB / 20) * rng.standard_normal(late.size)
    hum = 10 ** (HUM_DB / 20) * np.sqrt(2) * np.sin(2 * np.pi * 50 * t)
    return np.stack([dry, to_24_bits(late + noise + hum)])
