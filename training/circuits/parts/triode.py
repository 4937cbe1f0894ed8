"""Triodes after Koren, with Dempwolf and Zölzer's grid current and the capacitances between electrodes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from training.circuits.compiled import compiled
from training.circuits.netlist import Branch, Capacitor, Netlist
from training.circuits.parts.exponential import softplus

# 12AX7: Koren's own fit, and picofarads of the data sheet with a little for the socket.
GRID_PLATE_FARADS, GRID_CATHODE_FARADS = 1.7e-12, 1.8e-12


@dataclass(frozen=True, slots=True)
class Triode:
    """A triode without its capacitances; `valve` has them.

    Plate (N. Koren, Improved vacuum tube models for SPICE, Glass Audio 8(5), 1996, equation 4):
    E1 = (v_p / kp) log(1 + exp(kp (1/mu + v_g / sqrt(kvb + v_p^2)))), i_p = 2 E1^ex / kg1.
    Grid (K. Dempwolf & U. Zölzer, A physically-motivated triode model for circuit simulations, DAFx 2011,
    tube RSD-1): i_g = G (log(1 + exp(C v_g)) / C)^1.314 + 80 nA, the constant left out.
    """

    grid: str
    plate: str
    cathode: str
    mu: float = 100.0
    exponent: float = 1.4
    kg1: float = 1060.0
    kp: float = 600.0
    kvb: float = 300.0

    kind: ClassVar[str] = "triode"

    @property
    def senses(self) -> tuple[Branch, ...]:
        """Grid and plate against the cathode."""
        return ((self.grid, self.cathode), (self.plate, self.cathode))

    @property
    def injects(self) -> tuple[Branch, ...]:
        """Grid and plate current."""
        return self.senses

    @property
    def parameters(self) -> tuple[float, ...]:
        """mu, ex, kg1, kp, kvb."""
        return (self.mu, self.exponent, self.kg1, self.kp, self.kvb)


def valve(grid: str, plate: str, cathode: str) -> Netlist:
    """Half a 12AX7 with the capacitances between its electrodes."""
    return (
        Triode(grid, plate, cathode),
        Capacitor(grid, plate, GRID_PLATE_FARADS),
        Capacitor(grid, cathode, GRID_CATHODE_FARADS),
    )


GRID_GAIN, GRID_SHARPNESS, GRID_EXPONENT = 6.177e-4, 9.901, 1.314


@compiled
def grid_current(v):  # type: ignore[no-untyped-def]
    """Amperes into a grid ``v`` volts above its cathode, and their slope."""
    bent, d = softplus(GRID_SHARPNESS * v)
    power = GRID_GAIN * (bent / GRID_SHARPNESS) ** GRID_EXPONENT
    return power, GRID_EXPONENT * power * GRID_SHARPNESS * d / max(bent, 1e-300)


@compiled
def triode_law(v, port, q, i, slope):  # type: ignore[no-untyped-def]
    """Two ports: grid and plate."""
    vg, vp = v[port], v[port + 1]
    i[port], slope[port, port] = grid_current(vg)
    slope[port, port + 1] = 0.0
    i[port + 1] = slope[port + 1, port] = slope[port + 1, port + 1] = 0.0
    if vp <= 0.0:
        return
    root = math.sqrt(q[4] + vp * vp)
    bent, d = softplus(q[3] * (1.0 / q[0] + vg / root))
    e1 = vp / q[3] * bent
    current = 2.0 * e1 ** q[1] / q[2]
    steep = q[1] * current / max(e1, 1e-300)
    i[port + 1] = current
    slope[port + 1, port] = steep * vp * d / root
    slope[port + 1, port + 1] = steep * (bent / q[3] - vp * d * vg * vp / root**3)
