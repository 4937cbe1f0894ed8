"""The nodal solver against circuits whose answers can be written down."""

from __future__ import annotations

import numpy as np
import pytest
from measuring import tones
from scipy.optimize import brentq
from scipy.special import lambertw

from training.circuits import CircuitError, Simulation
from training.circuits.gyrator import resonance
from training.circuits.netlist import (
    GROUND,
    Capacitor,
    IdealOpamp,
    Inductor,
    Input,
    Netlist,
    Resistor,
    Supply,
    Winding,
)
from training.circuits.parts.diode import THERMAL_VOLTS, Diodes
from training.circuits.parts.opamp import opamp
from training.circuits.parts.transistor import Transistor
from training.circuits.parts.triode import Triode
from training.circuits.tone_stack import ToneStack

RATE = 384_000.0
FREQUENCIES = [60.0, 300.0, 1500.0, 7000.0, 15_000.0]


def played_gains(netlist: Netlist, volts: float = 1e-4) -> np.ndarray:
    """What a quiet chord of sines measures in the time domain."""
    t = np.arange(round(0.2 * RATE)) / RATE
    chord = volts * np.sin(2 * np.pi * np.outer(t, FREQUENCIES)).sum(axis=1)
    out = Simulation(netlist).play(chord, RATE, ["out"])[:, 0]
    return tones(out[out.size // 2 :], FREQUENCIES, RATE) / tones(chord[out.size // 2 :], FREQUENCIES, RATE)


LOW_PASS = (Input("in"), Resistor("in", "out", 1e3), Capacitor("out", GROUND, 100e-9))
SERIES_RESONANCE = (
    Input("in"), Inductor("in", "coil", 0.1), Capacitor("coil", "out", 1e-6), Resistor("out", GROUND, 100.0),
)  # fmt: skip
AMPLIFIER = (
    Input("in"), IdealOpamp("in", "minus", "out"),
    Resistor("minus", GROUND, 1e3), Resistor("minus", "out", 9e3),
)  # fmt: skip


@pytest.mark.parametrize(
    ("netlist", "transfer"),
    [
        (LOW_PASS, lambda s: 1 / (1 + s * 1e-4)),
        (SERIES_RESONANCE, lambda s: 100 / (100 + s * 0.1 + 1 / (s * 1e-6))),
        (AMPLIFIER, lambda s: 10 + 0 * s),
    ],
)
def test_linear_circuits_answer_as_their_transfer_function(netlist: Netlist, transfer) -> None:
    expected = transfer(2j * np.pi * np.array(FREQUENCIES))
    assert Simulation(netlist).response(FREQUENCIES, "out") == pytest.approx(expected, rel=1e-6)
    assert played_gains(netlist) == pytest.approx(expected, rel=0.01, abs=0.002)


def test_a_transformer_transforms_volts_and_ohms() -> None:
    netlist = (
        Input("in"), Resistor("in", "primary", 1e3),
        Winding(("primary", GROUND), ("out", GROUND), 10.0), Resistor("out", GROUND, 10.0),
    )  # fmt: skip
    assert Simulation(netlist).response([100.0], "out")[0] == pytest.approx(0.5 / 10)


def test_a_gyrator_pulls_at_its_resonance_alone() -> None:
    netlist = (Input("in"), Resistor("in", "out", 10e3), *resonance("out", 1000.0, 500.0, 3.0))
    off, on, beyond = np.abs(Simulation(netlist).response([100.0, 1000.0, 10_000.0], "out"))
    assert on == pytest.approx(500 / 10_500, rel=0.1)
    assert min(off, beyond) > 10 * on


@pytest.mark.parametrize("treble", [0.0, 0.4, 1.0])
@pytest.mark.parametrize(("bass", "middle"), [(0.0, 0.5), (0.5, 0.0), (1.0, 1.0)])
def test_the_tone_stack_has_the_published_transfer_function(
    treble: float, bass: float, middle: float
) -> None:
    """Coefficients of Yeh & Smith, DAFx 2006, equation 1."""
    r1, r2, r3, r4, c1, c2, c3 = 250e3, 1e6, 25e3, 56e3, 0.25e-9, 20e-9, 20e-9
    stack = ToneStack(r4, r1, r2, r3, c1, c2, c3)
    t, m, low = treble, middle, (100**bass - 1) / 99
    ccc = c1 * c2 * c3
    b = (
        0.0,
        t * c1 * r1 + m * c3 * r3 + low * (c1 + c2) * r2 + (c1 + c2) * r3,
        t * (c1 * c2 + c1 * c3) * r1 * r4 - m**2 * (c1 + c2) * c3 * r3**2
        + m * (c1 * c3 * r1 * r3 + (c1 + c2) * c3 * r3**2)
        + low * (c1 * c2 * r1 * r2 + (c1 * c2 + c1 * c3) * r2 * r4)
        + low * m * (c1 + c2) * c3 * r2 * r3
        + c1 * c2 * r1 * r3 + (c1 * c2 + c1 * c3) * r3 * r4,
        ccc * (low * m * (r1 + r4) * r2 * r3 + (m - m**2) * (r1 + r4) * r3**2
               + t * (1 - m) * r1 * r3 * r4 + t * low * r1 * r2 * r4),
    )  # fmt: skip
    a = (
        1.0,
        c1 * (r1 + r3) + c2 * (r3 + r4) + c3 * r4 + m * c3 * r3 + low * (c1 + c2) * r2,
        m * (c1 * c3 * r1 * r3 - c2 * c3 * r3 * r4 + (c1 + c2) * c3 * r3**2)
        + low * m * (c1 + c2) * c3 * r2 * r3 - m**2 * (c1 + c2) * c3 * r3**2
        + low * (c1 * c2 * (r2 * r4 + r1 * r2) + (c1 + c2) * c3 * r2 * r4)
        + c1 * c2 * (r1 * r4 + r3 * r4 + r1 * r3) + c1 * c3 * (r1 * r4 + r3 * r4) + c2 * c3 * r3 * r4,
        ccc * (low * m * (r1 + r4) * r2 * r3 - m**2 * (r1 + r4) * r3**2
               + m * ((r1 + r4) * r3**2 - r1 * r3 * r4) + low * r1 * r2 * r4 + r1 * r3 * r4),
    )  # fmt: skip
    s = 2j * np.pi * np.array(FREQUENCIES)
    expected = np.polyval(b[::-1], s) / np.polyval(a[::-1], s)
    netlist = (Input("in"), *stack.netlist("in", "out", treble, bass, middle))
    gains = Simulation(netlist).response(FREQUENCIES, "out")
    assert gains == pytest.approx(expected, abs=2e-3)
    assert np.abs(gains).max() <= 1.0


def test_a_diode_behind_a_resistor_rests_where_lambert_says() -> None:
    saturation, volts, ohms, supply = 2.52e-9, 1.752 * THERMAL_VOLTS, 1e3, 5.0
    netlist = (
        Supply("battery", supply), Resistor("battery", "out", ohms), Diodes("out", GROUND, backward=0),
    )  # fmt: skip
    grown = saturation * ohms / volts * np.exp((supply + saturation * ohms) / volts)
    current = volts / ohms * lambertw(grown).real - saturation
    assert Simulation(netlist).volts("out") == pytest.approx(supply - ohms * current, abs=1e-6)


def test_a_triode_rests_where_its_load_line_meets_koren() -> None:
    def plate(grid: float, plate: float) -> float:
        e1 = plate / 600 * np.log1p(np.exp(600 * (1 / 100 + grid / np.sqrt(300 + plate**2))))
        return 2 * e1**1.4 / 1060

    def lack(cathode: float) -> float:
        current = cathode / 1500
        return float(plate(-cathode, 300 - 1e5 * current - cathode) - current)

    expected = brentq(lack, 0.1, 3.0)
    netlist = (
        Supply("plates", 300.0), Resistor("plates", "p", 1e5), Resistor("k", GROUND, 1500.0),
        Resistor("g", GROUND, 1e6), Triode("g", "p", "k"),
    )  # fmt: skip
    assert Simulation(netlist).volts("k") == pytest.approx(expected, abs=0.01)  # a little grid current flows


def test_a_transistor_carries_beta_times_its_base_current() -> None:
    netlist = (
        Supply("battery", 9.0), Resistor("battery", "b", 1e6), Resistor("battery", "c", 2e3),
        Transistor("b", "c", GROUND, forward_gain=200.0),
    )  # fmt: skip
    simulation = Simulation(netlist)
    base = (9.0 - simulation.volts("b")) / 1e6
    assert (9.0 - simulation.volts("c")) / 2e3 == pytest.approx(200 * base, rel=1e-3)
    assert 0.6 < simulation.volts("b") < 0.75


def test_an_op_amp_has_its_bandwidth_slew_rate_and_rails() -> None:
    follower = (Input("in"), *opamp("in", "out", "out", bandwidth_hz=100e3, slew=0.1e6, rails=4.0))
    assert abs(Simulation(follower).response([100e3], "out")[0]) == pytest.approx(np.sqrt(0.5), rel=0.01)
    step = np.where(np.arange(1000) < 100, 0.0, 10.0)
    out = Simulation(follower).play(step, RATE, ["out"])[:, 0]
    assert np.diff(out).max() == pytest.approx(0.1e6 / RATE, rel=0.02)
    assert 3.9 < out[-1] < 4.7


def test_a_clipper_obeys_its_differential_equation() -> None:
    netlist = (
        Input("in"), Resistor("in", "out", 2.2e3), Capacitor("out", GROUND, 10e-9), Diodes("out", GROUND),
    )  # fmt: skip
    x = 4.0 * np.sin(2 * np.pi * 200 * np.arange(4000) / RATE)
    v = Simulation(netlist).play(x, RATE, ["out"])[:, 0]
    current = (x - v) / 2.2e3 - 2 * 2.52e-9 * np.sinh(v / (1.752 * THERMAL_VOLTS))
    charged = 10e-9 * RATE * np.diff(v)
    assert charged == pytest.approx((current[1:] + current[:-1]) / 2, abs=1e-9)  # the trapezoidal rule
    assert 0.4 < v.max() < 0.8
    assert np.all(np.abs(v) <= np.abs(x).max())


def test_a_circuit_without_an_operating_point_is_refused() -> None:
    class Stubborn(Diodes):
        """Carries a current that no voltage changes enough."""

        @property
        def parameters(self) -> tuple[float, ...]:
            return (float("nan"), 1.0, 1.0)

    netlist = (Supply("battery", 9.0), Resistor("battery", "out", 1e3), Stubborn("out", GROUND))
    with pytest.raises(CircuitError, match="no operating point"):
        _ = Simulation(netlist).rest
