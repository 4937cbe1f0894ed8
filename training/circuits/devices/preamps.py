"""Three valve preamplifiers, from clean to high gain, in the order of how many stages clip.

Topologies: the two-stage American circuit, the British one with a cold stage and a cathode follower, and the
modern four-stage lead channel, as M. Blencowe describes them (Designing Tube Preamps for Guitar and Bass, 2nd
edition, 2012, chapters 1 to 5 and 10); simulated by J. Macak & J. Schimmel, Real-time guitar tube amplifier
simulation using an approximation of differential equations, DAFx 2010. Round standard values, Koren's 12AX7.
"""

from __future__ import annotations

from training.circuits.device import Circuit, Knob, Turns
from training.circuits.jacks import LOAD, SOURCE
from training.circuits.netlist import (
    GROUND,
    Capacitor,
    Netlist,
    Resistor,
    Supply,
    audio_taper,
    potentiometer,
)
from training.circuits.stages import cathode_follower, common_cathode
from training.circuits.tone_stack import AMERICAN, BRITISH, MODERN, ToneStack

INPUT = (*SOURCE, Resistor("in", GROUND, 1e6))
TONE = (Knob("drive"), Knob("bass"), Knob("middle"), Knob("treble"), Knob("level", 9.0))
SOURCE_TEXT = "Blencowe, Designing Tube Preamps, 2012; Koren, Glass Audio 8(5), 1996"


def american(turns: Turns) -> Netlist:
    """Gain, tone stack at the plate, volume (here: drive), gain."""
    return (
        *INPUT,
        Supply("plates", 270.0),
        Resistor("in", "first grid", 34e3),
        *common_cathode("first", "first grid", "plates", bypass_farads=25e-6),
        *_tone(AMERICAN, "first plate", turns),
        *potentiometer("toned", "wiper", GROUND, 1e6, audio_taper(turns["drive"])),
        Capacitor("toned", "wiper", 120e-12),
        *common_cathode("second", "wiper", "plates", bypass_farads=25e-6),
        *_output("second plate", turns),
    )


def british(turns: Turns) -> Netlist:
    """Gain, drive, a cold stage, gain, a cathode follower, tone stack."""
    return (
        *INPUT,
        Supply("plates", 300.0),
        Resistor("in", "first grid", 68e3),
        *common_cathode("first", "first grid", "plates", cathode_ohms=2.7e3, bypass_farads=0.68e-6),
        *_interstage("first plate", "drive", "second grid", turns["drive"], series_ohms=470e3),
        *common_cathode("second", "second grid", "plates", cathode_ohms=10e3),
        *_attenuated("second plate", "third grid", 470e3, 470e3),
        *common_cathode("third", "third grid", "plates", cathode_ohms=820.0),
        *cathode_follower("fourth", "third plate", "plates"),
        *_tone(BRITISH, "fourth cathode", turns),
        *_output("toned", turns),
    )


def lead(turns: Turns) -> Netlist:
    """Gain, drive, gain, a very cold stage, gain, a cathode follower, tone stack."""
    return (
        *INPUT,
        Supply("plates", 320.0),
        Resistor("in", "first grid", 68e3),
        *common_cathode(
            "first", "first grid", "plates", cathode_ohms=1.8e3, bypass_farads=1e-6, plate_ohms=220e3
        ),
        *_interstage("first plate", "drive", "second grid", turns["drive"], series_ohms=220e3),
        *common_cathode("second", "second grid", "plates", cathode_ohms=1.8e3, bypass_farads=1e-6),
        *_attenuated("second plate", "third grid", 470e3, 220e3, farads=4.7e-9),
        *common_cathode("third", "third grid", "plates", cathode_ohms=39e3),
        *_attenuated("third plate", "fourth grid", 220e3, 470e3),
        *common_cathode("fourth", "fourth grid", "plates", cathode_ohms=1.8e3, bypass_farads=1e-6),
        *cathode_follower("fifth", "fourth plate", "plates"),
        *_tone(MODERN, "fifth cathode", turns),
        *_output("toned", turns),
    )


def _interstage(plate: str, name: str, grid: str, turn: float, *, series_ohms: float) -> Netlist:
    """A coupling capacitor, the drive control with its bright capacitor, a grid stopper."""
    top, wiper = f"{name} top", f"{name} wiper"
    return (
        Capacitor(plate, top, 22e-9),
        *potentiometer(top, wiper, GROUND, 1e6, audio_taper(turn)),
        Capacitor(top, wiper, 470e-12),
        Resistor(wiper, grid, series_ohms),
        Capacitor(wiper, grid, 470e-12),
    )


def _attenuated(plate: str, grid: str, series: float, leak: float, farads: float = 22e-9) -> Netlist:
    """A coupling capacitor and a divider, which keeps the grid from blocking."""
    return (
        Capacitor(plate, f"{grid} feed", farads),
        Resistor(f"{grid} feed", grid, series),
        Resistor(grid, GROUND, leak),
    )


def _tone(stack: ToneStack, source: str, turns: Turns) -> Netlist:
    return stack.netlist(source, "toned", turns["treble"], turns["bass"], turns["middle"])


def _output(node: str, turns: Turns) -> Netlist:
    return (
        Capacitor(node, "level top", 47e-9),
        *potentiometer("level top", "out", GROUND, 1e6, audio_taper(turns["level"])),
        *LOAD,
    )


AMERICAN_PREAMP = Circuit(
    name="american-preamp",
    family="preamp: two triodes with a tone stack between them",
    kind="preamp",
    source=SOURCE_TEXT,
    knobs=TONE,
    netlists=lambda turns: (american(turns),),
    full_scale_volts=190.0,
)
BRITISH_PREAMP = Circuit(
    name="british-preamp",
    family="preamp: three triodes, a cathode follower and a tone stack",
    kind="preamp",
    source=SOURCE_TEXT,
    knobs=TONE,
    netlists=lambda turns: (british(turns),),
    full_scale_volts=145.0,
)
LEAD_PREAMP = Circuit(
    name="lead-preamp",
    family="preamp: four triodes, a cathode follower and a tone stack",
    kind="preamp",
    source=SOURCE_TEXT,
    knobs=TONE,
    netlists=lambda turns: (lead(turns),),
    full_scale_volts=145.0,
)
