"""The laws of the nonlinear parts, compiled together: port voltages in, currents and their slopes out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from training.circuits.compiled import compiled
from training.circuits.matrices import Matrix
from training.circuits.netlist import Nonlinear
from training.circuits.parts.diode import diodes_law, diodes_limit
from training.circuits.parts.opamp import input_pair_law, input_pair_limit, rails_law, rails_limit
from training.circuits.parts.pentode import pentode_law
from training.circuits.parts.transistor import transistor_law, transistor_limit
from training.circuits.parts.triode import triode_law

KINDS = ("diodes", "transistor", "triode", "pentode", "input pair", "rails")
MOST_PARAMETERS = 8


def table(parts: tuple[Nonlinear, ...]) -> tuple[npt.NDArray[np.int64], Matrix]:
    """Kind and first port of each part, shape (parts, 2), and its parameters, (parts, MOST_PARAMETERS)."""
    places, parameters = np.zeros((len(parts), 2), dtype=np.int64), np.zeros((len(parts), MOST_PARAMETERS))
    port = 0
    for row, part in enumerate(parts):
        places[row] = KINDS.index(part.kind), port
        parameters[row, : len(part.parameters)] = part.parameters
        port += len(part.senses)
    return places, parameters


@compiled
def evaluate(v, places, parameters, i, slope):  # type: ignore[no-untyped-def]
    """Currents ``i`` and Jacobian ``slope`` (block-diagonal, zero elsewhere) at port voltages ``v``."""
    for row in range(places.shape[0]):
        kind, port, q = places[row, 0], places[row, 1], parameters[row]
        if kind == 0:
            diodes_law(v, port, q, i, slope)
        elif kind == 1:
            transistor_law(v, port, q, i, slope)
        elif kind == 2:
            triode_law(v, port, q, i, slope)
        elif kind == 3:
            pentode_law(v, port, q, i, slope)
        elif kind == 4:
            input_pair_law(v, port, q, i, slope)
        else:
            rails_law(v, port, q, i, slope)


@compiled
def limit(new, old, places, parameters):  # type: ignore[no-untyped-def]
    """Shorten a Newton step from ``old`` to ``new``, in place, where it runs too far up an exponential."""
    for row in range(places.shape[0]):
        kind, port, q = places[row, 0], places[row, 1], parameters[row]
        if kind == 0:
            diodes_limit(new, old, port, q)
        elif kind == 1:
            transistor_limit(new, old, port, q)
        elif kind == 4:
            input_pair_limit(new, old, port, q)
        elif kind == 5:
            rails_limit(new, old, port, q)
