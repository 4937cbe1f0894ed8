"""White-box models of classic circuits: component values, Kirchhoff's laws and Newton's method, oversampled.

    wet = find_circuit("green-overdrive").at(drive=7, tone=4).play(dry, sample_rate=48_000)

A netlist (`training.circuits.netlist`) becomes matrices (`matrices`), which `newton` solves sample by sample
with the laws in `parts`; `devices` holds the circuits and `CIRCUITS` is their table. Audio is mono float32,
full scale = 1.0 = 1 V at the input jack.
"""

from __future__ import annotations

from training.circuits.catalogue import CIRCUITS, find_circuit
from training.circuits.device import MOST_TURN, Circuit, Device, Knob
from training.circuits.recording import Recorded, record
from training.circuits.simulation import CircuitError, Simulation

__all__ = [
    "CIRCUITS",
    "MOST_TURN",
    "Circuit",
    "CircuitError",
    "Device",
    "Knob",
    "Recorded",
    "Simulation",
    "find_circuit",
    "record",
]
