"""A distortion: a transistor and an op-amp with much gain, then two diodes to ground.

Topology and values: D. T. Yeh, J. Abel & J. O. Smith, Simplified, physically-informed models of distortion
and overdrive guitar effects pedals, DAFx 2007, figures 1 to 6. The emitter followers at either end are ideal.
"""

from __future__ import annotations

from training.circuits.device import Circuit, Knob, Turns
from training.circuits.jacks import BATTERY_VOLTS, LOAD, SOURCE
from training.circuits.netlist import (
    GROUND,
    Amplifier,
    Capacitor,
    Netlist,
    Resistor,
    Supply,
    audio_taper,
    potentiometer,
    variable,
)
from training.circuits.parts.diode import Diodes
from training.circuits.parts.opamp import opamp
from training.circuits.parts.transistor import Transistor


def netlists(turns: Turns) -> tuple[Netlist, ...]:
    """Transistor booster, op-amp and hard clipper, passive tone control between a low and a high pass."""
    booster = (
        Supply("battery", BATTERY_VOLTS),
        Capacitor("in", "gate", 47e-9),
        Resistor("gate", GROUND, 470e3),
        Amplifier("gate", GROUND, "buffered"),
        Capacitor("buffered", "base", 47e-9),
        Resistor("base", GROUND, 100e3),
        Resistor("collector", "base", 470e3),
        Capacitor("collector", "base", 250e-12),
        Resistor("battery", "collector", 10e3),
        Resistor("emitter", GROUND, 22.0),
        Transistor("base", "collector", "emitter", forward_gain=200.0),
    )
    clipping = (
        Capacitor("collector", "plus", 68e-9),
        Resistor("plus", GROUND, 100e3),
        *opamp("plus", "minus", "driven", bandwidth_hz=3e6, slew=1e6, rails=4.0),
        variable("minus", "driven", 100e3, audio_taper(turns["drive"])),
        Capacitor("minus", "driven", 100e-12),
        Resistor("minus", "leg", 4.7e3),
        Capacitor("leg", GROUND, 470e-9),
        Resistor("driven", "series", 2.2e3),
        Capacitor("series", "clipped", 470e-9),
        Diodes("clipped", GROUND),
        Capacitor("clipped", GROUND, 10e-9),
    )
    tone = (
        Resistor("clipped", "dark", 6.8e3),
        Capacitor("dark", GROUND, 100e-9),
        Capacitor("clipped", "bright", 22e-9),
        Resistor("bright", GROUND, 6.8e3),
        *potentiometer("bright", "wiper", "dark", 20e3, turns["tone"]),
        *potentiometer("wiper", "out", GROUND, 100e3, audio_taper(turns["level"])),
    )
    return ((*SOURCE, *booster, *clipping, *tone, *LOAD),)


CIRCUIT = Circuit(
    name="orange-distortion",
    family="distortion: op-amp into diodes to ground",
    kind="pedal",
    source="Yeh, Abel & Smith, DAFx 2007",
    knobs=(Knob("drive"), Knob("tone"), Knob("level", 8.0)),
    netlists=netlists,
    full_scale_volts=1.2,
)
