"""Which models the starter zoo has: circuits, their settings, and how large each network is.

The order is the order of the build, and a model may start from any that stands before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from training.circuits import Device, find_circuit
from zoo.snapshot import Metadata

USUAL_UNITS = 20
LICENCE, AUTHOR = "CC0-1.0", "The tonezoo authors"


@dataclass(frozen=True)
class Planned:
    """One model of a circuit.

    Attributes:
        name: as it stands in the zoo: the circuit, then the knobs that were turned.
        circuit: see `training.circuits.CIRCUITS`.
        knobs: those that do not stand where they stand by themselves, 0 to 10.
        units: of the LSTM.
    """

    name: str
    circuit: str
    knobs: Mapping[str, float] = field(default_factory=dict)
    units: int = USUAL_UNITS

    def device(self) -> Device:
        """The circuit with its knobs set."""
        return find_circuit(self.circuit).at(**self.knobs)

    def metadata(self, gain_db: float) -> Metadata:
        """What the model says of itself; ``gain_db`` is the recording's."""
        circuit = find_circuit(self.circuit)
        return Metadata(
            name=self.name,
            author=AUTHOR,
            make="tonezoo",
            model=self.circuit.replace("-", " "),
            kind=circuit.kind,
            licence=LICENCE,
            extra={
                "circuit": self.circuit,
                "knobs": circuit.settings(self.knobs),
                "recording_gain_db": gain_db,
            },
        )


def _planned(circuit: str, units: int = USUAL_UNITS, **knobs: float) -> Planned:
    turned = [f"{knob}-{value:g}" for knob, value in knobs.items()]
    size = [] if units == USUAL_UNITS else [f"{units}-units"]
    return Planned("-".join([circuit, *turned, *size]), circuit, knobs, units)


PLAN = (
    _planned("green-overdrive", drive=2),
    _planned("green-overdrive", drive=8),
    _planned("green-overdrive", drive=8, tone=2),
    _planned("green-overdrive", drive=3, tone=8),
    _planned("green-overdrive", drive=2, units=8),
    _planned("treble-booster", drive=4),
    _planned("american-preamp", drive=3),
    _planned("american-preamp", drive=6, treble=7),
    _planned("american-preamp", drive=9, bass=3),
    _planned("american-preamp", drive=6, treble=7, units=12),
    _planned("orange-distortion", drive=2),
    _planned("orange-distortion", drive=6, tone=3),
    _planned("black-distortion", drive=2),
    _planned("black-distortion", drive=5, tone=7),
    _planned("black-distortion", drive=8),
    _planned("germanium-fuzz", drive=5),
    _planned("germanium-fuzz", drive=9),
    _planned("silicon-fuzz", drive=5),
    _planned("silicon-fuzz", drive=9),
    _planned("scooped-fuzz", drive=3),
    _planned("scooped-fuzz", drive=6, tone=3),
    _planned("scooped-fuzz", drive=9, tone=7),
    _planned("metal-distortion", drive=3),
    _planned("metal-distortion", drive=8),
    _planned("metal-distortion", drive=8, units=40),
    _planned("orange-distortion", drive=9, units=40),
    _planned("british-preamp", drive=4),
    _planned("british-preamp", drive=7, treble=7),
    _planned("british-preamp", drive=10),
    _planned("power-stage", drive=3),
    _planned("power-stage", drive=8),
    _planned("lead-preamp", drive=3),
    _planned("lead-preamp", drive=6, middle=2),
    _planned("lead-preamp", drive=9),
    _planned("lead-preamp", drive=9, units=40),
    _planned("american-combo", drive=4),
    _planned("american-combo", drive=9),
    _planned("british-stack", drive=6),
    _planned("lead-stack", drive=6),
)
