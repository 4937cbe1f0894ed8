"""A guitar loudspeaker in a closed box before a microphone, as a minimum-phase filter.

Low end: a second-order high-pass, resonance and Q of the closed box (R. H. Small, Closed-box loudspeaker
systems, JAES 20(10), 1972). Above: what every measured guitar cone shows, break-up resonances between 1 and 4
kHz and a steep fall beyond 5 kHz (L. Beranek & T. Mellow, Acoustics, 2012, chapter 6); depths and places are
the project's own. The microphone moves from the cone's edge (tone 0) to its centre (tone 10).
"""

from __future__ import annotations

import math

import numpy as np

from training.circuits.device import Circuit, Knob, Turns
from training.circuits.matrices import ComplexMatrix, Matrix

SECONDS = 0.045  # of the filter; its slowest resonance has died away by 60 dB
GRID = 8  # times finer than the taps, so that the cepstrum does not wrap
LOUDNESS = 0.25
# Break-up: Hz, dB, Q.
BREAK_UP = (
    (420.0, -2.5, 0.9),
    (1150.0, -3.0, 1.6),
    (1750.0, 3.5, 2.2),
    (2600.0, 5.5, 2.0),
    (3700.0, 3.0, 3.0),
)
FALL_HZ, FALL_Q = (4_900.0, 6_200.0), (1.1, 0.8)


def speaker(turns: Turns, sample_rate: int) -> Matrix:
    """Taps of the filter at ``sample_rate``, shape (taps,)."""
    size = turns.get("size", 0.5)
    taps = round(SECONDS * sample_rate)
    points = 1 << (GRID * taps - 1).bit_length()
    hertz = np.asarray(np.arange(points // 2 + 1) * (sample_rate / points), dtype=np.float64)
    hertz[0] = hertz[1] / 4
    return minimum_phase(np.abs(response(hertz, size, turns.get("tone", 0.5))), taps)


def response(hertz: Matrix, size: float, centre: float) -> ComplexMatrix:
    """The filter's analogue prototype; ``size`` of the box and place of the microphone from 0 to 1."""
    s = np.asarray(1j * hertz, dtype=np.complex128)
    resonance = 150.0 * 2 ** (-1.2 * size)
    product: ComplexMatrix = LOUDNESS * s**2 / (s**2 + s * resonance / 1.25 + resonance**2)
    for place, gain_db, q in BREAK_UP:
        at = place * 2 ** (0.35 * (0.5 - size))
        product = product * _bell(s, at, gain_db, q)
    for corner, q in zip(FALL_HZ, FALL_Q, strict=True):
        at = corner * 2 ** (0.6 * (centre - 0.5))
        product = product / (1 + s / (at * q) + (s / at) ** 2)
    return np.asarray(product * _bell(s, 3_000.0, 9.0 * (centre - 0.5), 0.7))


def minimum_phase(magnitude: Matrix, taps: int) -> Matrix:
    """The filter of that magnitude (0 Hz to Nyquist) whose energy comes soonest, by folding its cepstrum.

    (A. V. Oppenheim & R. W. Schafer, Discrete-Time Signal Processing, chapter 12.)
    """
    cepstrum = np.fft.irfft(np.log(np.maximum(magnitude, 1e-7)))
    half = cepstrum.size // 2
    folded = np.concatenate([cepstrum[:1], 2 * cepstrum[1:half], cepstrum[half : half + 1]])
    impulse = np.fft.irfft(np.exp(np.fft.rfft(folded, cepstrum.size)))[:taps]
    fade = np.sin(np.linspace(math.pi / 2, 0, taps // 4)) ** 2
    impulse[taps - fade.size :] *= fade
    return np.asarray(impulse)


def _bell(s: ComplexMatrix, hertz: float, gain_db: float, q: float) -> ComplexMatrix:
    root = 10 ** (gain_db / 40)
    return np.asarray((s**2 + s * root * hertz / q + hertz**2) / (s**2 + s * hertz / (root * q) + hertz**2))


CIRCUIT = Circuit(
    name="cabinet",
    family="cabinet: closed box, guitar cone and microphone",
    kind="cabinet",
    source="Small, JAES 20(10), 1972; Beranek & Mellow, Acoustics, 2012",
    knobs=(Knob("size"), Knob("tone")),
    netlists=lambda _: (),
    speaker=speaker,
)
