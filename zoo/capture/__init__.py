"""A capture: what went into a device and what came out, in one time, at one rate, and what was found in it.

Audio convention: mono float32, shape (samples,), full scale = 1.0; dry and wet of equal length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from zoo.audio import MAX_SAMPLE_RATE, MAX_SECONDS, MIN_SAMPLE_RATE, resample
from zoo.capture.findings import Finding, Severity, Verdict, note, verdict
from zoo.capture.fragments import join_fragments
from zoo.capture.levels import check_levels
from zoo.capture.noise import check_noise
from zoo.capture.pairing import check_takes
from zoo.capture.recognition import with_known_dry
from zoo.capture.synchrony import synchronise
from zoo.capture.takes import Recording, TakeFiles, find_takes, read_take
from zoo.errors import BadRequest, CaptureError

Signal = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Take:
    """One stretch of uninterrupted playing: samples ``start`` to ``stop`` of the capture's signals."""

    name: str
    start: int
    stop: int


@dataclass(frozen=True, eq=False)
class Capture:
    """Aligned dry and wet signals of one device at one setting.

    Attributes:
        wet: what came out, float32, shape (samples,), read-only.
        dry: what went in, same shape, or None when only the output is known.
        sample_rate: Hz.
        name: taken from the file or folder.
        takes: where each take begins and ends; no filter or network may run across a boundary.
        findings: what was noticed, repaired or is wrong.
    """

    wet: Signal
    dry: Signal | None
    sample_rate: int
    name: str
    takes: tuple[Take, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Ready, usable with care, or not usable."""
        return verdict(self.findings)

    @property
    def seconds(self) -> float:
        """Duration in seconds."""
        return float(self.wet.size / self.sample_rate)


def load_capture(
    path: str | Path | None = None,
    *,
    dry: str | Path | None = None,
    wet: str | Path | None = None,
    sample_rate: int | None = None,
) -> Capture:
    """Read a capture that is fit for use: `inspect_capture`, refusing what has an error among its findings.

    Raises:
        CaptureError: the capture is not usable; the sentence says why.
        AudioError: a file is missing, unreadable or not audio.
        BadRequest: the arguments contradict each other.
    """
    capture = inspect_capture(path, dry=dry, wet=wet, sample_rate=sample_rate)
    for finding in capture.findings:
        if finding.severity is Severity.ERROR:
            raise CaptureError(finding.sentence)
    return capture


def inspect_capture(
    path: str | Path | None = None,
    *,
    dry: str | Path | None = None,
    wet: str | Path | None = None,
    sample_rate: int | None = None,
) -> Capture:
    """Read, align and check a capture, usable or not.

    Args:
        path: a stereo file (left dry, right wet), a mono file (wet only) or a folder of takes.
        dry: the dry file, when it is a file of its own, or a folder of dry files.
        wet: the wet file, when it is a file of its own, or a folder of wet files named as the dry ones.
        sample_rate: Hz to bring everything to; the first wet file's own by default.

    Raises:
        CaptureError: a folder holds no takes, or files that do not pair up.
        AudioError: a file is missing, unreadable or not audio.
        BadRequest: the arguments contradict each other, or the rate is out of bounds.
    """
    if sample_rate is not None and not MIN_SAMPLE_RATE <= sample_rate <= MAX_SAMPLE_RATE:
        raise BadRequest(
            f"a sample rate of {sample_rate} Hz is out of bounds; {MIN_SAMPLE_RATE} to {MAX_SAMPLE_RATE} Hz"
        )
    findings: list[Finding] = []
    recordings = join_fragments(_read_all(find_takes(path, dry=dry, wet=wet)), findings)
    findings += [finding for recording in recordings for finding in _check_raw(recording)]
    rate = sample_rate or recordings[0].wet_rate
    recordings = [_at_rate(recording, rate, findings) for recording in recordings]
    if verdict(findings) is not Verdict.UNUSABLE:
        recordings = synchronise(with_known_dry(recordings, findings), rate, findings)
    if verdict(findings) is not Verdict.UNUSABLE:
        for take in recordings:
            findings += check_noise(take.wet, take.dry, rate, take.name)
        findings += check_takes([take.wet for take in recordings], [take.name for take in recordings])
    return _joined(recordings, rate, _name(path or wet, recordings), findings)


def _read_all(takes: Sequence[TakeFiles]) -> list[Recording]:
    recordings, seconds = [], 0.0
    for take in takes:
        recordings.append(read_take(take))
        seconds += recordings[-1].wet.size / recordings[-1].wet_rate
        if seconds > MAX_SECONDS:
            raise CaptureError(
                f"the takes last more than {MAX_SECONDS // 60} minutes together; a few minutes of "
                "varied playing "
                "are enough"
            )
    return recordings


def _check_raw(take: Recording) -> list[Finding]:
    findings = list(take.findings)
    if take.dry is not None:
        findings += check_levels(take.dry, "dry", take.dry_rate, take.name)
    findings += check_levels(take.wet, "wet", take.wet_rate, take.name)
    return findings


def _at_rate(take: Recording, rate: int, findings: list[Finding]) -> Recording:
    for side, own in (("dry", take.dry_rate), ("wet", take.wet_rate)):
        if own != rate and not (side == "dry" and take.dry is None):
            findings.append(
                note(
                    "resampled",
                    f"the {side} signal of {take.name} was resampled from {own} to {rate} Hz",
                    take=take.name,
                    from_hz=own,
                    to_hz=rate,
                )
            )
    dry = None if take.dry is None else resample(take.dry, take.dry_rate, rate)
    return replace(take, dry=dry, wet=resample(take.wet, take.wet_rate, rate), dry_rate=rate, wet_rate=rate)


def _name(path: str | Path | None, takes: Sequence[Recording]) -> str:
    path = Path(path or "").resolve()
    return path.name if path.is_dir() else takes[0].name


def _joined(takes: Sequence[Recording], rate: int, name: str, findings: Sequence[Finding]) -> Capture:
    """One capture from all takes, boundaries kept; unusable pairs are padded to be looked at."""
    wets, drys, bounds, start = [], [], [], 0
    for take in takes:
        size = take.wet.size if take.dry is None else max(take.wet.size, take.dry.size)
        wets.append(_padded(take.wet, size))
        if take.dry is not None:
            drys.append(_padded(take.dry, size))
        bounds.append(Take(take.name, start, start + size))
        start += size
    dry = _frozen(drys) if drys else None
    return Capture(_frozen(wets), dry, rate, name, tuple(bounds), tuple(findings))


def _padded(signal: Signal, size: int) -> Signal:
    return signal if signal.size == size else np.pad(signal, (0, size - signal.size))


def _frozen(parts: Sequence[Signal]) -> Signal:
    signal = np.concatenate(parts).astype(np.float32, copy=False)
    signal.setflags(write=False)
    return signal
