"""Nonlinear one-ports with one capacitor, solved implicitly (backward Euler) by looking up a table.

With one state the implicit equation p(w) = p has a scalar unknown: tabulating p over w and reading the table
backwards solves it for all times (the K-method of Borin, De Poli & Rocchesso, IEEE TSAP 2000, in one
dimension). Signals are float64 (time, batch), volts, at an oversampled rate.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from training.devices.networks import Signal

TABLE_POINTS = 8192
THERMAL_VOLTAGE = 0.02585

Current = Callable[[Signal], Signal]
"""Amperes that a nonlinear part draws at a voltage; must rise with it."""


def antiparallel_diodes(saturation: float = 2.5e-9, ideality: float = 1.75, ratio: float = 1.0) -> Current:
    """Two silicon diodes back to back; ``ratio`` = how many stand in series in the positive direction."""

    def current(v: Signal) -> Signal:
        vt = ideality * THERMAL_VOLTAGE
        forward = np.exp(np.clip(v / (ratio * vt), None, 80)) - 1
        backward = np.exp(np.clip(-v / vt, None, 80)) - 1
        amperes: Signal = saturation * (forward - backward)
        return amperes

    return current


def shunt_clip(drive: Signal, conductance: float, capacitance: float, diodes: Current, rate: float) -> Signal:
    """Voltage v of a capacitor fed by the current ``drive``: C v' = drive - conductance v - diodes(v)."""
    step = 1 / (rate * capacitance)
    w = _axis(3.0)
    p = w + step * (conductance * w + diodes(w))
    return _leaky(drive * step, p, w)


def coupled(source: Signal, resistance: float, capacitance: float, port: Current, rate: float) -> Signal:
    """Voltage w at a port that is driven through a resistor and a coupling capacitor.

    w = source - R i - u with i = port(w) and C u' = i: rectified current charges the capacitor, so the bias
    of the next stage moves with the playing (blocking distortion).
    """
    step = 1 / (rate * capacitance)
    w = _axis(300.0)
    p = w + (resistance + step) * port(w)
    share = step / (resistance + step)
    out, u = np.empty_like(source), np.zeros(source.shape[1])
    for n, x in enumerate(source):
        here = x - u
        out[n] = np.interp(here, p, w)
        u += share * (here - out[n])
    return out


def _leaky(drive: Signal, p: Signal, w: Signal) -> Signal:
    out, v = np.empty_like(drive), np.zeros(drive.shape[1])
    for n, x in enumerate(drive):
        v = np.interp(v + x, p, w)
        out[n] = v
    return out


def _axis(reach: float) -> Signal:
    """Voltages to tabulate: dense around zero, to +-``reach``."""
    u = np.linspace(-1, 1, TABLE_POINTS + 1)
    return np.asarray(reach * np.sinh(9 * u) / np.sinh(9), dtype=np.float64)
