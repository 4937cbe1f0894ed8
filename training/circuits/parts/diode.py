"""Junction diodes after Shockley, alone, in series or back to back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from training.circuits.compiled import compiled
from training.circuits.netlist import Branch
from training.circuits.parts.exponential import exponential, limited

THERMAL_VOLTS = 0.02585  # kT/q at 27 °C


@dataclass(frozen=True, slots=True)
class Diodes:
    """``forward`` diodes in series from ``a`` to ``b``, and beside them ``backward`` ones the other way.

    i = I_s (exp(v / (n V_t)) - 1) (Shockley, 1949); constants as fitted to the 1N914 by Yeh, Abel & Smith
    (DAFx 2007): 2.52 nA and 1.75.

    Attributes:
        forward, backward: how many in series; 0 for none.
        saturation: I_s, amperes.
        ideality: n.
    """

    a: str
    b: str
    forward: int = 1
    backward: int = 1
    saturation: float = 2.52e-9
    ideality: float = 1.752

    kind: ClassVar[str] = "diodes"

    @property
    def senses(self) -> tuple[Branch, ...]:
        """The junction."""
        return ((self.a, self.b),)

    @property
    def injects(self) -> tuple[Branch, ...]:
        """The junction."""
        return ((self.a, self.b),)

    @property
    def parameters(self) -> tuple[float, ...]:
        """I_s, and volts to a factor e in either direction (0 where there is no diode)."""
        volts = self.ideality * THERMAL_VOLTS
        return (self.saturation, self.forward * volts, self.backward * volts)


GERMANIUM = {"saturation": 2e-7, "ideality": 1.3}
RED_LED = {"saturation": 1e-18, "ideality": 1.9}


@compiled
def diodes_law(v, port, q, i, slope):  # type: ignore[no-untyped-def]
    """One port: the current from a to b."""
    current, conductance = 0.0, 0.0
    if q[1] > 0.0:
        e, d = exponential(v[port] / q[1])
        current += q[0] * (e - 1.0)
        conductance += q[0] * d / q[1]
    if q[2] > 0.0:
        e, d = exponential(-v[port] / q[2])
        current -= q[0] * (e - 1.0)
        conductance += q[0] * d / q[2]
    i[port] = current
    slope[port, port] = conductance


@compiled
def diodes_limit(new, old, port, q):  # type: ignore[no-untyped-def]
    """Shorten ``new`` where it steps too far from ``old``."""
    if q[1] > 0.0 and new[port] > 0.0:
        new[port] = limited(new[port], old[port], q[1], q[0])
    elif q[2] > 0.0 and new[port] < 0.0:
        new[port] = -limited(-new[port], -old[port], q[2], q[0])
