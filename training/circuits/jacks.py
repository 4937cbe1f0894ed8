"""What a device is plugged into: a recorded guitar comes from a reamping box and goes into an amplifier."""

from __future__ import annotations

from training.circuits.netlist import GROUND, Capacitor, Input, Netlist, Resistor, potentiometer

REAMP_OHMS = 10_000.0
LOAD_OHMS = 1e6
BATTERY_VOLTS = 9.0

SOURCE: Netlist = (Input("guitar"), Resistor("guitar", "in", REAMP_OHMS))
LOAD: Netlist = (Resistor("out", GROUND, LOAD_OHMS),)


def level(node: str, ohms: float, share: float, farads: float = 1e-6) -> Netlist:
    """The last knob: a coupling capacitor, a potentiometer to ground, the output jack and its load."""
    return (
        Capacitor(node, "level top", farads),
        *potentiometer("level top", "out", GROUND, ohms, share),
        *LOAD,
    )
