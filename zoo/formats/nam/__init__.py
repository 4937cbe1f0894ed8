"""NAM (``.nam``, JSON, 0.5 to 0.7): LSTM, WaveNet, and SlimmableContainer, the bundle of WaveNets in A2.

A file without a sample rate means 48 kHz. There are no gains and no residual. The initial state that an
LSTM's file gives is kept. ``head_scale`` is the last of the weights; the copy in ``config`` is not read.
"""

from __future__ import annotations

from typing import Any

from zoo.formats.nam.reading import decode
from zoo.formats.nam.writing import encode


def recognise(document: dict[str, Any]) -> bool:
    """Whether a JSON document is of this format, sound or not."""
    return "architecture" in document and "config" in document


__all__ = ["decode", "encode", "recognise"]
