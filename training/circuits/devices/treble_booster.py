"""One germanium transistor behind a small capacitor.

Topology and values: the one-transistor booster that B. Holmes & M. van Walstijn measured and fitted (DAFx
2016).
"""

from __future__ import annotations

from training.circuits.device import Circuit, Knob, Turns
from training.circuits.jacks import BATTERY_VOLTS, LOAD, SOURCE
from training.circuits.netlist import GROUND, Capacitor, Netlist, Resistor, Supply, potentiometer
from training.circuits.parts.transistor import GERMANIUM, Transistor


def netlists(turns: Turns) -> tuple[Netlist, ...]:
    """A common emitter with its bias divider; the knob is its collector resistor."""
    return (
        (
            *SOURCE,
            Supply("battery", -BATTERY_VOLTS),
            Capacitor("in", "base", 4.7e-9),
            Resistor("battery", "base", 470e3),
            Resistor("base", GROUND, 68e3),
            Transistor("base", "collector", "emitter", forward_gain=100.0, **GERMANIUM),  # type: ignore[arg-type]
            Capacitor("base", "collector", 10e-12),
            Resistor("emitter", GROUND, 3.9e3),
            Capacitor("emitter", GROUND, 47e-6),
            *potentiometer("collector", "wiper", "battery", 10e3, turns["drive"]),
            Capacitor("wiper", "out", 10e-9),
            *LOAD,
        ),
    )


CIRCUIT = Circuit(
    name="treble-booster",
    family="booster: one germanium transistor behind a small capacitor",
    kind="pedal",
    source="Holmes & van Walstijn, DAFx 2016",
    knobs=(Knob("drive", 8.0),),
    netlists=netlists,
    full_scale_volts=8.5,
)
