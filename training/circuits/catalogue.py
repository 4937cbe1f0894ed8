"""The table of circuits: what can be captured, by name."""

from __future__ import annotations

from training.circuits.device import Circuit
from training.circuits.devices import (
    amplifiers,
    black_distortion,
    cabinet,
    green_overdrive,
    metal_distortion,
    orange_distortion,
    power_stage,
    preamps,
    round_fuzz,
    scooped_fuzz,
    treble_booster,
)
from zoo.errors import BadRequest

# In the order of what stands before what: pedals, preamplifiers, power, loudspeaker, whole amplifiers.
CIRCUITS: dict[str, Circuit] = {
    circuit.name: circuit
    for circuit in (
        treble_booster.CIRCUIT,
        green_overdrive.CIRCUIT,
        orange_distortion.CIRCUIT,
        black_distortion.CIRCUIT,
        metal_distortion.CIRCUIT,
        scooped_fuzz.CIRCUIT,
        round_fuzz.GERMANIUM_FUZZ,
        round_fuzz.SILICON_FUZZ,
        preamps.AMERICAN_PREAMP,
        preamps.BRITISH_PREAMP,
        preamps.LEAD_PREAMP,
        power_stage.CIRCUIT,
        cabinet.CIRCUIT,
        amplifiers.AMERICAN_COMBO,
        amplifiers.BRITISH_STACK,
        amplifiers.LEAD_STACK,
    )
}


def find_circuit(name: str) -> Circuit:
    """The circuit of that name.

    Raises:
        BadRequest: there is none.
    """
    if name not in CIRCUITS:
        raise BadRequest(f"there is no circuit {name!r}; `zoo circuits` lists them: {', '.join(CIRCUITS)}")
    return CIRCUITS[name]
