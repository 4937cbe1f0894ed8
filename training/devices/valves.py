"""A triode stage: coupling capacitor, grid current, plate on its load line. Volts, float64 (time, batch).

Tube: Koren's model and his 12AX7 constants (Glass Audio 8(5), 1996). The cathode is fully bypassed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from training.devices.clippers import coupled
from training.devices.networks import Signal

MU, EX, KG1, KP, KVB = 100.0, 1.4, 1060.0, 600.0, 300.0
GRID_OHMS, GRID_KNEE = 2_000.0, 0.1  # of a grid that is driven positive


@dataclass(frozen=True, slots=True)
class Triode:
    """Supply, plate and cathode resistor, and what leads to the grid."""

    supply: float = 280.0
    plate_ohms: float = 100_000.0
    cathode_ohms: float = 1_500.0
    source_ohms: float = 68_000.0
    grid_leak_ohms: float = 1e6
    coupling_farads: float = 22e-9

    def __call__(self, source: Signal, rate: float) -> Signal:
        """Swing of the plate around its rest, inverted as in a tube, for ``source`` volts before the cap."""
        bias, grid_axis, plate_axis = _load_line(self)

        def port(w: Signal) -> Signal:
            conducting = np.logaddexp(0.0, (w - bias) / GRID_KNEE) * GRID_KNEE / GRID_OHMS
            rest = np.logaddexp(0.0, -bias / GRID_KNEE) * GRID_KNEE / GRID_OHMS
            amperes: Signal = w / self.grid_leak_ohms + conducting - rest
            return amperes

        grid = coupled(source, self.source_ohms, self.coupling_farads, port, rate)
        plate: Signal = np.interp(grid, grid_axis, plate_axis)
        return plate


def plate_current(grid: Signal, plate: Signal) -> Signal:
    """Koren's equation 4: amperes at grid and plate voltages to the cathode."""
    plate = np.maximum(plate, 1e-9)
    e1 = plate / KP * np.logaddexp(0.0, KP * (1 / MU + grid / np.sqrt(KVB + plate**2)))
    amperes: Signal = 2 * e1**EX / KG1
    return amperes


@cache
def _load_line(tube: Triode) -> tuple[float, Signal, Signal]:
    """The cathode's voltage at rest, and the plate's swing over the grid's (both around rest)."""
    low, high = np.zeros(1), np.full(1, 10.0)
    for _ in range(60):  # the cathode settles where its resistor carries the plate's current
        bias = (low + high) / 2
        too_low = plate_current(-bias, _plate(-bias, bias, tube) - bias) * tube.cathode_ohms > bias
        low, high = np.where(too_low, bias, low), np.where(too_low, high, bias)
    grid = np.concatenate([[-300.0], np.linspace(-8.0, 12.0, 4001)])
    swing = _plate(grid - bias, bias, tube) - _plate(-bias, bias, tube)
    return float(bias[0]), grid, swing


def _plate(grid: Signal, cathode: Signal, tube: Triode) -> Signal:
    """Plate voltage where tube and load resistor agree, by bisection."""
    low, high = np.zeros_like(grid), np.full_like(grid, tube.supply)
    for _ in range(60):
        plate = (low + high) / 2
        drops_more = tube.supply - tube.plate_ohms * plate_current(grid, plate - cathode) > plate
        low, high = np.where(drops_more, plate, low), np.where(drops_more, high, plate)
    voltage: Signal = (low + high) / 2
    return voltage
