"""Power pentodes after Koren; the screen's current is counted, since it drags the supply down."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from training.circuits.compiled import compiled
from training.circuits.netlist import Branch
from training.circuits.parts.exponential import softplus
from training.circuits.parts.triode import grid_current


@dataclass(frozen=True, slots=True)
class Pentode:
    """A power tube.

    E1 = (v_s / kp) log(1 + exp(kp (1/mu + v_g / v_s))), i_p = 2 E1^ex atan(v_p / kvb) / kg1, and the screen
    takes E1^ex / kg2 (N. Koren, Improved vacuum tube models for SPICE, Glass Audio 8(5), 1996; constants of
    the EL34). Koren's screen current lacks the soft knee that E1 gives it here.
    """

    grid: str
    plate: str
    cathode: str
    screen: str
    mu: float = 11.0
    exponent: float = 1.35
    kg1: float = 650.0
    kg2: float = 4200.0
    kp: float = 60.0
    kvb: float = 24.0

    kind: ClassVar[str] = "pentode"

    @property
    def senses(self) -> tuple[Branch, ...]:
        """Grid, plate and screen against the cathode."""
        return tuple((node, self.cathode) for node in (self.grid, self.plate, self.screen))

    @property
    def injects(self) -> tuple[Branch, ...]:
        """Their currents."""
        return self.senses

    @property
    def parameters(self) -> tuple[float, ...]:
        """mu, ex, kg1, kg2, kp, kvb."""
        return (self.mu, self.exponent, self.kg1, self.kg2, self.kp, self.kvb)


@compiled
def pentode_law(v, port, q, i, slope):  # type: ignore[no-untyped-def]
    """Three ports: grid, plate and screen."""
    vg, vp, vs = v[port], v[port + 1], v[port + 2]
    for row in range(3):
        i[port + row] = 0.0
        for column in range(3):
            slope[port + row, port + column] = 0.0
    i[port], slope[port, port] = grid_current(vg)
    if vs <= 0.0:
        return
    bent, d = softplus(q[4] * (1.0 / q[0] + vg / vs))
    e1 = vs / q[4] * bent
    power = e1 ** q[1]
    steep = q[1] * power / max(e1, 1e-300)
    by_grid, by_screen = steep * d, steep * (bent / q[4] - d * vg / vs)
    i[port + 2] = power / q[3]
    slope[port + 2, port], slope[port + 2, port + 2] = by_grid / q[3], by_screen / q[3]
    if vp <= 0.0:
        return
    knee = 2.0 * math.atan(vp / q[5]) / q[2]
    i[port + 1] = power * knee
    slope[port + 1, port], slope[port + 1, port + 2] = by_grid * knee, by_screen * knee
    slope[port + 1, port + 1] = 2.0 * power / (q[2] * q[5] * (1.0 + (vp / q[5]) ** 2))
