"""A capture: what went into a device and what came out, in one time, at one rate, and what was found in it.

Audio convention: mono float32, shape (samples,), full scale = 1.0; dry and wet of equal length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from zoo.alignment import Alignment, align
from zoo.audio import Audio, read_audio, resample
from zoo.errors import AudioError, CaptureError
from zoo.findings import Finding, Severity, Verdict, error, note, verdict
from zoo.takes import TakeFiles, find_takes

Signal = npt.NDArray[np.float32]

MIN_SECONDS = 0.5
SILENCE_PEAK = 1e-4  # -80 dBFS
DISTINCT, PROMINENT = 1.25, 7.0  # below these the correlation is no evidence


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
        wet: what came out, float32, shape (samples,).
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
        dry: the dry file, when it is a file of its own.
        wet: the wet file, when it is a file of its own.
        sample_rate: Hz to bring everything to; the first wet file's own by default.

    Raises:
        CaptureError: a folder holds no takes, or files that do not pair up.
        AudioError: a file is missing, unreadable or not audio.
        BadRequest: the arguments contradict each other.
    """
    files = find_takes(path, dry=dry, wet=wet)
    findings: list[Finding] = []
    rate = sample_rate or 0
    pairs: list[tuple[Signal | None, Signal]] = []
    for take in files:
        dry_audio, wet_audio = _read(take)
        rate = rate or wet_audio.sample_rate
        pairs.append(
            (
                None if dry_audio is None else _at_rate(dry_audio, rate, "dry", take.name, findings),
                _at_rate(wet_audio, rate, "wet", take.name, findings),
            )
        )
    names = [take.name for take in files]
    name = Path(path).stem if path is not None else names[0]
    for take_name, (d, w) in zip(names, pairs, strict=True):
        findings += [
            f for f in (_presence(s, side, rate, take_name) for side, s in (("dry", d), ("wet", w))) if f
        ]
    if verdict(findings) is not Verdict.UNUSABLE:
        pairs = _aligned(pairs, rate, findings)
    return _joined(pairs, names, rate, name, findings)


def _read(take: TakeFiles) -> tuple[Audio | None, Audio]:
    """Dry and wet of one take, each mono."""
    wet = read_audio(take.wet)
    if take.dry == take.wet:
        left, right = wet.samples
        return Audio(left[None], wet.sample_rate, wet.encoding), Audio(
            right[None], wet.sample_rate, wet.encoding
        )
    dry = None if take.dry is None else read_audio(take.dry)
    for file, audio in ((take.dry, dry), (take.wet, wet)):
        if file is not None and audio is not None and audio.channels > 2:
            raise AudioError(file, f"has {audio.channels} channels; one or two are expected")
    return dry, wet


def _at_rate(audio: Audio, rate: int, side: str, take: str, findings: list[Finding]) -> Signal:
    if audio.sample_rate != rate:
        findings.append(
            note(
                "resampled",
                f"the {side} signal was resampled from {audio.sample_rate} to {rate} Hz",
                take=take,
                from_rate=audio.sample_rate,
                to_rate=rate,
            )
        )
    return resample(audio.mono(), audio.sample_rate, rate)


def _presence(signal: Signal | None, side: str, rate: int, take: str) -> Finding | None:
    if signal is None:
        return None
    if signal.size < MIN_SECONDS * rate:
        return error(
            "too-short",
            f"the {side} signal of {take} lasts {signal.size} samples; "
            "at least half a second of playing is needed",
            take=take,
            samples=signal.size,
        )
    peak = float(np.abs(signal).max())
    if peak < SILENCE_PEAK:
        return error(
            "silent",
            f"the {side} signal of {take} is silent; check the cable and record again",
            take=take,
            peak=peak,
        )
    return None


def _aligned(
    pairs: list[tuple[Signal | None, Signal]], rate: int, findings: list[Finding]
) -> list[tuple[Signal | None, Signal]]:
    paired = [(d, w) for d, w in pairs if d is not None]
    if not paired:
        return pairs
    found = align(paired, rate)
    findings += _describe(found, rate)
    return [_cut(d, w, found) for d, w in paired]


def _describe(found: Alignment, rate: int) -> list[Finding]:
    if found.distinctness < DISTINCT or found.prominence < PROMINENT:
        return [
            error(
                "unrelated",
                "dry and wet have nothing in common; check that they are of the same take",
                distinctness=found.distinctness,
                prominence=found.prominence,
            )
        ]
    findings = []
    if found.latency_samples:
        n = found.latency_samples
        findings.append(
            note(
                "latency",
                f"the wet signal {'is late' if n > 0 else 'leads'} by {abs(n)} samples "
                f"({abs(n) / rate * 1e3:.2f} ms); it was moved into place",
                latency_samples=n,
            )
        )
    if found.inverted:
        findings.append(note("inverted", "the wet signal has the opposite polarity; it was turned over"))
    return findings


def _cut(dry: Signal, wet: Signal, found: Alignment) -> tuple[Signal, Signal]:
    """The stretch where both signals exist, wet moved into the dry signal's time and polarity."""
    latency = found.latency_samples
    start, stop = max(0, -latency), min(dry.size, wet.size - latency)
    if stop <= start:
        return dry[:0], wet[:0]
    moved = wet[start + latency : stop + latency]
    return dry[start:stop], -moved if found.inverted else moved


def _joined(
    pairs: Sequence[tuple[Signal | None, Signal]],
    names: Sequence[str],
    rate: int,
    name: str,
    findings: Sequence[Finding],
) -> Capture:
    """One capture from all takes, boundaries kept."""
    takes, start = [], 0
    for take, (_, wet) in zip(names, pairs, strict=True):
        takes.append(Take(take, start, start + wet.size))
        start += wet.size
    drys = [dry for dry, _ in pairs if dry is not None]
    return Capture(
        wet=_frozen([wet for _, wet in pairs]),
        dry=_frozen(drys) if drys else None,
        sample_rate=rate,
        name=name,
        takes=tuple(takes),
        findings=tuple(findings),
    )


def _frozen(parts: Sequence[Signal]) -> Signal:
    signal = np.concatenate(parts).astype(np.float32)
    signal.setflags(write=False)
    return signal
