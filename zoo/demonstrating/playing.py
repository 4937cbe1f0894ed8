"""What is played into the device: riffs, chords and a lead, soft and loud, by a synthesised guitarist."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from zoo.playing import Phrase, perform

# The last fifth is what no training hears, so it ends on what shows a distortion best: a lead over chords.
PHRASES = (
    Phrase("riff", "humbucker-bridge", 101, 5.0, -3.0, 118.0),
    Phrase("strum", "single-coil-neck", 102, 5.0, -4.0, 104.0),
    Phrase("arpeggio", "humbucker-neck", 104, 4.0, -10.0, 100.0),
    Phrase("lead", "single-coil-bridge", 103, 5.0, -6.0, 112.0),
    Phrase("riff", "humbucker-bridge", 105, 5.0, -3.0, 124.0),
)
SAMPLE_RATE = 44_100


def played(seconds: float) -> npt.NDArray[Any]:
    """All phrases one after another, each shortened or lengthened alike; shape (samples,)."""
    share = seconds / sum(phrase.seconds for phrase in PHRASES)
    performed = [perform(replace(p, seconds=p.seconds * share), SAMPLE_RATE) for p in PHRASES]
    return np.concatenate(performed)
