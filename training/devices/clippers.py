"""Nonlinear one-ports with one capacitor, solved implicitly (backward Euler) by looking up a table.

With one state the implicit equation p(w) = p has a scalar unknown: tabulating p over w and reading the table
backwards solves it for all times (the K-method of Borin, De Poli & Rocchesso, IEEE TSAP 2000, in one
dimension). Signals are float64 (time, batch), volts, at an oversampled rate.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from training.devices.networks import Signal

TABLE_POINTS = 8192
THERMAL_VOLTAGE = 0.02585

Current = Callable[[Signal], Signal]
"""Amperes that a nonlinear part draws at a voltage; must rise with it."""

Scan = Callable[[Signal, Signal, Signal, float], Signal]


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
    return _compiled(_shunted)(drive * step, p, w, 0.0)


def coupled(source: Signal, resistance: float, capacitance: float, port: Current, rate: float) -> Signal:
    """Voltage w at a port that is driven through a resistor and a coupling capacitor.

    w = source - R i - u with i = port(w) and C u' = i: rectified current charges the capacitor, so the bias
    of the next stage moves with the playing (blocking distortion).
    """
    step = 1 / (rate * capacitance)
    w = _axis(300.0)
    p = w + (resistance + step) * port(w)
    return _compiled(_coupled)(source, p, w, step / (resistance + step))


def _shunted(drive: Signal, p: Signal, w: Signal, _: float) -> Signal:
    """v[n] is the w that belongs to p = v[n-1] + drive[n]; every column on its own."""
    out = np.empty_like(drive)
    for column in range(drive.shape[1]):
        v = 0.0
        for n in range(drive.shape[0]):
            v = np.interp(v + drive[n, column], p, w)
            out[n, column] = v
    return out


def _coupled(source: Signal, p: Signal, w: Signal, share: float) -> Signal:
    """w[n] belongs to p = source[n] - u[n-1]; the capacitor's u takes its share of the rest."""
    out = np.empty_like(source)
    for column in range(source.shape[1]):
        u = 0.0
        for n in range(source.shape[0]):
            here = source[n, column] - u
            out[n, column] = np.interp(here, p, w)
            u += share * (here - out[n, column])
    return out


@cache
def _compiled(scan: Scan) -> Scan:
    """``scan`` as machine code: it goes sample by sample, millions of them."""
    from numba import njit

    compiled: Scan = njit()(scan)
    return compiled


def _axis(reach: float) -> Signal:
    """Voltages to tabulate: dense around zero, to +-``reach``."""
    u = np.linspace(-1, 1, TABLE_POINTS + 1)
    return np.asarray(reach * np.sinh(9 * u) / np.sinh(9), dtype=np.float64)
