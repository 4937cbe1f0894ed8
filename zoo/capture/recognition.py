"""Recognises the capture signal in recordings, and uses what is known of it: its blips and its samples.

Audio convention: mono float32, shape (samples,), full scale = 1.0, dry and wet at one rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from zoo.audio import Signal
from zoo.capture.findings import Finding, note
from zoo.capture.takes import Recording
from zoo.capture_signal import capture_signal
from zoo.capture_signal.ruler import (
    BLIP_CENTRE,
    FIRST_BLIP_SECONDS,
    MARKS,
    find_ruler,
    locate_ruler,
    mark_samples,
)

BEFORE_SECONDS, AFTER_SECONDS = 0.003, 0.005  # around each blip
SLOPE = np.array([1.0, 1.0, -1.0, -1.0]) / 4  # blind to what still decays and to a converter's ringing
SHARE_OF_PEAK = 0.02
MARKS_DISTINCT = float(len(MARKS))  # how far a Golomb ruler's correlation with itself stands out


def with_known_dry(takes: Sequence[Recording], findings: list[Finding]) -> list[Recording]:
    """Wet-only takes of the capture signal, each beside the dry signal it must have been made from.

    All takes or none, since takes of one capture are of one form. The latency stays to be found.

    Args:
        takes: all at one rate.
        findings: what was recognised is appended.
    """
    starts = [find_ruler(take.wet, take.wet_rate) if take.dry is None else None for take in takes]
    if any(start is None for start in starts):
        return list(takes)
    signal = capture_signal(takes[0].wet_rate)
    paired = []
    for take, start in zip(takes, starts, strict=True):
        first = round(FIRST_BLIP_SECONDS * take.wet_rate) + BLIP_CENTRE
        lead = (start or 0) - first  # what was recorded before the signal began
        dry = np.concatenate([np.zeros(max(0, lead), np.float32), signal[max(0, -lead) :]])
        findings.append(
            note(
                "capture-signal",
                f"{take.name} was recognised as zoo's own capture signal by its blips; the dry signal was "
                "supplied",
                take=take.name,
                start_seconds=lead / take.wet_rate,
            )
        )
        paired.append(replace(take, dry=_of_length(dry, take.wet.size), dry_rate=take.wet_rate))
    return paired


def latency_by_blips(dry: Signal, wet: Signal, sample_rate: int) -> int | None:
    """By how many samples the wet is late, from the blips alone; None where either has none.

    The mean answer to the eight blips is compared with the blip itself where each first rises. A device whose
    gain brings up a blip's very foot seems up to 2 samples early, one that rises slowly 1 late.

    Args:
        dry: shape (samples,).
        wet: any length.
        sample_rate: Hz, of both.
    """
    sent = locate_ruler(dry, sample_rate)
    heard = find_ruler(wet, sample_rate) if sent is not None else None
    if sent is None or heard is None:
        return None
    return heard + _onset(wet, heard, sample_rate) - sent - _onset(dry, sent, sample_rate)


def _onset(signal: Signal, first: int, sample_rate: int) -> int:
    """Where the mean answer to the blips begins, in samples from where the first blip is thought to be."""
    before, after = (round(seconds * sample_rate) for seconds in (BEFORE_SECONDS, AFTER_SECONDS))
    padded = np.pad(np.asarray(signal, dtype=np.float64), (before, after))
    answers = [padded[first + mark : first + mark + before + after] for mark in mark_samples(sample_rate)]
    mean = np.mean([answer for answer in answers if answer.size == before + after], axis=0)
    quiet = before // 3
    rise = np.abs(np.convolve(mean, SLOPE, mode="valid"))
    risen = rise > max(SHARE_OF_PEAK * float(rise.max()), 2 * float(rise[:quiet].max()))
    return int(np.argmax(risen[:-1] & risen[1:])) - before


def recognised(take: str) -> Finding:
    """The note that a dry signal is the capture signal."""
    return note(
        "capture-signal",
        f"the dry signal of {take} is zoo's own capture signal; the latency was measured by its blips",
        take=take,
    )


def _of_length(signal: Signal, size: int) -> Signal:
    return signal[:size] if signal.size >= size else np.pad(signal, (0, size - signal.size))
