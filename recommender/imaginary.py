"""Imaginary devices: random amps and pedals, to learn which numbers tell devices apart and which the playing.

Signals are mono float32, shape (samples,), full scale = 1.0. A device is its seed: the same seed gives the
same device at any sample rate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from recommender.bands import Matrix, Signal

Curve = Callable[[Matrix], Matrix]

CURVES: dict[str, Curve] = {
    "tube": np.tanh,
    "silicon": lambda v: np.clip(v, -1.0, 1.0),
    "germanium": lambda v: np.arcsinh(3.0 * v) / 2.0,
    "lopsided": lambda v: np.where(v > 0.0, np.tanh(v), np.tanh(0.4 * v) / 0.7),
    "fuzz": lambda v: np.where(v > 0.0, 1.0 - np.exp(-v), np.maximum(v, -0.5)),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One clipping stage: what is filtered before it, how hard it is driven, how it bends.

    Attributes:
        low_cut_hz: first-order high-pass in front, with ``low_mix`` of the bass left.
        peak: middle frequency (Hz), gain (dB) and width (octaves) of a bell in front.
        gain_db: gain in front of the curve.
        bias: added in front of the curve, taken off behind it: even harmonics.
        blend: share of the unclipped signal in the output.
    """

    low_cut_hz: float
    low_mix: float
    peak: tuple[float, float, float]
    gain_db: float
    bias: float
    curve: str
    blend: float


@dataclass(frozen=True, slots=True)
class Device:
    """Clipping stages, then tone: a bell, a high-cut of some order, perhaps a speaker; then hiss."""

    stages: tuple[Stage, ...]
    peak: tuple[float, float, float]
    low_cut_hz: float
    high_cut_hz: float
    high_cut_order: int
    ripples: tuple[tuple[float, float, float], ...]
    hiss_db: float
    seed: int


def invent(seed: int) -> Device:
    """A device between a clean preamp and a fuzz into a speaker."""
    rng = np.random.Generator(np.random.PCG64(seed))
    gain = rng.uniform(-12.0, 50.0)
    count = 1 + int(gain > 15.0 and rng.random() < 0.5)
    stages = tuple(_stage(rng, gain if i == 0 else rng.uniform(0.0, 25.0)) for i in range(count))
    speaker = rng.random() < 0.4
    ripples = tuple(
        (log_uniform(rng, 100.0, 6000.0), rng.uniform(-8.0, 6.0), rng.uniform(0.2, 1.0))
        for _ in range(6 if speaker else 1)
    )
    return Device(
        stages=stages,
        peak=(log_uniform(rng, 250.0, 1200.0), rng.uniform(-14.0, 8.0), rng.uniform(0.8, 3.0)),
        low_cut_hz=log_uniform(rng, 15.0, 150.0),
        high_cut_hz=log_uniform(rng, 2500.0, 6000.0) if speaker else log_uniform(rng, 1500.0, 16000.0),
        high_cut_order=4 if speaker else int(rng.integers(1, 3)),
        ripples=ripples,
        hiss_db=rng.uniform(-100.0, -65.0),
        seed=seed,
    )


def play(device: Device, dry: Signal, sample_rate: int) -> Signal:
    """What comes out of ``device`` for ``dry``, at an RMS of 0.1; same shape."""
    padded = 1 << int(dry.size + sample_rate // 4 - 1).bit_length()
    hz = np.fft.rfftfreq(padded, 1.0 / sample_rate)
    signal = dry.astype(np.float64)
    for stage in device.stages:
        high = 1j * hz / (stage.low_cut_hz + 1j * hz)
        shaped = filtered(signal, (high + stage.low_mix * (1.0 - high)) * bell(hz, *stage.peak))
        driven = shaped * 10.0 ** (stage.gain_db / 20.0)
        curve = CURVES[stage.curve]
        clipped = curve(driven + stage.bias) - curve(np.full(1, stage.bias))
        signal = (1.0 - stage.blend) * clipped + stage.blend * signal
    tone = bell(hz, *device.peak) * (1j * hz / (device.low_cut_hz + 1j * hz))
    tone = tone / (1.0 + 1j * hz / device.high_cut_hz) ** device.high_cut_order
    for ripple in device.ripples:
        tone = tone * bell(hz, *ripple)
    wet = filtered(signal, tone)
    wet *= 0.1 / max(float(np.sqrt(np.mean(np.square(wet)))), 1e-9)
    hiss = np.random.Generator(np.random.PCG64(device.seed)).standard_normal(wet.size)
    return np.asarray(wet + hiss * 10.0 ** (device.hiss_db / 20.0), dtype=np.float32)


def _stage(rng: np.random.Generator, gain_db: float) -> Stage:
    return Stage(
        low_cut_hz=log_uniform(rng, 20.0, 1000.0),
        low_mix=rng.uniform(0.0, 0.3),
        peak=(log_uniform(rng, 300.0, 3000.0), rng.uniform(-6.0, 10.0), rng.uniform(0.5, 2.0)),
        gain_db=gain_db,
        bias=rng.uniform(-0.4, 0.4) * (rng.random() < 0.5),
        curve=str(rng.choice(sorted(CURVES))),
        blend=rng.uniform(0.0, 0.5) * (rng.random() < 0.25),
    )


def filtered(signal: Matrix, response: Matrix) -> Matrix:
    """A signal behind a filter of that response, shape (padded // 2 + 1,); same shape as the signal."""
    padded = 2 * (len(response) - 1)
    return np.fft.irfft(np.fft.rfft(signal, padded) * response, padded)[: signal.size]


def bell(hz: Matrix, centre: float, gain_db: float, octaves: float) -> Matrix:
    """Gain at ``hz`` of a bell that is ``gain_db`` high at ``centre`` Hz and about ``octaves`` wide."""
    distance = np.log2(np.maximum(hz, 1.0) / centre) / octaves
    return np.asarray(10.0 ** (gain_db / 20.0 * np.exp(-2.0 * np.square(distance))))


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """A random number, as often in one octave as in the next."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))
