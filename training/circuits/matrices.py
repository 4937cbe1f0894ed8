"""Kirchhoff's laws as matrices: modified nodal analysis, then the nodal DK method.

Modified nodal analysis (Ho, Ruehli & Brennan, IEEE TCAS 22(6), 1975) writes S y = N_x x + N_u u + N_i i, with
y the node voltages and a few currents, x the states of capacitors and inductors, u the sources and i what the
nonlinear parts carry. The trapezoidal rule turns every reactive part into a conductance with a state; what is
seen from the nonlinear parts is then small: p = G x + H u, v = p + K i(v) (Yeh, Abel & Smith, IEEE TASLP
18(4), 2010; Holters & Zölzer, DAFx 2011). Float64; volts, amperes, seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.circuits.netlist import (
    GROUND,
    Amplifier,
    Branch,
    Capacitor,
    IdealOpamp,
    Inductor,
    Input,
    Netlist,
    Nonlinear,
    Reactive,
    Resistor,
    Supply,
    Winding,
)

Matrix = npt.NDArray[np.float64]
ComplexMatrix = npt.NDArray[np.complex128]

LEAK_SIEMENS = 1e-12  # from every node to ground, so that none floats when capacitors are open


@dataclass(frozen=True, eq=False)
class System:
    """A netlist, numbered and stamped.

    Attributes:
        nodes: place of each node's voltage in y.
        size: of y.
        linear: S without the reactive parts, shape (size, size).
        reactive: capacitors and inductors in the order of the states.
        across: their voltages are ``across @ y``, shape (states, size).
        sources: N_u for the signal and for one volt-sized constant, shape (size, 2).
        sense: port voltages are ``sense @ y``, shape (ports, size).
        inject: N_i, shape (size, ports).
        nonlinear: parts in the order of the ports.
    """

    nodes: dict[str, int]
    size: int
    linear: Matrix
    reactive: tuple[Reactive, ...]
    across: Matrix
    sources: Matrix
    sense: Matrix
    inject: Matrix
    nonlinear: tuple[Nonlinear, ...]

    def select(self, outputs: Sequence[str]) -> Matrix:
        """What picks the voltages of ``outputs`` out of y, shape (outputs, size)."""
        picked = np.zeros((len(outputs), self.size))
        for row, node in enumerate(outputs):
            if node != GROUND:
                picked[row, self.nodes[node]] = 1.0
        return picked

    def with_admittance(self, siemens: Callable[[Reactive], complex]) -> ComplexMatrix:
        """S with every reactive part as the admittance that ``siemens`` gives it."""
        stamped = self.linear.astype(np.complex128)
        for part, row in zip(self.reactive, self.across, strict=True):
            stamped += siemens(part) * np.outer(row, row)
        return stamped


def stamp(netlist: Netlist) -> System:
    """Number the nodes of a netlist and write down its equations."""
    nodes = {name: place for place, name in enumerate(sorted(_node_names(netlist) - {GROUND}))}
    with_current = [p for p in netlist if isinstance(p, Input | Supply | Amplifier | IdealOpamp | Winding)]
    size = len(nodes) + len(with_current)

    def branch(ends: Branch) -> Matrix:
        row = np.zeros(size)
        for end, sign in zip(ends, (1.0, -1.0), strict=True):
            if end != GROUND:
                row[nodes[end]] += sign
        return row

    linear, sources = np.zeros((size, size)), np.zeros((size, 2))
    linear[range(len(nodes)), range(len(nodes))] = LEAK_SIEMENS
    for part in netlist:
        if isinstance(part, Resistor):
            row = branch((part.a, part.b))
            linear += np.outer(row, row) / part.ohms
    for place, source in enumerate(with_current, start=len(nodes)):
        law, current, drive = _source_rows(source, branch)
        linear[place] += law
        linear[:, place] += current
        sources[place] += drive
    reactive = tuple(part for part in netlist if isinstance(part, Capacitor | Inductor))
    nonlinear = tuple(part for part in netlist if isinstance(part, Nonlinear))
    across = [branch((part.a, part.b)) for part in reactive]
    sense = [branch(ends) for part in nonlinear for ends in part.senses]
    inject = [-branch(ends) for part in nonlinear for ends in part.injects]
    return System(
        nodes, size, linear, reactive, _rows(across, size), sources, _rows(sense, size),
        _rows(inject, size).T, nonlinear,
    )  # fmt: skip


def _rows(rows: Sequence[Matrix], size: int) -> Matrix:
    return np.array(rows).reshape(len(rows), size)


def _source_rows(
    part: Input | Supply | Amplifier | IdealOpamp | Winding, branch: Callable[[Branch], Matrix]
) -> tuple[Matrix, Matrix, Matrix]:
    """A part with a current of its own: its equation, where its current flows, and what drives it."""
    signal, constant, nothing = np.array([1.0, 0.0]), np.array([0.0, 1.0]), np.zeros(2)
    if isinstance(part, Input):
        row = branch((part.node, GROUND))
        return row, row, signal
    if isinstance(part, Supply):
        row = branch((part.node, GROUND))
        return row, row, part.volts * constant
    if isinstance(part, Winding):
        row = branch(part.primary) - part.turns * branch(part.secondary)
        return row, row, nothing
    control, out = branch((part.plus, part.minus)), branch((part.out, GROUND))
    law = out - part.gain * control if isinstance(part, Amplifier) else control
    return law, out, nothing


def _node_names(netlist: Netlist) -> set[str]:
    names: set[str] = set()
    for part in netlist:
        if isinstance(part, Resistor | Capacitor | Inductor):
            names |= {part.a, part.b}
        elif isinstance(part, Input | Supply):
            names.add(part.node)
        elif isinstance(part, Amplifier | IdealOpamp):
            names |= {part.plus, part.minus, part.out}
        elif isinstance(part, Winding):
            names |= {*part.primary, *part.secondary}
        else:
            names |= {node for branch in (*part.senses, *part.injects) for node in branch}
    return names


@dataclass(frozen=True, eq=False)
class Discrete:
    """A circuit at one sample rate, seen from its nonlinear ports.

    With z = (x, i, signal, 1): x' = ``advance`` z, outputs = ``read`` z, p = ``reach`` (x, signal, 1) and
    v = p + ``coupling`` i(v).
    """

    advance: Matrix
    read: Matrix
    reach: Matrix
    coupling: Matrix


def discretise(system: System, rate: float, outputs: Sequence[str]) -> Discrete:
    """The trapezoidal rule at ``rate`` Hz.

    A capacitor carries i = g v - x with g = 2 C rate and x' = 2 g v - x; an inductor i = g v + x with
    g = 1 / (2 L rate) and x' = 2 g v + x.
    """

    def siemens(part: Reactive) -> float:
        return 2 * rate * part.farads if isinstance(part, Capacitor) else 1 / (2 * rate * part.henries)

    solved = np.linalg.inv(system.with_admittance(siemens).real)
    sign = np.array([-1.0 if isinstance(part, Capacitor) else 1.0 for part in system.reactive])
    twice = np.array([2 * siemens(part) for part in system.reactive])
    drive = solved @ np.hstack([system.across.T * -sign, system.inject, system.sources])
    states, ports = len(system.reactive), system.sense.shape[0]
    advance = twice[:, None] * (system.across @ drive)
    advance[:, :states] += np.diag(sign)
    seen = system.sense @ drive
    return Discrete(
        advance=advance,
        read=system.select(outputs) @ drive,
        reach=np.delete(seen, np.s_[states : states + ports], axis=1),
        coupling=seen[:, states : states + ports],
    )
