"""Resonances and tone controls around op-amps, without a coil.

An op-amp follower, a resistor and a capacitor look like an inductor L = R_series R C to ground (D. Self,
Small Signal Audio Design, 3rd edition, 2020, chapter 15).
"""

from __future__ import annotations

import math

from training.circuits.netlist import GROUND, Amplifier, Capacitor, Netlist, Resistor


def resonance(node: str, hertz: float, series_ohms: float, q: float) -> Netlist:
    """A series resonance from ``node`` to ground: ``series_ohms`` at ``hertz``, more on either side.

    Args:
        node: where it pulls.
        hertz: of the resonance.
        series_ohms: what is left there.
        q: reactance over ``series_ohms``.
    """
    reactance = q * series_ohms
    henries, farads = reactance / (2 * math.pi * hertz), 1 / (2 * math.pi * hertz * reactance)
    middle, plus = f"{node} coil", f"{node} follower"
    far_ohms = 100e3
    return (
        Capacitor(node, middle, farads),
        Resistor(middle, f"{node} foot", series_ohms),
        Capacitor(middle, plus, henries / (series_ohms * far_ohms)),
        Resistor(plus, GROUND, far_ohms),
        Amplifier(plus, GROUND, f"{node} foot"),
    )
