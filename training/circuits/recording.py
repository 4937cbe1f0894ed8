"""Records a circuit: a dry file goes in, a capture comes out, one stereo file with dry left and wet right."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.circuits.device import Device, Progress
from zoo.audio import read_audio, write_audio

ENCODING = "PCM_24"


@dataclass(frozen=True)
class Recorded:
    """A capture that was written.

    Attributes:
        path: the stereo file.
        settings: every knob's position, 0 to 10.
        seconds: its duration.
        sample_rate: Hz, that of the dry file.
        peak: of the wet signal, full scale = 1.0.
        clipped: samples of the wet signal that 24 bits cut off.
    """

    path: Path
    settings: dict[str, float]
    seconds: float
    sample_rate: int
    peak: float
    clipped: int


def record(
    device: Device, dry: str | Path, target: str | Path, *, progress: Progress | None = None
) -> Recorded:
    """Play ``dry`` through ``device`` and write both.

    Args:
        device: a circuit with its knobs set.
        dry: an audio file; of a stereo file the mean is played.
        target: the stereo file to write, 24 bits.
        progress: hears of samples done and samples altogether.

    Raises:
        AudioError: ``dry`` is missing, unreadable or not audio.
        BadRequest: the target's container cannot hold 24 bits.
        WriteError: the target cannot be written.
        CircuitError: the circuit's equations could not be solved.
    """
    audio = read_audio(dry)
    signal = audio.mono()
    wet = device.play(signal, audio.sample_rate, progress=progress)
    write_audio(target, np.stack([signal, wet]), audio.sample_rate, encoding=ENCODING)
    return Recorded(
        path=Path(target),
        settings=device.settings,
        seconds=audio.seconds,
        sample_rate=audio.sample_rate,
        peak=float(np.abs(wet).max(initial=0.0)),
        clipped=int(np.count_nonzero(np.abs(wet) > 1.0)),
    )
