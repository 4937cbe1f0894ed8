"""The playing in the probe that every model renders: loudness is measured on it, wherever it is."""

from __future__ import annotations

from zoo.playing import Phrase

PLAYED = (
    Phrase("melody", "single-coil-neck", 11, 0.9, -4.0, 130.0),
    Phrase("strum", "humbucker-bridge", 12, 0.9, -1.0, 120.0),
    Phrase("riff", "humbucker-dropped", 13, 0.9, -3.0, 150.0),
    Phrase("bass-line", "bass-fingers", 14, 0.9, -4.0, 120.0),
    Phrase("funk", "single-coil-bridge", 15, 0.9, -10.0, 100.0),
    Phrase("arpeggio", "single-coil-fingers", 16, 0.9, -16.0, 140.0),
)
