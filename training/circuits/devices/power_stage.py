"""A push-pull pair of power pentodes: phase inverter, output transformer, loudspeaker, sagging supply.

Topology: J. Macak & J. Schimmel, Simulation of a vacuum-tube push-pull guitar power amplifier, DAFx 2011;
phase inverter and feedback after M. Blencowe, Designing High-Fidelity Tube Preamps, 2016, and the supply
after the same author, Designing Power Supplies for Tube Amplifiers, 2010. EL34 after Koren, the transformer
an ideal one with magnetising inductance, the loudspeaker its usual equivalent circuit.
"""

from __future__ import annotations

from training.circuits.device import Circuit, Knob, Turns
from training.circuits.netlist import (
    GROUND,
    Capacitor,
    Inductor,
    Input,
    Netlist,
    Resistor,
    Supply,
    Winding,
    audio_taper,
    potentiometer,
    variable,
)
from training.circuits.parts.pentode import Pentode
from training.circuits.parts.triode import valve

TURNS_OF_HALF = 10.3  # half the primary over the secondary: 3.4 kOhm plate to plate into 8 Ohm
BIAS_VOLTS = -38.0
RECTIFIER_VOLTS, MOST_SAG_OHMS = 450.0, 400.0
DRIVE_OHMS = 1e6


def netlist(turns: Turns) -> Netlist:
    """From the line input to the loudspeaker."""
    return (
        Input("line"),
        *potentiometer("line", "in", GROUND, DRIVE_OHMS, audio_taper(turns["drive"])),
        *_supply(turns["sag"]),
        *_inverter(),
        *_half("up", "first plate"),
        *_half("down", "second plate"),
        *_transformer(),
        *_feedback(turns["presence"]),
        *_loudspeaker(),
    )


def _supply(sag: float) -> Netlist:
    """Rectifier and choke as one resistor in front of each capacitor."""
    return (
        Supply("rectifier", RECTIFIER_VOLTS),
        variable("rectifier", "plates", MOST_SAG_OHMS, 0.1 + 0.9 * sag),
        Capacitor("plates", GROUND, 50e-6),
        Resistor("plates", "screens", 1e3),
        Capacitor("screens", GROUND, 32e-6),
        Resistor("screens", "inverter supply", 10e3),
        Capacitor("inverter supply", GROUND, 32e-6),
        Supply("bias", BIAS_VOLTS),
    )


def _inverter() -> Netlist:
    """A long-tailed pair of triodes; the second grid takes the feedback."""
    return (
        Capacitor("in", "first grid", 22e-9),
        Resistor("first grid", "tail", 1e6),
        *valve("first grid", "first plate", "cathodes"),
        *valve("second grid", "second plate", "cathodes"),
        Resistor("second grid", "tail", 1e6),
        Capacitor("second grid", "feedback", 100e-9),
        Resistor("cathodes", "tail", 470.0),
        Resistor("tail", "feedback", 10e3),
        Resistor("inverter supply", "first plate", 82e3),
        Resistor("inverter supply", "second plate", 100e3),
    )


def _half(side: str, driver: str) -> Netlist:
    """One pentode with its bias, grid stopper and screen resistor."""
    grid = f"{side} grid"
    return (
        Capacitor(driver, f"{side} leak", 22e-9),
        Resistor(f"{side} leak", "bias", 220e3),
        Resistor(f"{side} leak", grid, 5.6e3),
        Pentode(grid, f"{side} plate", GROUND, f"{side} screen"),
        Capacitor(grid, GROUND, 15e-12),
        Resistor("screens", f"{side} screen", 1e3),
    )


def _transformer() -> Netlist:
    """Two half primaries on one core, with winding resistance and what the windings have of capacitance."""
    return (
        Resistor("plates", "centre up", 40.0),
        Resistor("plates", "centre down", 40.0),
        Winding(("up plate", "centre up"), ("out", GROUND), TURNS_OF_HALF),
        Winding(("centre down", "down plate"), ("out", GROUND), TURNS_OF_HALF),
        Inductor("up plate", "centre up", 10.0),
        Capacitor("up plate", "down plate", 1e-9),
        Resistor("up plate", "damped", 10e3),
        Capacitor("damped", "down plate", 4.7e-9),
    )


def _feedback(presence: float) -> Netlist:
    """From the loudspeaker to the tail; the presence control takes the highs out of it."""
    return (
        Resistor("out", "feedback", 47e3),
        *potentiometer("feedback", "presence", GROUND, 5e3, presence),
        Capacitor("presence", GROUND, 100e-9),
    )


def _loudspeaker() -> Netlist:
    """8 Ohm nominal: voice coil, and the resonance of cone and box at 95 Hz."""
    return (
        Resistor("out", "coil", 6.5),
        Inductor("coil", "cone", 0.4e-3),
        Resistor("coil", "cone", 40.0),
        Resistor("cone", GROUND, 50.0),
        Inductor("cone", GROUND, 14e-3),
        Capacitor("cone", GROUND, 200e-6),
    )


KNOBS = (Knob("drive"), Knob("presence"), Knob("sag"))
FULL_SCALE_VOLTS = 66.0
LINE_VOLTS = 20.0  # what a preamplifier gives for full scale

CIRCUIT = Circuit(
    name="power-stage",
    family="power amp: push-pull pentodes with feedback and a sagging supply",
    kind="amp",
    source="Macak & Schimmel, DAFx 2011; Koren, Glass Audio 8(5), 1996",
    knobs=KNOBS,
    netlists=lambda turns: (netlist(turns),),
    input_volts=LINE_VOLTS,
    full_scale_volts=FULL_SCALE_VOLTS,
)
