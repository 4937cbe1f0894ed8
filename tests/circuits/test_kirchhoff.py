"""Kirchhoff's current law, checked at every node from the parts' own laws."""

from __future__ import annotations

import numpy as np
import pytest
from measuring import sine

from training.circuits import CIRCUITS, Simulation
from training.circuits.laws import evaluate, table
from training.circuits.netlist import (
    GROUND,
    Amplifier,
    Capacitor,
    IdealOpamp,
    Inductor,
    Input,
    Nonlinear,
    Resistor,
    Supply,
    Winding,
)
from zoo.audio import resample

RATE = 384_000


def currents(simulation: Simulation, volts: dict[str, np.ndarray], parts) -> dict[str, np.ndarray]:
    """What flows out of each node into its parts, and beside it the sum of magnitudes."""
    size = volts[GROUND].size
    sums = {node: np.zeros((2, size)) for node in volts}

    def flow(a: str, b: str, amperes: np.ndarray) -> None:
        for node, sign in ((a, 1.0), (b, -1.0)):
            sums[node] += np.array([sign * amperes, np.abs(amperes)])

    for part in parts:
        if isinstance(part, Resistor):
            flow(part.a, part.b, (volts[part.a] - volts[part.b]) / part.ohms)
        elif isinstance(part, Capacitor):
            charge = 2 * part.farads * RATE * np.diff(volts[part.a] - volts[part.b])
            amperes = np.zeros(size)
            for n in range(1, size):
                amperes[n] = charge[n - 1] - amperes[n - 1]
            flow(part.a, part.b, amperes)
        elif isinstance(part, Nonlinear):
            places, parameters = table((part,))
            ports = len(part.senses)
            i, slope = np.zeros(ports), np.zeros((ports, ports))
            carried = np.zeros((ports, size))
            across = np.array([volts[a] - volts[b] for a, b in part.senses])
            for n in range(size):
                evaluate(across[:, n].copy(), places, parameters, i, slope)
                carried[:, n] = i
            for (a, b), amperes in zip(part.injects, carried, strict=True):
                flow(a, b, amperes)
    return sums


@pytest.mark.parametrize(
    "name", ["green-overdrive", "orange-distortion", "germanium-fuzz", "american-preamp"]
)
def test_what_flows_into_a_node_flows_out_of_it(name: str) -> None:
    circuit = CIRCUITS[name]
    parts = circuit.netlists({knob.name: 0.7 for knob in circuit.knobs})[0]
    simulation = Simulation(parts)
    x = resample(sine(-6.0, 330.0, 0.01), 48_000, RATE).astype(np.float64)
    x = np.concatenate([np.zeros(1), x])  # the rule starts from rest
    nodes = sorted(simulation.system.nodes)
    played = simulation.play(x, RATE, nodes)
    volts = {node: played[:, k] for k, node in enumerate(nodes)} | {GROUND: np.zeros(x.size)}
    driven = {GROUND}
    for part in parts:
        if isinstance(part, Input | Supply):
            driven.add(part.node)
        elif isinstance(part, Amplifier | IdealOpamp):
            driven.add(part.out)
        elif isinstance(part, Winding):
            driven |= {*part.primary, *part.secondary}
        elif isinstance(part, Inductor):
            driven |= {part.a, part.b}
    for node, (total, magnitude) in currents(simulation, volts, parts).items():
        if node not in driven:
            assert np.abs(total).max() < 1e-6 * magnitude.max() + 1e-10, node
