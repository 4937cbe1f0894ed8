"""Pedals from their circuits: op-amps with diodes, transistors. Volts, float64 (time, batch), oversampled.

Values are those of common textbook circuits, no particular product. Op-amps are ideal but for their rails.
"""

from __future__ import annotations

import numpy as np

from training.devices.clippers import THERMAL_VOLTAGE, Current, antiparallel_diodes, coupled, shunt_clip
from training.devices.networks import Part, Signal, filtered, high_pass, low_pass, transfer

SILICON = antiparallel_diodes()
RAIL_VOLTS = 4.2


def overdrive(x: Signal, rate: float, *, drive: float = 0.5, tone: float = 0.5) -> Signal:
    """Diodes in the feedback of an op-amp: soft clipping of what is above 720 Hz, the dry signal on top.

    C_f v' = i - v / R_f - diodes(v), i through the leg to ground (Yeh, Abel & Smith, DAFx 2007).
    """
    leg = np.array([47e-9, 0.0]), np.array([47e-9 * 4_700.0, 1.0])  # admittance of 4.7 k and 47 n in series
    current = filtered(filtered(x, high_pass(15.0), rate), leg, rate)
    feedback_ohms = 51_000.0 + 500_000.0 * drive**2
    clipped = x + shunt_clip(current, 1 / feedback_ohms, 51e-12, SILICON, rate)
    dark = filtered(clipped, low_pass(720.0), rate)
    return filtered(dark + tone * 0.45 * (clipped - dark), low_pass(9_000.0), rate)


def distortion(x: Signal, rate: float, *, drive: float = 0.5, tone: float = 0.5) -> Signal:
    """A great deal of op-amp gain into its rails, then two diodes to ground behind 2.2 k with 10 n."""
    gain = 10 ** (0.9 + 1.3 * drive)
    boosted = gain * filtered(filtered(x, high_pass(120.0), rate), low_pass(7_000.0), rate)
    railed = RAIL_VOLTS * np.tanh((boosted + 0.25 * x) / RAIL_VOLTS)
    clipped = shunt_clip(railed / 2_200.0, 1 / 2_200.0, 10e-9, SILICON, rate)
    dark, bright = filtered(clipped, low_pass(500.0), rate), filtered(clipped, high_pass(1_100.0), rate)
    return (1 - tone) * dark + tone * bright + 0.1 * clipped


def scooped_fuzz(x: Signal, rate: float, *, sustain: float = 0.7, tone: float = 0.5) -> Signal:
    """Two inverting stages with diodes in their feedback, then a tone control with a hole at 1 kHz."""
    volts = 8.0 * filtered(x, high_pass(60.0), rate) * 10 ** (2 * sustain - 2)
    for _ in range(2):
        driven = -filtered(volts, high_pass(95.0), rate) / 10_000.0
        volts = shunt_clip(driven, 1 / 470_000.0, 470e-12, SILICON, rate)
    parts: list[Part] = [
        ("R", "in", "dark", 39_000.0),
        ("C", "dark", "gnd", 10e-9),
        ("C", "in", "bright", 4e-9),
        ("R", "bright", "gnd", 22_000.0),
        ("R", "dark", "out", max(tone, 0.01) * 100_000.0),
        ("R", "out", "bright", max(1 - tone, 0.01) * 100_000.0),
        ("R", "out", "gnd", 470_000.0),
    ]
    return filtered(filtered(volts, transfer(parts), rate), low_pass(8_000.0), rate)


def germanium_fuzz(x: Signal, rate: float, *, fuzz: float = 0.7) -> Signal:
    """Two germanium transistors: one half-wave rounds off, the other is cut; notes die with a gate."""
    first = _transistor(x, rate, source_ohms=12_000.0, farads=2.2e-6, bias=9e-6)
    pushed = filtered(first, low_pass(6_000.0), rate) * (0.05 + 0.5 * fuzz)
    second = _transistor(pushed, rate, source_ohms=33_000.0, farads=0.2e-6, bias=2.5e-6)
    return filtered(filtered(second, high_pass(40.0), rate), low_pass(5_500.0), rate)


def treble_booster(x: Signal, rate: float) -> Signal:
    """One transistor behind a small capacitor: bright, loud, and asymmetric when hit hard."""
    bright = filtered(0.3 * x, high_pass(1_600.0), rate) + 0.04 * x
    boosted = _transistor(bright, rate, source_ohms=4_000.0, farads=10e-6, bias=5e-6)
    return filtered(filtered(boosted, high_pass(80.0), rate), low_pass(9_000.0), rate)


def _transistor(x: Signal, rate: float, *, source_ohms: float, farads: float, bias: float) -> Signal:
    """Common emitter: base current through the junction, collector between supply and saturation.

    Ebers-Moll in the forward region: i_b = I_b0 exp(w / V_t), w around its rest; the bias current I_b0 flows
    all the time, so the capacitor's current is i_b - I_b0. Collector: 9 V, 10 k, current gain 80.
    """

    def port(w: Signal) -> Signal:
        amperes: Signal = bias * (np.exp(np.clip(w / THERMAL_VOLTAGE, None, 80)) - 1) + w / 470_000.0
        return amperes

    base: Signal = coupled(x, source_ohms, farads, port, rate)
    drop = 80 * bias * np.exp(np.clip(base / THERMAL_VOLTAGE, None, 12)) * 10_000.0
    return _collector(80 * bias * 10_000.0) - _collector(drop)


def _collector(drop: Signal | float) -> Signal:
    """What the load resistor takes of 9 V: the whole in saturation, with a soft knee."""
    limited: Signal = np.asarray(drop / (1 + (drop / 8.8) ** 4) ** 0.25, dtype=np.float64)
    return limited


__all__ = ["Current", "distortion", "germanium_fuzz", "overdrive", "scooped_fuzz", "treble_booster"]
