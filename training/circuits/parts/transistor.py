"""Bipolar transistors after Ebers and Moll, silicon and germanium, either polarity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from training.circuits.compiled import compiled
from training.circuits.netlist import Branch
from training.circuits.parts.diode import THERMAL_VOLTS
from training.circuits.parts.exponential import exponential, limited


@dataclass(frozen=True, slots=True)
class Transistor:
    """A bipolar transistor.

    i_E = I_s ((1 + 1/beta_f) f - r), i_C = I_s (f - (1 + 1/beta_r) r) with f, r = exp(v_BE / V_t) - 1 and
    exp(v_BC / V_t) - 1 (Ebers & Moll, Proc. IRE 42, 1954).

    Attributes:
        saturation: I_s, amperes.
        forward_gain, reverse_gain: beta_f, beta_r.
        pnp: the other polarity.
    """

    base: str
    collector: str
    emitter: str
    saturation: float = 1e-14
    forward_gain: float = 300.0
    reverse_gain: float = 4.0
    pnp: bool = False

    kind: ClassVar[str] = "transistor"

    @property
    def senses(self) -> tuple[Branch, ...]:
        """v_BE, v_BC."""
        return ((self.base, self.emitter), (self.base, self.collector))

    @property
    def injects(self) -> tuple[Branch, ...]:
        """The emitter's current through the first junction, minus the collector's through the second."""
        return self.senses

    @property
    def parameters(self) -> tuple[float, ...]:
        """I_s, V_t, 1/beta_f, 1/beta_r, polarity."""
        sign = -1.0 if self.pnp else 1.0
        return (self.saturation, THERMAL_VOLTS, 1 / self.forward_gain, 1 / self.reverse_gain, sign)


# Germanium leaks: microamperes where silicon has femtoamperes. Round figures within the spread that Holmes,
# Holters & van Walstijn measured (Comparison of germanium bipolar junction transistor models, DAFx 2017).
GERMANIUM = {"saturation": 1e-6, "reverse_gain": 10.0, "pnp": True}


@compiled
def transistor_law(v, port, q, i, slope):  # type: ignore[no-untyped-def]
    """Two ports: base-emitter and base-collector."""
    sign = q[4]
    f, df = exponential(sign * v[port] / q[1])
    r, dr = exponential(sign * v[port + 1] / q[1])
    f, r = q[0] * (f - 1.0), q[0] * (r - 1.0)
    df, dr = q[0] * df / q[1], q[0] * dr / q[1]
    i[port] = sign * ((1.0 + q[2]) * f - r)
    i[port + 1] = sign * ((1.0 + q[3]) * r - f)
    slope[port, port] = (1.0 + q[2]) * df
    slope[port, port + 1] = -dr
    slope[port + 1, port] = -df
    slope[port + 1, port + 1] = (1.0 + q[3]) * dr


@compiled
def transistor_limit(new, old, port, q):  # type: ignore[no-untyped-def]
    """Shorten ``new`` where it steps too far from ``old``."""
    for k in range(port, port + 2):
        new[k] = q[4] * limited(q[4] * new[k], q[4] * old[k], q[1], q[0])
