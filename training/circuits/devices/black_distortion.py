"""A distortion whose slow op-amp cannot follow its own gain, then two diodes and a one-knob low pass.

Topology: the common two-legged non-inverting amplifier into diodes to ground, as analysed for the LM308 in D.
T. Yeh, Digital Implementation of Musical Distortion Circuits by Analysis and Simulation, PhD thesis, Stanford
2009; round standard values. Bandwidth and slew rate are those of the LM308's data sheet with 30 pF.
"""

from __future__ import annotations

from training.circuits.device import Circuit, Knob, Turns
from training.circuits.jacks import SOURCE, level
from training.circuits.netlist import (
    GROUND,
    Amplifier,
    Capacitor,
    Netlist,
    Resistor,
    audio_taper,
    variable,
)
from training.circuits.parts.diode import Diodes
from training.circuits.parts.opamp import opamp


def netlists(turns: Turns) -> tuple[Netlist, ...]:
    """One amplifier with two legs to ground, the clipper, the filter, a buffer."""
    amplifier = (
        Capacitor("in", "plus", 22e-9),
        Resistor("plus", GROUND, 1e6),
        Capacitor("plus", GROUND, 1e-9),
        *opamp("plus", "minus", "driven", bandwidth_hz=1e6, slew=0.3e6, rails=4.0),
        variable("minus", "driven", 100e3, audio_taper(turns["drive"])),
        Capacitor("minus", "driven", 100e-12),
        Resistor("minus", "high leg", 47.0),
        Capacitor("high leg", GROUND, 2.2e-6),
        Resistor("minus", "low leg", 560.0),
        Capacitor("low leg", GROUND, 4.7e-6),
    )
    clipper = (
        Capacitor("driven", "coupled", 4.7e-6),
        Resistor("coupled", "clipped", 1e3),
        Diodes("clipped", GROUND),
        Resistor("clipped", "track", 1.5e3),
        variable("track", "dark", 100e3, audio_taper(1 - turns["tone"])),
        Capacitor("dark", GROUND, 3.3e-9),
        Capacitor("dark", "gate", 22e-9),
        Resistor("gate", GROUND, 1e6),
        Amplifier("gate", GROUND, "buffered"),
    )
    return ((*SOURCE, *amplifier, *clipper, *level("buffered", 100e3, audio_taper(turns["level"]))),)


CIRCUIT = Circuit(
    name="black-distortion",
    family="distortion: slew-limited op-amp into diodes to ground",
    kind="pedal",
    source="Yeh, PhD thesis, Stanford 2009; LM308 data sheet",
    knobs=(Knob("drive"), Knob("tone"), Knob("level", 8.0)),
    netlists=netlists,
    full_scale_volts=1.0,
)
