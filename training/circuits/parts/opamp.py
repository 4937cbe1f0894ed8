"""Operational amplifiers with what is heard of them: limited gain, bandwidth, slew rate and rails.

The macromodel of Boyle, Cohn, Pederson & Solomon (IEEE JSSC 9(6), 1974), reduced: a differential pair
I tanh(g v / I) charges one capacitor, whose voltage is held between the rails and buffered.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from training.circuits.compiled import compiled
from training.circuits.netlist import GROUND, Amplifier, Branch, Capacitor, Netlist, Resistor
from training.circuits.parts.exponential import exponential, limited

COMPENSATION_FARADS = 30e-12
OPEN_LOOP_GAIN = 1e5
RAIL_KNEE_VOLTS = 0.05
RAIL_AMPERES = 1e-6  # what the limiter draws at the rails themselves


@dataclass(frozen=True, slots=True)
class InputPair:
    """I tanh(g (plus - minus) / I) into ``out``; ``siemens`` is g, ``amperes`` the most it gives, I."""

    plus: str
    minus: str
    out: str
    siemens: float
    amperes: float

    kind: ClassVar[str] = "input pair"

    @property
    def senses(self) -> tuple[Branch, ...]:
        """The difference at the input."""
        return ((self.plus, self.minus),)

    @property
    def injects(self) -> tuple[Branch, ...]:
        """From ground into the output."""
        return ((GROUND, self.out),)

    @property
    def parameters(self) -> tuple[float, ...]:
        """g, I."""
        return (self.siemens, self.amperes)


@dataclass(frozen=True, slots=True)
class Rails:
    """Keeps ``node`` between plus and minus ``volts``."""

    node: str
    volts: float

    kind: ClassVar[str] = "rails"

    @property
    def senses(self) -> tuple[Branch, ...]:
        """The node against ground."""
        return ((self.node, GROUND),)

    @property
    def injects(self) -> tuple[Branch, ...]:
        """The same."""
        return self.senses

    @property
    def parameters(self) -> tuple[float, ...]:
        """Volts."""
        return (self.volts,)


def opamp(
    plus: str, minus: str, out: str, *, bandwidth_hz: float = 3e6, slew: float = 1.5e6, rails: float = 3.5
) -> Netlist:
    """An operational amplifier on a split supply around ground.

    Args:
        plus: node of the non-inverting input; no current flows into either.
        minus: node of the inverting input.
        out: output node.
        bandwidth_hz: product of gain and bandwidth.
        slew: volts a second.
        rails: volts that the output reaches in either direction.
    """
    siemens = 2 * math.pi * bandwidth_hz * COMPENSATION_FARADS
    inner = f"inside {out}"
    return (
        InputPair(plus, minus, inner, siemens, slew * COMPENSATION_FARADS),
        Capacitor(inner, GROUND, COMPENSATION_FARADS),
        Resistor(inner, GROUND, OPEN_LOOP_GAIN / siemens),
        Rails(inner, rails),
        Amplifier(inner, GROUND, out),
    )


@compiled
def input_pair_law(v, port, q, i, slope):  # type: ignore[no-untyped-def]
    """One port."""
    t = math.tanh(q[0] * v[port] / q[1])
    i[port] = q[1] * t
    slope[port, port] = q[0] * (1.0 - t * t)


@compiled
def rails_law(v, port, q, i, slope):  # type: ignore[no-untyped-def]
    """One port."""
    up, dup = exponential((v[port] - q[0]) / RAIL_KNEE_VOLTS)
    down, ddown = exponential((-v[port] - q[0]) / RAIL_KNEE_VOLTS)
    i[port] = RAIL_AMPERES * (up - down)
    slope[port, port] = RAIL_AMPERES * (dup + ddown) / RAIL_KNEE_VOLTS


@compiled
def rails_limit(new, old, port, q):  # type: ignore[no-untyped-def]
    """Shorten ``new`` where it steps too far beyond a rail."""
    sign = 1.0 if new[port] > 0.0 else -1.0
    beyond = limited(sign * new[port] - q[0], sign * old[port] - q[0], RAIL_KNEE_VOLTS, RAIL_AMPERES)
    new[port] = sign * (beyond + q[0])


@compiled
def input_pair_limit(new, old, port, q):  # type: ignore[no-untyped-def]
    """Stop a step across the origin there: tanh is steepest at 0, and Newton from there never oversteps."""
    if new[port] * old[port] < 0.0 and q[0] * max(abs(new[port]), abs(old[port])) > 0.5 * q[1]:
        new[port] = 0.0
