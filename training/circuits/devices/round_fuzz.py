"""Two direct-coupled transistors in a feedback pair, germanium or silicon.

Topology and values: B. Holmes, M. Holters & M. van Walstijn, Comparison of germanium bipolar junction
transistor models for real-time circuit simulation, DAFx 2017. The second collector's resistor is trimmed to
half the battery, as players do.
"""

from __future__ import annotations

from functools import partial

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
from training.circuits.parts.transistor import GERMANIUM, Transistor


def netlists(turns: Turns, *, germanium: bool) -> tuple[Netlist, ...]:
    """The pair, the fuzz control in the second emitter, and the level."""
    volts = -BATTERY_VOLTS if germanium else BATTERY_VOLTS
    first, second = (70.0, 110.0) if germanium else (180.0, 220.0)
    kind = GERMANIUM if germanium else {}
    return (
        (
            *SOURCE,
            Supply("battery", volts),
            Capacitor("in", "base", 2.2e-6),
            Resistor("base", "emitter", 100e3),
            Resistor("battery", "middle", 33e3),
            Transistor("base", "middle", GROUND, forward_gain=first, **kind),  # type: ignore[arg-type]
            Transistor("middle", "collector", "emitter", forward_gain=second, **kind),  # type: ignore[arg-type]
            Capacitor("middle", GROUND, 100e-12),
            *potentiometer("emitter", "fuzz", GROUND, 1e3, turns["drive"]),
            Capacitor("fuzz", GROUND, 22e-6),
            Resistor("battery", "tap", 470.0),
            Resistor("tap", "collector", 8.2e3),
            Capacitor("tap", "level top", 10e-9),
            *potentiometer("level top", "out", GROUND, 500e3, audio_taper(turns["level"])),
            *LOAD,
        ),
    )


def _circuit(name: str, germanium: bool) -> Circuit:
    return Circuit(
        name=name,
        family=f"fuzz: two {'germanium' if germanium else 'silicon'} transistors in a feedback pair",
        kind="pedal",
        source="Holmes, Holters & van Walstijn, DAFx 2017",
        knobs=(Knob("drive", 8.0), Knob("level", 8.0)),
        netlists=partial(netlists, germanium=germanium),
        full_scale_volts=0.55,
    )


GERMANIUM_FUZZ = _circuit("germanium-fuzz", germanium=True)
SILICON_FUZZ = _circuit("silicon-fuzz", germanium=False)
