"""Valve stages that every preamplifier is made of."""

from __future__ import annotations

from training.circuits.netlist import GROUND, Capacitor, Netlist, Resistor
from training.circuits.parts.triode import valve

PLATE_OHMS = 100e3


def common_cathode(
    name: str,
    grid: str,
    supply: str,
    *,
    cathode_ohms: float = 1.5e3,
    bypass_farads: float = 0.0,
    plate_ohms: float = PLATE_OHMS,
) -> Netlist:
    """A gain stage from the node ``grid`` to its own "``name`` plate"; 0 farads leave the cathode bare."""
    plate, cathode = f"{name} plate", f"{name} cathode"
    bypass = (Capacitor(cathode, GROUND, bypass_farads),) if bypass_farads else ()
    return (
        *valve(grid, plate, cathode),
        Resistor(supply, plate, plate_ohms),
        Resistor(cathode, GROUND, cathode_ohms),
        *bypass,
    )


def cathode_follower(name: str, grid: str, supply: str) -> Netlist:
    """A buffer coupled directly to the plate before it, between ``grid`` and its own "``name`` cathode"."""
    cathode = f"{name} cathode"
    return (*valve(grid, supply, cathode), Resistor(cathode, GROUND, 100e3))
