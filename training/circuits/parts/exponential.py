"""Exponentials that Newton survives: straight beyond all that operates, and entered by small steps."""

from __future__ import annotations

import math

from training.circuits.compiled import compiled

STRAIGHT_FROM = 50.0  # in thermal voltages; any real junction has melted before


@compiled
def exponential(x):  # type: ignore[no-untyped-def]
    """exp(x) and its slope."""
    if x <= STRAIGHT_FROM:
        e = math.exp(x)
        return e, e
    e = math.exp(STRAIGHT_FROM)
    return e * (1.0 + x - STRAIGHT_FROM), e


@compiled
def softplus(x):  # type: ignore[no-untyped-def]
    """log(1 + exp(x)) and its slope."""
    if x > 40.0:
        return x, 1.0
    if x < -40.0:
        e = math.exp(x)
        return e, e
    e = math.exp(x)
    return math.log1p(e), e / (1.0 + e)


@compiled
def limited(new, old, volts, amperes):  # type: ignore[no-untyped-def]
    """A junction's next voltage: a step into conduction is cut to what the current would have asked for.

    SPICE's ``pnjlim`` (L. W. Nagel, SPICE2, memo ERL-M520, Berkeley 1975) for amperes exp(v / volts).
    """
    if abs(new - old) <= 2.0 * volts:
        return new
    critical = volts * math.log(volts / (math.sqrt(2.0) * amperes))
    if new <= critical:
        return new
    if old <= 0.0:
        return volts * math.log(new / volts)
    grown = 1.0 + (new - old) / volts
    return old + volts * math.log(grown) if grown > 0.0 else critical
