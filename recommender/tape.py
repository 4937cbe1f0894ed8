"""Test signals and the tape they are laid on: what a probe is made of.

Signals are float64 (samples,), full scale = 1.0.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from zoo.playing import to_24_bits

Kind = Literal["silence", "sweep", "tone", "two-tone", "noise", "playing"]

SWEEP_HZ = (20.0, 20_000.0)
TONE_S = 0.15
SETTLE_S = 0.05  # left out of the analysis of steady tones
FADE_S = 0.005
NOISE_SEED = 5


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the probe.

    Attributes:
        name: unique, such as ``tone-440-15``.
        start, stop: sample numbers.
        settle: samples at its start that a steady-state analysis leaves out.
        level_db: peak of tones, sweeps and playing, RMS of noise, below full scale; None for silence.
        frequencies: of tones.
    """

    name: str
    kind: Kind
    start: int
    stop: int
    settle: int = 0
    level_db: float | None = None
    frequencies: tuple[float, ...] = ()

    @property
    def steady(self) -> slice:
        """The part to analyse when the device has settled."""
        return slice(self.start + self.settle, self.stop)


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """The signal, shape (samples,) and read-only, and its segments in order without gaps."""

    samples: npt.NDArray[np.float32]
    sample_rate: int
    segments: tuple[Segment, ...]

    def of_kind(self, kind: Kind) -> tuple[Segment, ...]:
        """All segments of a kind, in order."""
        return tuple(segment for segment in self.segments if segment.kind == kind)


@dataclass(slots=True)
class Tape:
    """Segments laid one after the other.

    Attributes:
        pieces: the signals so far.
        segments: what each piece is.
    """

    sample_rate: int
    pieces: list[npt.NDArray[np.float64]] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)

    def count(self, seconds: float) -> int:
        """Samples in ``seconds``."""
        return round(seconds * self.sample_rate)

    def add(
        self, name: str, kind: Kind, signal: npt.NDArray[np.floating], level_db: float | None = None
    ) -> None:
        """Append ``signal`` as it is; ``level_db`` is a remark about it."""
        self._append(Segment(name, kind, self._end, self._end + signal.size, 0, level_db), signal)

    def add_tones(self, frequencies: tuple[float, ...], level_db: float) -> None:
        """Append steady sines whose sum peaks at ``level_db``, softly started within the settling time."""
        t = np.arange(self.count(TONE_S)) / self.sample_rate
        signal = np.mean([np.sin(2 * np.pi * f * t) for f in frequencies], axis=0)
        signal *= np.clip(t / FADE_S, 0, 1) * gain(level_db)
        kind: Kind = "tone" if len(frequencies) == 1 else "two-tone"
        name = f"{kind}-{'+'.join(f'{f:.0f}' for f in frequencies)}{level_db:.0f}"
        stop, settle = self._end + signal.size, self.count(SETTLE_S)
        self._append(Segment(name, kind, self._end, stop, settle, level_db, frequencies), signal)

    def probe(self) -> Probe:
        """Everything so far, rounded to 24 bits."""
        samples = to_24_bits(np.concatenate(self.pieces))
        samples.setflags(write=False)
        return Probe(samples, self.sample_rate, tuple(self.segments))

    @property
    def _end(self) -> int:
        return self.segments[-1].stop if self.segments else 0

    def _append(self, segment: Segment, signal: npt.NDArray[np.floating]) -> None:
        self.pieces.append(np.asarray(signal, dtype=np.float64))
        self.segments.append(segment)


def gain(level_db: float) -> float:
    """Decibels as a factor."""
    return float(10 ** (level_db / 20))


def sweep(seconds: float, sample_rate: int) -> npt.NDArray[np.float64]:
    """Exponential sine sweep (Farina, AES 108, 2000), faded at both ends; peak 1."""
    t = np.arange(round(seconds * sample_rate)) / sample_rate
    low, high = SWEEP_HZ
    L = seconds / np.log(high / low)
    fade = np.clip(np.minimum(t, seconds - t) / FADE_S, 0, 1)
    signal: npt.NDArray[np.float64] = fade * np.sin(2 * np.pi * low * L * (np.exp(t / L) - 1))
    return signal


def noise(seconds: float, sample_rate: int, exponent: float) -> npt.NDArray[np.float64]:
    """Noise from 20 Hz to 20 kHz of RMS 1 whose amplitudes follow f ** ``exponent``: -0.5 is pink.

    The same phases at every sample rate, so the same noise.
    """
    count = round(seconds * sample_rate)
    bins = np.arange(int(20 * seconds), int(20_000 * seconds))
    rng = np.random.Generator(np.random.PCG64(5))
    spectrum = np.zeros(count // 2 + 1, dtype=np.complex128)
    spectrum[bins] = bins**exponent * np.exp(2j * np.pi * rng.uniform(0, 1, bins.size))
    signal = np.fft.irfft(spectrum, count)
    normalised: npt.NDArray[np.float64] = signal / np.sqrt(np.mean(signal**2))
    return normalised
