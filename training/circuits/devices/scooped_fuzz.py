"""A fuzz of four transistors, two of them with diodes in their feedback, and a tone control with a hole.

Topology: common-emitter stages with collector feedback; the clipping pair sits behind a capacitor in the
feedback (K. J. Werner, V. Nangia, J. O. Smith & J. Abel, Resolving wave digital filters with
multiple/multiport nonlinearities, DAFx 2015; the transistor stage in D. T. Yeh, Automated physical modeling
of nonlinear audio circuits for real-time audio effects, part II, IEEE TASLP 20(4), 2012); round standard
values.
"""

from __future__ import annotations

from training.circuits.device import Circuit, Knob, Turns
from training.circuits.jacks import BATTERY_VOLTS, LOAD, SOURCE
from training.circuits.netlist import (
    GROUND,
    Capacitor,
    Netlist,
    Resistor,
    Supply,
    audio_taper,
    potentiometer,
)
from training.circuits.parts.diode import Diodes
from training.circuits.parts.transistor import Transistor


def stage(name: str, driven_from: str, series_ohms: float, emitter_ohms: float, *, clips: bool) -> Netlist:
    """One transistor with its bias, its feedback and, where it ``clips``, the diodes in that."""
    base, collector, emitter = f"{name} base", f"{name} collector", f"{name} emitter"
    diodes = (
        (
            Capacitor(base, f"{name} diodes", 100e-9),
            Diodes(f"{name} diodes", collector),
        )
        if clips
        else ()
    )
    return (
        Resistor(driven_from, f"{name} series", series_ohms),
        Capacitor(f"{name} series", base, 100e-9),
        Resistor(base, GROUND, 100e3),
        Resistor(collector, base, 470e3),
        Capacitor(collector, base, 470e-12),
        Resistor("battery", collector, 10e3),
        Resistor(emitter, GROUND, emitter_ohms),
        Transistor(base, collector, emitter),
        *diodes,
    )


def netlists(turns: Turns) -> tuple[Netlist, ...]:
    """Booster, sustain, two clipping stages, tone, and a stage that makes up for it."""
    tone = (
        Resistor("second collector", "dark", 39e3),
        Capacitor("dark", GROUND, 10e-9),
        Capacitor("second collector", "bright", 3.9e-9),
        Resistor("bright", GROUND, 22e3),
        *potentiometer("bright", "wiper", "dark", 100e3, turns["tone"]),
    )
    recovery = (
        Capacitor("wiper", "last base", 100e-9),
        Resistor("battery", "last base", 470e3),
        Resistor("last base", GROUND, 100e3),
        Resistor("battery", "last collector", 10e3),
        Resistor("last emitter", GROUND, 2e3),
        Transistor("last base", "last collector", "last emitter"),
        Capacitor("last collector", "level top", 100e-9),
        *potentiometer("level top", "out", GROUND, 100e3, audio_taper(turns["level"])),
    )
    return (
        (
            *SOURCE,
            Supply("battery", BATTERY_VOLTS),
            *stage("input", "in", 33e3, 100.0, clips=False),
            Capacitor("input collector", "sustain top", 100e-9),
            *potentiometer("sustain top", "sustain", GROUND, 100e3, audio_taper(turns["drive"])),
            *stage("first", "sustain", 8.2e3, 100.0, clips=True),
            *stage("second", "first collector", 8.2e3, 100.0, clips=True),
            *tone,
            *recovery,
            *LOAD,
        ),
    )


CIRCUIT = Circuit(
    name="scooped-fuzz",
    family="fuzz: two transistor stages with diodes in their feedback",
    kind="pedal",
    source="Werner, Nangia, Smith & Abel, DAFx 2015; Yeh, IEEE TASLP 20(4), 2012",
    knobs=(Knob("drive", 6.0), Knob("tone"), Knob("level", 8.0)),
    netlists=netlists,
    full_scale_volts=3.3,
)
