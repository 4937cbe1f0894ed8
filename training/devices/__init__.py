"""Virtual devices of the project's own making: white-box circuits with memory, solved at 8 times the rate.

A first handful, good enough to fill a starter zoo and to be captured in tests. Mono float32, full scale =
1.0 = 1 V at the input jack.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy.signal import resample_poly

from training.devices import amps, pedals
from training.devices.networks import Signal, filtered, high_pass

OVERSAMPLING = 8
OUTPUT_CAPACITOR_HZ = 12.0  # no device lets DC out of its jack
AT_ONCE = 8  # signals in memory at eight times their size

Circuit = Callable[[Signal, float], Signal]
"""Volts (time, batch) and the rate they come at -> volts of the same shape."""


@dataclass(frozen=True)
class Device:
    """One device at one setting.

    Attributes:
        name: as it stands in the zoo: model and setting.
        model: the device without its setting.
        gain_class: the registry's word.
        kind: "amp", "pedal" or "preamp".
        circuit: what it does to volts.
        volume: output volts to full scale.
    """

    name: str
    model: str
    gain_class: str
    kind: str
    circuit: Circuit
    volume: float

    def __call__(self, signals: npt.NDArray[np.floating], sample_rate: int) -> npt.NDArray[np.float32]:
        """Play through it.

        Args:
            signals: shape (samples,) or (batch, samples); a batch, each from rest.
            sample_rate: of input and output, Hz.
        """
        dry = np.atleast_2d(np.asarray(signals, dtype=np.float64))
        groups = [dry[start : start + AT_ONCE] for start in range(0, len(dry), AT_ONCE)]
        wet = np.concatenate([self._play(group, sample_rate) for group in groups])
        return (wet * self.volume).reshape(np.shape(signals)).astype(np.float32)

    def _play(self, dry: Signal, sample_rate: int) -> Signal:
        """Volts (batch, samples) to volts."""
        up = np.asarray(resample_poly(dry.T, OVERSAMPLING, 1, axis=0))
        rate = float(OVERSAMPLING * sample_rate)
        wet = filtered(self.circuit(up, rate), high_pass(OUTPUT_CAPACITOR_HZ), rate)
        down: Signal = resample_poly(wet, 1, OVERSAMPLING, axis=0)
        played: Signal = down[: dry.shape[1]].T
        return played


def green_overdrive(drive: float) -> Device:
    """The overdrive with its drive knob at ``drive``, 0 to 1: a whole family."""
    name = f"green-overdrive-drive-{round(10 * drive)}"
    return Device(name, "green overdrive", "overdrive", "pedal", partial(pedals.overdrive, drive=drive), 0.8)


def devices() -> Sequence[Device]:
    """The handful of the starter zoo."""
    return (
        Device("clean-amp", "clean amp", "clean", "amp", amps.clean, 3.0),
        Device("edge-of-breakup-amp", "edge of breakup amp", "crunch", "amp", amps.edge_of_breakup, 0.6),
        Device("crunch-amp", "crunch amp", "crunch", "amp", amps.crunch, 0.5),
        Device("high-gain-amp", "high gain amp", "high gain", "amp", amps.high_gain, 0.5),
        green_overdrive(0.2),
        green_overdrive(0.8),
        Device("orange-distortion", "orange distortion", "distortion", "pedal", pedals.distortion, 1.0),
        Device("scooped-fuzz", "scooped fuzz", "fuzz", "pedal", pedals.scooped_fuzz, 2.0),
        Device("germanium-fuzz", "germanium fuzz", "fuzz", "pedal", pedals.germanium_fuzz, 0.1),
        Device("treble-booster", "treble booster", "overdrive", "pedal", pedals.treble_booster, 0.12),
        Device("levelling-bass-preamp", "levelling bass preamp", "clean", "preamp", amps.bass_preamp, 1.8),
    )


__all__ = ["Device", "devices", "green_overdrive"]
