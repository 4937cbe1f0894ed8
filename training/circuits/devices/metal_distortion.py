"""A distortion for metal: two op-amp stages, diodes to ground, then fixed humps and an active equaliser.

Topology: boosted middle into two gain stages and a hard clipper, then resonances on gyrators and an equaliser
of potentiometers across one op-amp (D. Self, Small Signal Audio Design, 3rd edition, 2020, chapter 15); of
the project's own dimensioning, since the pedals of this kind differ.
"""

from __future__ import annotations

from training.circuits.device import Circuit, Knob, Turns
from training.circuits.gyrator import resonance
from training.circuits.jacks import SOURCE, level
from training.circuits.netlist import (
    GROUND,
    Amplifier,
    Capacitor,
    Input,
    Netlist,
    Resistor,
    audio_taper,
    potentiometer,
    variable,
)
from training.circuits.parts.diode import Diodes
from training.circuits.parts.opamp import opamp

LOW_HZ, HIGH_HZ = 105.0, 4_900.0
MIDDLE_FROM_HZ, MIDDLE_OCTAVES = 240.0, 4.3
EQUALISER_OHMS = 3.3e3
RAILS = 4.0


def _gain(node: str, out: str, leg_ohms: float, leg_farads: float, feedback: Resistor) -> Netlist:
    minus = f"{out} minus"
    return (
        *opamp(node, minus, out, rails=RAILS),
        Resistor(minus, f"{out} leg", leg_ohms),
        Capacitor(f"{out} leg", GROUND, leg_farads),
        feedback,
        Capacitor(minus, out, 47e-12),
    )


def _band(name: str, turn: float, hertz: float, q: float) -> Netlist:
    """A potentiometer between the equaliser's inputs, its wiper on a resonance: up boosts, down cuts."""
    wiper = f"{name} wiper"
    return (
        *potentiometer("eq minus", wiper, "eq plus", 100e3, turn),
        *resonance(wiper, hertz, 680.0, q),
    )


def netlists(turns: Turns) -> tuple[Netlist, ...]:
    """Distortion, then the equaliser, which the op-amp between them keeps from loading it."""
    distortion = (
        Capacitor("in", "gate", 22e-9),
        Resistor("gate", GROUND, 1e6),
        Amplifier("gate", GROUND, "buffered"),
        Capacitor("buffered", "first", 22e-9),
        Resistor("first", GROUND, 100e3),
        *_gain("first", "boosted", 2.2e3, 68e-9, Resistor("boosted minus", "boosted", 22e3)),
        Capacitor("boosted", "second", 22e-9),
        Resistor("second", GROUND, 100e3),
        *_gain(
            "second",
            "driven",
            1e3,
            220e-9,
            variable("driven minus", "driven", 250e3, audio_taper(turns["drive"])),
        ),
        Capacitor("driven", "coupled", 1e-6),
        Resistor("coupled", "clipped", 2.2e3),
        Diodes("clipped", GROUND),
        Capacitor("clipped", GROUND, 10e-9),
        Amplifier("clipped", GROUND, "out"),
    )
    equaliser = (
        Input("clipped"),
        *opamp("clipped", "hump minus", "humped", rails=RAILS),
        Resistor("hump minus", "humped", 10e3),
        Resistor("hump minus", "low hump", 1.5e3),
        *resonance("low hump", LOW_HZ, 3.3e3, 2.0),
        Resistor("hump minus", "high hump", 1.5e3),
        *resonance("high hump", HIGH_HZ, 1.5e3, 2.0),
        Resistor("humped", "eq plus", EQUALISER_OHMS),
        Resistor("eq minus", "equalised", EQUALISER_OHMS),
        *opamp("eq plus", "eq minus", "equalised", rails=RAILS),
        *_band("low", turns["bass"], LOW_HZ, 0.8),
        *_band("middle", turns["middle"], _middle_hertz(turns["frequency"]), 1.2),
        *_band("high", turns["treble"], HIGH_HZ, 0.8),
        Resistor("equalised", "smoothed", 1e3),
        Capacitor("smoothed", GROUND, 10e-9),
        Amplifier("smoothed", GROUND, "made up"),
    )
    return (
        (*SOURCE, *distortion),
        (*equaliser, *level("made up", 100e3, audio_taper(turns["level"]))),
    )


def _middle_hertz(turn: float) -> float:
    return MIDDLE_FROM_HZ * 2 ** (MIDDLE_OCTAVES * turn)


CIRCUIT = Circuit(
    name="metal-distortion",
    family="distortion: two op-amp stages into diodes, active equaliser",
    kind="pedal",
    source="Self, Small Signal Audio Design, 3rd edition, 2020, chapter 15",
    knobs=(
        Knob("drive", 6.0),
        Knob("bass", 6.0),
        Knob("middle", 3.0),
        Knob("frequency"),
        Knob("treble", 6.0),
        Knob("level", 8.0),
    ),
    netlists=netlists,
    full_scale_volts=5.5,
)
