"""Checks of one recorded signal by itself: length, silence, clipping, DC, level.

Audio convention: mono float32, shape (samples,), full scale = 1.0, as recorded: not resampled, not aligned.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
import numpy.typing as npt

from zoo.capture.findings import Finding, error, note, warning

Signal = npt.NDArray[np.float32]
Side = Literal["dry", "wet"]

MIN_SECONDS = 0.5
SILENT_PEAK = 1e-4  # -80 dBFS: below it there is only noise
LOW_PEAK = 0.01  # -40 dBFS: 16-bit files keep 9 bits here
FULL_SCALE = 0.9995  # converters and exports saturate within this of 1.0
FLAT_RUN = 3  # successive equal samples that no analogue wave puts at its very peak
MIN_FLAT_TOPS = 5
DC_OF_FULL_SCALE, DC_OF_RMS = 0.005, 0.03  # less comes of any asymmetric wave
FRAME_SECONDS = 0.05
LONG_SILENCE_SECONDS = 5.0


def check_levels(signal: Signal, side: Side, sample_rate: int, take: str) -> Iterator[Finding]:
    """What one signal shows by itself; an error comes alone.

    Args:
        signal: shape (samples,).
        side: which of the two it is.
        sample_rate: Hz.
        take: its name, for the sentences.
    """
    peak = float(np.abs(signal).max(initial=0.0))
    if signal.size < MIN_SECONDS * sample_rate:
        yield error(
            f"short-{side}",
            f"the {side} signal of {take} lasts {signal.size} samples, {MIN_SECONDS} s of playing is "
            "the least and "
            "some 30 s are better; record more",
            take=take,
            samples=signal.size,
        )
    elif peak < SILENT_PEAK:
        yield error(
            f"silent-{side}",
            f"the {side} signal of {take} is silent (peak {decibels(peak):.0f} dBFS); check the cable "
            "and the "
            "channel, and record again",
            take=take,
            peak_dbfs=decibels(peak),
        )
    else:
        yield from _low_level(peak, side, take)
        yield from _clipping(signal, peak, side, take)
        yield from _dc(signal, side, take)
        yield from _silence(signal, side, sample_rate, take)


def _low_level(peak: float, side: Side, take: str) -> Iterator[Finding]:
    if peak < LOW_PEAK:
        yield warning(
            f"low-{side}",
            f"the {side} signal of {take} peaks at {decibels(peak):.0f} dBFS, some -6 dBFS was "
            "expected; raise the "
            "recording level",
            take=take,
            peak_dbfs=decibels(peak),
        )


def _clipping(signal: Signal, peak: float, side: Side, take: str) -> Iterator[Finding]:
    """Flat tops. A device's own plateau is tilted by its capacitors and never equal to the last bit."""
    tops, samples = flat_tops(signal)
    if tops < MIN_FLAT_TOPS:
        return
    numbers = {
        "flat_tops": tops,
        "samples": samples,
        "share": samples / signal.size,
        "peak_dbfs": decibels(peak),
    }
    if peak >= FULL_SCALE:
        yield warning(
            f"clipped-{side}",
            f"the {side} signal of {take} is cut off at full scale in {tops} places ({samples} "
            "samples); lower the "
            "recording level and record again",
            take=take,
            **numbers,
        )
    elif side == "dry":
        yield warning(
            "clipped-dry",
            f"the dry signal of {take} has {tops} flat tops at {decibels(peak):.1f} dBFS, so it was "
            "clipped before "
            "it was turned down; record it again at a lower level",
            take=take,
            **numbers,
        )
    else:
        yield note(
            "flat-wet",
            f"the wet signal of {take} has {tops} flat tops at {decibels(peak):.1f} dBFS; fine if the "
            "device is "
            "digital and clips like this, else a converter was overloaded",
            take=take,
            **numbers,
        )


def flat_tops(signal: Signal) -> tuple[int, int]:
    """How many runs of ``FLAT_RUN`` or more samples lie at the very maximum or minimum, and their samples.

    >>> flat_tops(np.array([0, 1, 1, 1, 0, -2, -2, -2, -2, 0, 1], dtype=np.float32))
    (2, 7)
    """
    tops = samples = 0
    for extreme in (signal >= signal.max() - 1e-7, signal <= signal.min() + 1e-7):
        starts, stops = runs(extreme)
        lengths = (stops - starts)[stops - starts >= FLAT_RUN]
        tops, samples = tops + int(lengths.size), samples + int(lengths.sum())
    return tops, samples


def runs(mask: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.int_], npt.NDArray[np.int_]]:
    """Where each run of True starts, and where it stops (the index after its last).

    >>> [edge.tolist() for edge in runs(np.array([True, False, True, True]))]
    [[0, 2], [1, 4]]
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return edges[::2], edges[1::2]


def _dc(signal: Signal, side: Side, take: str) -> Iterator[Finding]:
    mean = float(np.mean(signal, dtype=np.float64))
    if abs(mean) > max(DC_OF_FULL_SCALE, DC_OF_RMS * root_mean_square(signal)):
        yield warning(
            f"dc-{side}",
            f"the {side} signal of {take} has a DC offset of {mean:+.4f} of full scale, none was "
            "expected; high-pass "
            "it at 10 Hz or mend the interface",
            take=take,
            offset=mean,
        )


def _silence(signal: Signal, side: Side, sample_rate: int, take: str) -> Iterator[Finding]:
    quiet = frame_levels(signal, sample_rate) < decibels(SILENT_PEAK)
    starts, stops = runs(quiet)
    longest = float((stops - starts).max(initial=0)) * FRAME_SECONDS
    if longest >= LONG_SILENCE_SECONDS:
        yield note(
            f"pause-{side}",
            f"the {side} signal of {take} is silent for {longest:.0f} s at a stretch; nothing is "
            "learnt there, so "
            "cut it out to save time",
            take=take,
            longest_seconds=longest,
            share=float(quiet.mean()),
        )


def frame_levels(signal: Signal, sample_rate: int) -> npt.NDArray[np.float64]:
    """RMS of successive frames of ``FRAME_SECONDS`` in dBFS, shape (frames,)."""
    length = int(FRAME_SECONDS * sample_rate)
    frames = signal[: signal.size // length * length].reshape(-1, length).astype(np.float64)
    levels: npt.NDArray[np.float64] = 10 * np.log10(np.mean(frames**2, axis=1) + 1e-20)
    return levels


def root_mean_square(signal: Signal) -> float:
    """Root mean square, full scale = 1.0."""
    return float(np.sqrt(np.mean(np.square(signal, dtype=np.float64))))


def decibels(amplitude: float) -> float:
    """``20 log10``, with a floor of -200 dB.

    >>> decibels(0.1)
    -20.0
    """
    return 20.0 * float(np.log10(max(amplitude, 1e-10)))
