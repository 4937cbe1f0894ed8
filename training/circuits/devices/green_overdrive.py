"""An overdrive with two diodes in the feedback of its op-amp: the middle clipped softly, on top of the clean.

Topology and values: D. T. Yeh, J. Abel & J. O. Smith, Simplified, physically-informed models of distortion
and overdrive guitar effects pedals, DAFx 2007, figures 8 and 11. The emitter followers at either end are
ideal.
"""

from __future__ import annotations

from training.circuits.device import Circuit, Knob, Turns
from training.circuits.jacks import SOURCE, level
from training.circuits.netlist import (
    GROUND,
    Amplifier,
    Capacitor,
    IdealOpamp,
    Netlist,
    Resistor,
    audio_taper,
    potentiometer,
    s_taper,
    variable,
)
from training.circuits.parts.diode import Diodes
from training.circuits.parts.opamp import opamp


def netlists(turns: Turns) -> tuple[Netlist, ...]:
    """Input filter, clipping amplifier, active tone control, level."""
    clipping = (
        Capacitor("in", "base", 20e-9),
        Resistor("base", GROUND, 510e3),
        Amplifier("base", GROUND, "buffered"),
        Capacitor("buffered", "plus", 1e-6),
        Resistor("plus", GROUND, 10e3),
        *opamp("plus", "minus", "clipped", bandwidth_hz=3e6, slew=1.5e6, rails=3.5),
        Resistor("minus", "leg", 4.7e3),
        Capacitor("leg", GROUND, 47e-9),
        Resistor("minus", "drive", 51e3),
        variable("drive", "clipped", 500e3, audio_taper(turns["drive"])),
        Capacitor("minus", "clipped", 51e-12),
        Diodes("clipped", "minus"),
    )
    tone = (
        Resistor("clipped", "t plus", 1e3),
        Capacitor("t plus", GROUND, 220e-9),
        Resistor("t plus", GROUND, 10e3),
        *potentiometer("t minus", "wiper", "t plus", 20e3, s_taper(turns["tone"])),
        Resistor("wiper", "t leg", 220.0),
        Capacitor("t leg", GROUND, 220e-9),
        Resistor("t minus", "toned", 1e3),
        IdealOpamp("t plus", "t minus", "toned"),
    )
    return ((*SOURCE, *clipping, *tone, *level("toned", 100e3, audio_taper(turns["level"]))),)


CIRCUIT = Circuit(
    name="green-overdrive",
    family="overdrive: op-amp with diodes in its feedback",
    kind="pedal",
    source="Yeh, Abel & Smith, DAFx 2007",
    knobs=(Knob("drive"), Knob("tone"), Knob("level", 8.0)),
    netlists=netlists,
    full_scale_volts=2.5,
)
