"""Whole amplifiers: a preamplifier into the push-pull stage into a cabinet, one after the other.

Each stage's own file says where it comes from. The preamplifier does not feel the power stage: its master
control is a million ohms.
"""

from __future__ import annotations

from collections.abc import Callable

from training.circuits.device import Circuit, Knob, Turns
from training.circuits.devices import cabinet, power_stage, preamps
from training.circuits.matrices import Matrix
from training.circuits.netlist import Netlist

FULL_SCALE_VOLTS = 36.0
NAMES = ("drive", "bass", "middle", "treble", "master", "presence", "sag")


def _amplifier(
    name: str, family: str, preamp: Callable[[Turns], Netlist], boxed: float, master: float
) -> Circuit:
    """A preamplifier's circuit with the rest behind it; ``boxed`` is the size of its cabinet."""

    def netlists(turns: Turns) -> tuple[Netlist, ...]:
        power = {"drive": turns["master"], "presence": turns["presence"], "sag": turns["sag"]}
        return preamp({**turns, "level": 1.0}), power_stage.netlist(power)

    def speaker(_: Turns, sample_rate: int) -> Matrix:
        return cabinet.speaker({"size": boxed, "tone": 0.5}, sample_rate)

    knobs = [Knob(name, master if name == "master" else 5.0) for name in NAMES]
    return Circuit(
        name=name,
        family=f"amp: {family}, push-pull pentodes, cabinet",
        kind="amp",
        source=f"Macak & Schimmel, DAFx 2011; {preamps.SOURCE_TEXT}",
        knobs=tuple(knobs),
        netlists=netlists,
        full_scale_volts=FULL_SCALE_VOLTS,
        speaker=speaker,
    )


AMERICAN_COMBO = _amplifier("american-combo", "two triodes", preamps.american, boxed=0.3, master=7.0)
BRITISH_STACK = _amplifier("british-stack", "three triodes", preamps.british, boxed=0.7, master=5.0)
LEAD_STACK = _amplifier("lead-stack", "four triodes", preamps.lead, boxed=0.7, master=4.0)
