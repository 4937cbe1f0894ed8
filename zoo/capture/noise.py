"""What the device and its cables add when nobody plays: the noise floor and mains hum.

Audio convention: mono float32, shape (samples,), full scale = 1.0.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from zoo.capture.findings import Finding, note, warning
from zoo.capture.levels import FRAME_SECONDS, decibels, frame_levels, root_mean_square, runs

Signal = npt.NDArray[np.float32]

QUIET_SECONDS = 0.5  # the shortest pause that resolves 50 from 60 Hz and from a low string
PAUSE_BELOW_DB = 45.0  # a pause is this far below the playing, in the dry signal
WET_PAUSE_BELOW_DB = 20.0  # without a dry signal: this far below, and not decaying
MAINS_HZ = (50.0, 60.0)
HARMONICS = 8
HUM_STANDS_OUT_DB = 15.0
MIN_HARMONICS = 3
AUDIBLE_HUM_BELOW_DB = 66.0  # hum further below the playing is nobody's concern
NOISY_BELOW_DB = 30.0


def check_noise(wet: Signal, dry: Signal | None, sample_rate: int, take: str) -> Iterator[Finding]:
    """Noise floor and hum of the wet signal in its longest pause; nothing where there is no pause.

    Args:
        wet: shape (samples,).
        dry: the same length, aligned; it tells a pause from a quiet note. None when unknown.
        sample_rate: Hz.
        take: its name, for the sentences.
    """
    pause = find_pause(wet, dry, sample_rate)
    if pause is None:
        return
    quiet = wet[pause]
    floor, level = root_mean_square(quiet), root_mean_square(wet)
    below = decibels(level) - decibels(floor)
    if floor > 1e-7:
        judge = warning if below < NOISY_BELOW_DB else note
        yield judge(
            "noise",
            f"the wet signal of {take} has a noise floor of {decibels(floor):.0f} dBFS, {below:.0f} "
            "dB below the "
            + (
                "playing; 40 dB were expected, so look for the source"
                if below < NOISY_BELOW_DB
                else "playing"
            ),
            take=take,
            floor_dbfs=decibels(floor),
            below_playing_db=below,
        )
    for mains in MAINS_HZ:
        hum = hum_level(quiet, sample_rate, mains)
        if hum > 0 and decibels(level) - decibels(hum) < AUDIBLE_HUM_BELOW_DB:
            yield warning(
                "hum",
                f"the wet signal of {take} hums at {mains:.0f} Hz and its harmonics "
                f"({decibels(hum):.0f} dBFS, "
                f"{decibels(level) - decibels(hum):.0f} dB below the playing); mend the ground loop "
                "or turn the guitar",
                take=take,
                mains_hz=mains,
                hum_dbfs=decibels(hum),
                below_playing_db=decibels(level) - decibels(hum),
            )


def find_pause(wet: Signal, dry: Signal | None, sample_rate: int) -> slice | None:
    """The longest stretch without playing, at least ``QUIET_SECONDS`` long."""
    reference = wet if dry is None else dry
    below = WET_PAUSE_BELOW_DB if dry is None else PAUSE_BELOW_DB
    frame = int(FRAME_SECONDS * sample_rate)
    levels = frame_levels(reference, sample_rate)
    quiet = levels < decibels(root_mean_square(reference)) - below
    starts, stops = runs(quiet)
    if starts.size == 0:
        return None
    longest = int(np.argmax(stops - starts))
    start, stop = int(starts[longest]) + 1, int(stops[longest])  # the first frame may hold the end of a note
    if dry is None and stop - start > 2 and np.ptp(levels[start:stop]) > 6:
        return None  # a note that dies away, not a pause
    return (
        slice(start * frame, stop * frame) if (stop - start) * frame >= QUIET_SECONDS * sample_rate else None
    )


def hum_level(quiet: Signal, sample_rate: int, mains_hz: float) -> float:
    """Amplitude (RMS) of the harmonics of ``mains_hz`` that stand out of their neighbourhood; 0 without hum.

    Args:
        quiet: a pause, shape (samples,).
        sample_rate: Hz.
        mains_hz: 50 or 60.
    """
    window = np.hanning(quiet.size)
    spectrum = np.abs(np.fft.rfft(quiet * window)) ** 2
    resolution = sample_rate / quiet.size
    lobe = 2.0 * resolution  # half the main lobe of a Hann window
    frequency = np.arange(spectrum.size) * resolution
    power, count = 0.0, 0
    for harmonic in mains_hz * np.arange(1, HARMONICS + 1):
        distance = np.abs(frequency - harmonic)
        inside, around = distance <= lobe, (distance > lobe) & (distance < mains_hz / 2)
        floor = float(np.median(spectrum[around]))
        if spectrum[inside].max() > floor * 10 ** (HUM_STANDS_OUT_DB / 10):
            power += float(spectrum[inside].sum())
            count += 1
    return float(np.sqrt(2 * power / (quiet.size * np.sum(window**2)))) if count >= MIN_HARMONICS else 0.0
