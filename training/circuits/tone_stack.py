"""The passive tone stack between two valves: treble, bass and middle that pull at each other.

Topology: D. T. Yeh & J. O. Smith, Discretization of the '59 Fender Bassman tone stack, DAFx 2006, figure 1.
"""

from __future__ import annotations

from dataclasses import dataclass

from training.circuits.netlist import (
    GROUND,
    Capacitor,
    Netlist,
    Resistor,
    audio_taper,
    potentiometer,
    variable,
)


@dataclass(frozen=True, slots=True)
class ToneStack:
    """Ohms of the slope resistor and the potentiometers, farads of the three capacitors."""

    slope: float
    treble: float
    bass: float
    middle: float
    treble_farads: float
    bass_farads: float
    middle_farads: float

    def netlist(self, source: str, output: str, treble: float, bass: float, middle: float) -> Netlist:
        """Between two nodes, the knobs turned from 0 to 1; bass is a logarithmic track, the others linear."""
        return (
            Capacitor(source, "treble top", self.treble_farads),
            *potentiometer("treble top", output, "treble foot", self.treble, treble),
            Resistor(source, "slope", self.slope),
            Capacitor("slope", "treble foot", self.bass_farads),
            variable("treble foot", "bass foot", self.bass, audio_taper(bass)),
            Capacitor("slope", "middle", self.middle_farads),
            *potentiometer("bass foot", "middle", GROUND, self.middle, middle),
        )


AMERICAN = ToneStack(100e3, 250e3, 250e3, 10e3, 250e-12, 100e-9, 47e-9)
BRITISH = ToneStack(33e3, 220e3, 1e6, 25e3, 470e-12, 22e-9, 22e-9)
MODERN = ToneStack(47e3, 250e3, 250e3, 25e3, 470e-12, 22e-9, 22e-9)
