"""What a bank holds: models ready to be played by the pedal, and loudspeaker cabinets.

Mono float32, full scale = 1.0. ``y = out_gain * (net(in_gain * x) + residual * in_gain * x)``; knobs are
fixed. The fields are those of `bela/app/BANK.md`, one to one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float32]
Words: TypeAlias = npt.NDArray[np.uint32]

VERSION = 1
MAX_BYTES = 32 << 20
MAX_MODELS, MAX_CABS, MAX_TAPS, FRAME = 64, 16, 2048, 16
MIN_TEST, MAX_TEST = 16, 4096
MAX_TEXT = 63  # bytes of UTF-8
KINDS = ("LSTM", "GRU", "WaveNet")  # numbered from 1
GAIN_CLASSES = ("", "clean", "crunch", "high", "fuzz")  # numbered from 0; "" is unknown

# Two thirds of the 22,676 cycles that a board at 1 GHz has for a sample at 44.1 kHz, at 1.5 cycles for an
# instruction (the in-order model's estimate for this engine); the rest is for cabinet, EQ and the system.
BUDGET = 10_000


def _empty() -> Floats:
    return np.zeros(0, np.float32)


def _no_words() -> Words:
    return np.zeros(0, np.uint32)


@dataclass(frozen=True, eq=False)
class BankModel:
    """One model, as the board loads it.

    Attributes:
        digest: 64 hex digits, the id of the model that was packed.
        counted: ``instructions`` was counted by an emulator; otherwise it is estimated.
        forced: beyond the budget, and packed all the same.
        trim_db: makes it as loud as the playing that goes in.
        instructions: of a Cortex-A8 for one sample.
        hidden: units, or channels of a WaveNet's first array; ``layers``: layers, or arrays.
        frame: samples in and out at a time.
        tolerance: how far the board's output may be from ``test_out``.
        weights: in the engine's order, an LSTM's or GRU's state being that of rest.
        start: the state that the model itself starts from, (states,); empty for a WaveNet.
        shape: the layers of a WaveNet, (words,); else empty.
        test_in, test_out: (samples,) each, from the state of rest.
    """

    name: str
    device: str
    digest: str
    kind: str
    gain_class: str
    sample_rate: int
    residual: bool
    counted: bool
    forced: bool
    in_gain: float
    out_gain: float
    trim_db: float
    instructions: int
    hidden: int
    layers: int
    frame: int
    tolerance: float
    weights: Floats
    test_in: Floats
    test_out: Floats
    start: Floats = field(default_factory=_empty)
    shape: Words = field(default_factory=_no_words)

    @property
    def architecture(self) -> str:
        """As people write it."""
        layers = f"{self.layers}x" if self.layers > 1 and self.kind != "WaveNet" else ""
        frame = f" in frames of {self.frame}" if self.frame > 1 else ""
        return f"{self.kind}-{layers}{self.hidden}{frame}"


@dataclass(frozen=True, eq=False)
class Cab:
    """A loudspeaker cabinet: ``taps`` of an FIR, (taps,), that leaves loudness as it is."""

    name: str
    sample_rate: int
    taps: Floats


@dataclass(frozen=True, eq=False)
class Bank:
    """What the pedal loads.

    Attributes:
        budget: instructions that one model may take for one sample.
    """

    name: str
    models: tuple[BankModel, ...]
    cabs: tuple[Cab, ...] = ()
    budget: int = BUDGET
