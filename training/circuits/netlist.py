"""Netlists: what a circuit is made of, and between which nodes it sits. Ohms, farads, henries, volts.

A netlist is a flat sequence of parts. Nodes are names; `GROUND` is the reference, the signal source drives a
node through `Input`. Linear parts are here, those with a law of their own in `training.circuits.parts`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol, TypeAlias, runtime_checkable

GROUND = "gnd"
END_OHMS = 1.0  # what is left between the wiper and the end of a track
LOG_RANGE = 100.0  # an audio taper runs as 100^x: a tenth of the track at half a turn

Branch: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Resistor:
    """``ohms`` between ``a`` and ``b``."""

    a: str
    b: str
    ohms: float


@dataclass(frozen=True, slots=True)
class Capacitor:
    """``farads`` between ``a`` and ``b``; open for DC."""

    a: str
    b: str
    farads: float


@dataclass(frozen=True, slots=True)
class Inductor:
    """``henries`` between ``a`` and ``b``; a short for DC, so a winding's resistance is a part of its own."""

    a: str
    b: str
    henries: float


@dataclass(frozen=True, slots=True)
class Input:
    """An ideal source of the signal from ``node`` to ground; one in a netlist."""

    node: str


@dataclass(frozen=True, slots=True)
class Supply:
    """An ideal battery: ``volts`` from ``node`` to ground."""

    node: str
    volts: float


@dataclass(frozen=True, slots=True)
class Amplifier:
    """An ideal voltage-controlled source: ``out`` = ``gain`` (``plus`` - ``minus``)."""

    plus: str
    minus: str
    out: str
    gain: float = 1.0


@dataclass(frozen=True, slots=True)
class IdealOpamp:
    """A nullor: ``out`` gives whatever makes ``plus`` equal ``minus``."""

    plus: str
    minus: str
    out: str


@dataclass(frozen=True, slots=True)
class Winding:
    """Ideal coupling of ``primary`` to ``secondary``: its voltage is ``turns`` times the secondary's."""

    primary: Branch
    secondary: Branch
    turns: float


@runtime_checkable
class Nonlinear(Protocol):
    """A part whose currents are a function of its voltages.

    Attributes:
        kind: name of its law in `training.circuits.laws.KINDS`.
        senses: the branches whose voltages the law takes.
        injects: the branches that carry the currents which the law gives, as many.
        parameters: of the law, in its order.
    """

    kind: ClassVar[str]

    @property
    def senses(self) -> tuple[Branch, ...]: ...  # noqa: D102
    @property
    def injects(self) -> tuple[Branch, ...]: ...  # noqa: D102
    @property
    def parameters(self) -> tuple[float, ...]: ...  # noqa: D102


Reactive: TypeAlias = Capacitor | Inductor
Part: TypeAlias = (
    Resistor | Capacitor | Inductor | Input | Supply | Amplifier | IdealOpamp | Winding | Nonlinear
)
Netlist: TypeAlias = Sequence[Part]


def potentiometer(top: str, wiper: str, bottom: str, ohms: float, turn: float) -> Netlist:
    """A linear track from ``bottom`` to ``top``, its wiper at ``turn`` (0 is the bottom, 1 the top)."""
    up, down = ohms * (1 - turn), ohms * turn
    return (
        Resistor(top, wiper, max(up, END_OHMS)),
        Resistor(wiper, bottom, max(down, END_OHMS)),
    )


def audio_taper(turn: float) -> float:
    """Share of the track below the wiper of a logarithmic potentiometer.

    >>> [round(audio_taper(turn), 3) for turn in (0.0, 0.5, 1.0)]
    [0.0, 0.091, 1.0]
    """
    return float((LOG_RANGE**turn - 1) / (LOG_RANGE - 1))


def s_taper(turn: float) -> float:
    """Share of the track below the wiper of a potentiometer that is logarithmic from either end.

    >>> [round(s_taper(turn), 3) for turn in (0.0, 0.25, 0.5, 0.75, 1.0)]
    [0.0, 0.045, 0.5, 0.955, 1.0]
    """
    return audio_taper(2 * turn) / 2 if turn < 0.5 else 1 - audio_taper(2 - 2 * turn) / 2


def variable(a: str, b: str, ohms: float, share: float) -> Resistor:
    """A potentiometer wired as a rheostat: ``share`` of ``ohms``."""
    return Resistor(a, b, max(ohms * share, END_OHMS))
