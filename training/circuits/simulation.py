"""A netlist made playable: operating point, small-signal answer, and the march through a signal.

Signals are float64 volts, shape (samples,), at the circuit's own high rate.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from training.circuits.laws import evaluate, table
from training.circuits.matrices import ComplexMatrix, Discrete, Matrix, System, discretise, stamp
from training.circuits.netlist import Capacitor, Inductor, Netlist, Reactive
from training.circuits.newton import march, solve
from zoo.errors import ZooError

FIRST_STEP = 0.05  # of the sources, when the operating point is sought
SMALLEST_STEP = 1e-7


class CircuitError(ZooError):
    """A circuit's equations have no solution that could be found."""


@dataclass(frozen=True, eq=False)
class Rest:
    """The operating point: everything on, no signal.

    Attributes:
        y: node voltages and source currents, shape (size,).
        ports: port voltages, shape (ports,).
        currents: port currents, shape (ports,).
        slopes: their Jacobian, shape (ports, ports).
    """

    y: Matrix
    ports: Matrix
    currents: Matrix
    slopes: Matrix


class Simulation:
    """One netlist with its knobs where they are."""

    def __init__(self, netlist: Netlist) -> None:
        self.system: System = stamp(netlist)

    @cached_property
    def rest(self) -> Rest:
        """The operating point, found by turning the supplies up from nothing.

        Raises:
            CircuitError: there is none that Newton finds.
        """
        system = _at_rest(self.system)
        solved = np.linalg.inv(system.linear)
        p = system.sense @ solved @ system.sources[:, 1]
        coupling = system.sense @ solved @ system.inject
        ports = p.size
        v, i, slope = np.zeros(ports), np.zeros(ports), np.zeros((ports, ports))
        places, parameters = table(system.nonlinear)
        work = np.zeros((ports, ports + 2))
        share, step = 0.0, FIRST_STEP
        while share < 1.0 and ports:
            goal, trial = min(1.0, share + step), v.copy()
            if solve(goal * p, coupling, trial, i, slope, places, parameters, work) >= 0:
                share, v, step = goal, trial, 2 * step
            elif (step := step / 4) < SMALLEST_STEP:
                raise CircuitError("the circuit has no operating point; check its supplies and bias")
        evaluate(v, places, parameters, i, slope)
        y = solved @ (system.sources[:, 1] + system.inject @ i)
        return Rest(y, v, i, slope)

    def volts(self, node: str) -> float:
        """A node's voltage at rest."""
        return float(self.rest.y[self.system.nodes[node]])

    def response(self, frequencies: Sequence[float], output: str) -> ComplexMatrix:
        """Small-signal gain from the input to ``output`` at ``frequencies`` in Hz, by nodal analysis."""
        system, rest = self.system, self.rest
        linearised = system.inject @ rest.slopes @ system.sense
        picked = system.select([output])[0]
        gains = []
        for hertz in frequencies:
            s = 2j * math.pi * hertz

            def siemens(part: Reactive, s: complex = s) -> complex:
                return s * part.farads if isinstance(part, Capacitor) else 1 / (s * part.henries)

            matrix = system.with_admittance(siemens) - linearised
            gains.append(picked @ np.linalg.solve(matrix, system.sources[:, 0].astype(complex)))
        return np.array(gains)

    def play(self, signal: Matrix, rate: float, outputs: Sequence[str]) -> Matrix:
        """The voltages of ``outputs`` while ``signal`` is played from rest, shape (samples, outputs).

        Args:
            signal: volts of the input, shape (samples,).
            rate: Hz.
            outputs: nodes.

        Raises:
            CircuitError: a sample's equations could not be solved.
        """
        return self.start(rate, outputs)(signal)

    def start(self, rate: float, outputs: Sequence[str]) -> Callable[[Matrix], Matrix]:
        """From rest, what plays one piece of a signal after the other; see `play`."""
        matrices = _transposed(discretise(self.system, rate, outputs))
        places, parameters = table(self.system.nonlinear)
        rest, done = self.rest, 0
        asked = rest.ports - matrices[-1] @ rest.currents
        state = (self._states(rate), rest.ports.copy(), rest.ports.copy(), asked, rest.currents.copy())

        def play(signal: Matrix) -> Matrix:
            nonlocal done
            out = np.empty((signal.size, len(outputs)))
            failed, _ = march(np.ascontiguousarray(signal), *state, *matrices, places, parameters, out)
            if failed >= 0:
                raise CircuitError(
                    f"the circuit could not be solved {(done + failed) / rate:.4f} s in; play it at a "
                    "lower level"
                )
            done += signal.size
            return out

        return play

    def _states(self, rate: float) -> Matrix:
        """States of the trapezoidal rule at rest: no capacitor carries a current, no inductor a voltage."""
        across = self.system.across @ self.rest.y[: self.system.size]
        shorts = iter(self.rest.y[self.system.size :])
        return np.array(
            [
                2 * rate * part.farads * volts if isinstance(part, Capacitor) else next(shorts)
                for part, volts in zip(self.system.reactive, across, strict=True)
            ]
        )


def _transposed(discrete: Discrete) -> tuple[Matrix, Matrix, Matrix, Matrix]:
    return (
        np.ascontiguousarray(discrete.advance.T),
        np.ascontiguousarray(discrete.read.T),
        np.ascontiguousarray(discrete.reach.T),
        np.ascontiguousarray(discrete.coupling),
    )


def _at_rest(system: System) -> System:
    """The system with capacitors open and inductors shorted; the shorts' currents stand at the end of y."""
    rows = np.array(
        [row for part, row in zip(system.reactive, system.across, strict=True) if isinstance(part, Inductor)]
    ).reshape(-1, system.size)
    more = len(rows)
    linear = np.block([[system.linear, rows.T], [rows, np.zeros((more, more))]])
    wider = ((0, 0), (0, more))
    return System(
        system.nodes,
        system.size + more,
        linear,
        (),
        np.zeros((0, system.size + more)),
        np.pad(system.sources, wider[::-1]),
        np.pad(system.sense, wider),
        np.pad(system.inject, wider[::-1]),
        system.nonlinear,
    )
