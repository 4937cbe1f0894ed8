"""``zoo circuits``: which virtual devices can be captured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zoo.cli.output import JsonOption, QuietOption, print_json, print_remark, print_table

if TYPE_CHECKING:
    from training.circuits import Circuit

_COLUMNS = ("name", "kind", "family", "knobs", "source")


def circuits(as_json: JsonOption = False, quiet: QuietOption = False) -> None:
    """List the virtual devices: white-box models of classic circuits, to be recorded with zoo capture.

    Every knob turns from 0 to 10; the number behind it is where it stands by itself.

    Example: zoo circuits
    """
    from zoo.api import list_circuits

    listed = list_circuits()
    if as_json:
        print_json([_facts(circuit) for circuit in listed])
        return
    print_table(_COLUMNS, (_cells(circuit) for circuit in listed), piped_only=("source",))
    print_remark(f"{len(listed)} circuits; zoo capture --circuit NAME dry.wav records one", quiet=quiet)


def _cells(circuit: Circuit) -> tuple[str, ...]:
    knobs = ", ".join(f"{knob.name} {knob.at:g}" for knob in circuit.knobs)
    return circuit.name, circuit.kind, circuit.family, knobs, circuit.source


def _facts(circuit: Circuit) -> dict[str, object]:
    from training.circuits import MOST_TURN

    return {
        "name": circuit.name,
        "kind": circuit.kind,
        "family": circuit.family,
        "knobs": [
            {"name": knob.name, "from": 0.0, "to": MOST_TURN, "default": knob.at} for knob in circuit.knobs
        ],
        "source": circuit.source,
    }
