"""Recording: the signal to send through a device, and virtual devices to send it through."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from zoo.errors import BadRequest

if TYPE_CHECKING:
    from training.circuits import Circuit, Recorded

Steps = Callable[[int, int], None]

LOSSLESS = (".wav", ".flac")


def write_capture_signal(
    path: str | Path, sample_rate: int = 48_000, *, progress: Steps | None = None
) -> float:
    """Write zoo's own capture signal (see `zoo.capture_signal`) as 24-bit audio; how many seconds it lasts.

    Args:
        path: ends in .wav or .flac.
        sample_rate: Hz.
        progress: hears of phrases done and phrases altogether.

    Raises:
        BadRequest: the ending or the rate is none for a signal that is to come back.
        WriteError: the file cannot be written.
    """
    from zoo.audio import write_audio
    from zoo.capture_signal import capture_signal

    _require_lossless(Path(path))
    signal = capture_signal(sample_rate, progress)
    write_audio(path, signal, sample_rate, encoding="PCM_24")
    return float(signal.size / sample_rate)


def list_circuits() -> list[Circuit]:
    """The virtual devices, in the order of `training.circuits.CIRCUITS`."""
    from training.circuits import CIRCUITS

    return list(CIRCUITS.values())


def record_circuit(
    name: str,
    dry: str | Path,
    out: str | Path | None = None,
    *,
    knobs: Mapping[str, float] | None = None,
    progress: Steps | None = None,
) -> Recorded:
    """Play a dry file through a virtual device and write a capture: stereo, left dry, right wet, 24 bits.

    Args:
        name: of the circuit.
        dry: an audio file.
        out: the file to write; in the working directory and named after device and knobs when absent.
        knobs: positions from 0 to 10; the others stand where they stand by themselves.
        progress: hears of samples done and samples altogether.

    Raises:
        BadRequest: there is no such circuit or knob, a knob does not turn that far, or ``out`` is lossy.
        AudioError: ``dry`` is missing, unreadable or not audio.
        WriteError: ``out`` cannot be written.
        CircuitError: the circuit's equations could not be solved.
    """
    from training.circuits import find_circuit, record

    device = find_circuit(name).at(**dict(knobs or {}))
    target = Path(out) if out is not None else Path(f"{device.name}.wav")
    _require_lossless(target)
    return record(device, dry, target, progress=progress)


def _require_lossless(path: Path) -> None:
    if path.suffix.lower() not in LOSSLESS:
        raise BadRequest(f"{path} does not end in {' or '.join(LOSSLESS)}; choose one of these")
