"""Linear circuits from their parts: nodal analysis gives the transfer function, then the bilinear transform.

Signals are float64 (time, batch), in volts, at an oversampled rate. Ohms, farads, hertz.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.signal import bilinear, lfilter

Signal: TypeAlias = npt.NDArray[np.float64]
Part: TypeAlias = tuple[Literal["R", "C"], str, str, float]
Transfer: TypeAlias = tuple[Signal, Signal]

TYPICAL_OMEGA = 2 * np.pi * 1000.0  # scales s, so that the polynomials' coefficients are of one size


def transfer(parts: Sequence[Part], source: str = "in", output: str = "out", ground: str = "gnd") -> Transfer:
    """H(s) from an ideal voltage source at ``source`` to the open node ``output``.

    Kirchhoff's current law at every free node is (G + sC) v = drive; Cramer's rule gives H as a ratio of
    two determinants, polynomials in s that are found by evaluating them on a circle.

    Returns:
        numerator and denominator coefficients, highest power of s first.
    """
    free = sorted({node for _, a, b, _ in parts for node in (a, b)} - {source, ground})
    reactive = sum(kind == "C" for kind, *_ in parts)
    points = np.exp(2j * np.pi * np.arange(reactive + 1) / (reactive + 1))
    values = np.array([_determinants(parts, free, source, output, z * TYPICAL_OMEGA) for z in points])
    coefficients = np.fft.fft(values, axis=0).real / len(points)  # ascending powers of s / TYPICAL_OMEGA
    coefficients /= np.abs(coefficients).max()
    coefficients[np.abs(coefficients) < 1e-12] = 0.0
    coefficients /= TYPICAL_OMEGA ** np.arange(len(points))[:, None]
    numerator, denominator = coefficients[::-1, 0], coefficients[::-1, 1]
    return np.trim_zeros(numerator, "f"), np.trim_zeros(denominator, "f")


def _determinants(
    parts: Sequence[Part], free: Sequence[str], source: str, output: str, s: complex
) -> tuple[complex, complex]:
    """Numerator and denominator of Cramer's rule at one frequency."""
    index = {node: i for i, node in enumerate(free)}
    admittances = np.zeros((len(free), len(free)), dtype=np.complex128)
    drive = np.zeros(len(free), dtype=np.complex128)
    for kind, a, b, value in parts:
        y = s * value if kind == "C" else 1 / value
        for here, there in ((a, b), (b, a)):
            if here in index:
                admittances[index[here], index[here]] += y
                if there in index:
                    admittances[index[here], index[there]] -= y
                elif there == source:
                    drive[index[here]] += y
    numerator = admittances.copy()
    numerator[:, index[output]] = drive
    return complex(np.linalg.det(numerator)), complex(np.linalg.det(admittances))


def filtered(signal: Signal, circuit: Transfer, rate: float) -> Signal:
    """``signal`` through an analogue transfer function, from rest."""
    b, a = bilinear(*circuit, fs=rate)
    out: Signal = lfilter(b, a, signal, axis=0)
    return out


def high_pass(frequency: float) -> Transfer:
    """One coupling capacitor."""
    return np.array([1.0, 0.0]), np.array([1.0, 2 * np.pi * frequency])


def low_pass(frequency: float) -> Transfer:
    """One stray or treble-cut capacitor."""
    return np.array([2 * np.pi * frequency]), np.array([1.0, 2 * np.pi * frequency])


def tone_stack(
    bass: float, treble: float, *, slope: float, caps: tuple[float, float, float], pots: tuple[float, ...]
) -> Transfer:
    """The passive three-capacitor stack of countless amps, knobs 0 to 1.

    Args:
        bass: knob.
        treble: knob.
        slope: slope resistor.
        caps: treble, bass and middle capacitor.
        pots: treble and bass pot, and the middle resistor.
    """
    treble_pot, bass_pot, middle = pots
    t, low = float(np.clip(treble, 0.01, 0.99)), float(np.clip(bass, 0.01, 1.0)) ** 2
    parts: list[Part] = [
        ("R", "in", "plate", 38_000.0),  # what drives it
        ("C", "plate", "top", caps[0]),
        ("R", "top", "out", (1 - t) * treble_pot),
        ("R", "out", "low", t * treble_pot),
        ("R", "plate", "slope", slope),
        ("C", "slope", "low", caps[1]),
        ("C", "slope", "middle", caps[2]),
        ("R", "low", "middle", low * bass_pot),
        ("R", "middle", "gnd", middle),
        ("R", "out", "gnd", 1e6),
    ]
    return transfer(parts)
