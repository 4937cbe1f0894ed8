"""A circuit with knobs, and what it does to audio: mono float32, full scale = 1.0 = 1 V at the input jack.

Everything is solved at `INNER_RATE`, whatever rate the audio has, so that a device sounds the same at all of
them: no bend of the trapezoidal rule and no alias below 20 kHz depends on the file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.circuits.matrices import Matrix
from training.circuits.netlist import Netlist
from training.circuits.simulation import Simulation
from zoo.errors import BadRequest

INNER_RATE = 192_000  # four times 48 kHz; twice that changes no circuit by more than -50 dB
MOST_TURN = 10.0
PIECE_SECONDS = 1.0  # between two reports of progress
OUTPUT = "out"

Turns = Mapping[str, float]
"""Knob positions, 0 to 1."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Knob:
    """A knob from 0 to 10.

    Attributes:
        name: as on the front.
        at: where it stands unless someone turns it.
    """

    name: str
    at: float = 5.0


@dataclass(frozen=True)
class Circuit:
    """A device: its circuit for any setting of its knobs.

    Attributes:
        name: as it is called for.
        family: the topology in a few words.
        kind: "pedal", "preamp", "amp" or "cabinet".
        source: where the topology is described and where its constants come from.
        knobs: in the order of the front panel.
        netlists: the stages that follow each other without loading, for knob positions 0 to 1.
        input_volts: what full scale of the input is in volts.
        full_scale_volts: what counts as 1.0 at the output.
        speaker: taps of a filter behind it for knob positions and a sample rate; None without one.
    """

    name: str
    family: str
    kind: str
    source: str
    knobs: tuple[Knob, ...]
    netlists: Callable[[Turns], Sequence[Netlist]]
    input_volts: float = 1.0
    full_scale_volts: float = 1.0
    speaker: Callable[[Turns, int], Matrix] | None = None

    def settings(self, knobs: Mapping[str, float] | None = None) -> dict[str, float]:
        """Every knob's position, 0 to 10: as given, else where it stands by itself.

        Raises:
            BadRequest: there is no such knob, or it does not turn that far.
        """
        given = dict(knobs or {})
        names = [knob.name for knob in self.knobs]
        for name, value in given.items():
            if name not in names:
                raise BadRequest(
                    f"{self.name} has no knob {name!r}; its knobs are {', '.join(names) or 'none'}"
                )
            if not 0.0 <= value <= MOST_TURN:  # refuses NaN too
                raise BadRequest(
                    f"{name} cannot be set to {value:g}; a knob of {self.name} turns from 0 to {MOST_TURN:g}"
                )
        return {knob.name: float(given.get(knob.name, knob.at)) for knob in self.knobs}

    def at(self, **knobs: float) -> Device:
        """The device with its knobs set, each 0 to 10.

        Raises:
            BadRequest: there is no such knob, or it does not turn that far.
        """
        return Device(self, self.settings(knobs))


class Device:
    """A circuit with its knobs set.

    Attributes:
        circuit: which one.
        settings: every knob's position, 0 to 10.
    """

    def __init__(self, circuit: Circuit, settings: Mapping[str, float]) -> None:
        self.circuit, self.settings = circuit, dict(settings)
        self._turns = {name: value / MOST_TURN for name, value in self.settings.items()}
        self.stages = tuple(Simulation(netlist) for netlist in circuit.netlists(self._turns))

    @property
    def name(self) -> str:
        """The circuit and its setting, such as "green-overdrive-drive7-tone5-level5"."""
        return "-".join([self.circuit.name, *(f"{knob}{value:g}" for knob, value in self.settings.items())])

    def play(
        self, signal: npt.NDArray[np.floating], sample_rate: int, *, progress: Progress | None = None
    ) -> npt.NDArray[np.float32]:
        """What comes out for ``signal``, from rest and without latency.

        Args:
            signal: shape (samples,), finite.
            sample_rate: of input and output, Hz.
            progress: hears of samples done and samples altogether.

        Returns:
            float32, shape (samples,); not limited to full scale.

        Raises:
            BadRequest: the signal is not one of finite numbers in one dimension.
            CircuitError: the circuit's equations could not be solved.
        """
        signal = np.asarray(signal)
        if signal.ndim != 1 or not np.isfinite(signal).all():
            raise BadRequest(
                f"{self.circuit.name} plays one channel of finite numbers, but NaN, infinity or shape "
                f"{signal.shape} was given"
            )
        played = signal.astype(np.float32)
        if self.stages and signal.size:
            played = self._solved(played, sample_rate, progress)
        if self.circuit.speaker is not None and signal.size:
            from scipy.signal import oaconvolve

            taps = self.circuit.speaker(self._turns, sample_rate)
            played = oaconvolve(played.astype(np.float64), taps)[: signal.size].astype(np.float32)
        return played

    __call__ = play

    def _solved(
        self, signal: npt.NDArray[np.float32], sample_rate: int, progress: Progress | None
    ) -> npt.NDArray[np.float32]:
        """Up to the inner rate, through the stages and down again, a piece at a time."""
        from zoo.audio import resampler

        up, down = resampler(sample_rate, INNER_RATE, 1), resampler(INNER_RATE, sample_rate, 1)
        marches = [stage.start(INNER_RATE, [OUTPUT]) for stage in self.stages]
        size = max(1, round(PIECE_SECONDS * sample_rate))
        played = []
        for start in range(0, signal.size, size):
            last = start + size >= signal.size
            volts = up.resample_chunk(signal[start : start + size, None], last).astype(np.float64)[:, 0]
            volts *= self.circuit.input_volts
            for march in marches:
                volts = march(volts)[:, 0]
            volts /= self.circuit.full_scale_volts
            played.append(down.resample_chunk(volts[:, None].astype(np.float32), last)[:, 0])
            if progress is not None:
                progress(min(start + size, signal.size), signal.size)
        return _of_length(np.concatenate(played), signal.size)


def _of_length(signal: npt.NDArray[np.float32], size: int) -> npt.NDArray[np.float32]:
    """Resampling there and back may be a sample out."""
    return np.pad(signal[:size], (0, max(0, size - signal.size)))
