"""The project's own capture signal: what a player sends through a device to have it captured.

Silence, a ruler of blips that tells the latency, two sweeps, noise, then plucked strings in every style from
soft to loud. Mono float32, shape (samples,), full scale = 1.0, on the 24-bit grid; the same sound at every
sample rate and the same samples every time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from zoo.audio import MAX_SAMPLE_RATE, MIN_SAMPLE_RATE, Signal, resample
from zoo.capture_signal.ruler import FIRST_BLIP_SECONDS, ruler
from zoo.errors import BadRequest
from zoo.playing import Phrase, perform, to_24_bits

Progress = Callable[[int, int], None]

BODY_RATE = 48_000  # everything but the blips is made at this rate and resampled
SWEEP_SECONDS, SWEEP_HZ = 6.0, (20.0, 20_000.0)
SWEEPS_DB = (-6.0, -26.0)
NOISE_STEPS_DB, NOISE_STEP_SECONDS = (-36.0, -24.0, -12.0), 1.5
PAUSE_SECONDS = 1.0
BLIPS_SECONDS = 3.0  # silence, ruler, silence
FADE_SECONDS = 0.02

PHRASE_SECONDS = 3.6
PHRASES = 43
# Coprime counts: in the end every style has met every level.
PLAYED = (
    ("melody", "single-coil-neck"),
    ("riff", "humbucker-bridge"),
    ("strum", "single-coil-bridge"),
    ("lead", "humbucker-neck"),
    ("funk", "single-coil-bridge"),
    ("arpeggio", "single-coil-fingers"),
    ("riff", "humbucker-dropped"),
    ("strum", "humbucker-bridge"),
    ("lead", "single-coil-bridge"),
    ("bass-line", "bass-pick"),
    ("melody", "hollow-body"),
)
PEAKS_DB = (-1.0, -12.0, -4.0, -20.0, -7.0, -2.0, -28.0)
TEMPOS = (92.0, 120.0, 76.0, 138.0, 104.0)
FIRST_SEED = 70_000


def capture_signal(sample_rate: int, progress: Progress | None = None) -> Signal:
    """The whole signal, about three minutes.

    Args:
        sample_rate: Hz.
        progress: hears of phrases done and phrases altogether.

    Raises:
        BadRequest: no file of that rate could be read back.
    """
    if not MIN_SAMPLE_RATE <= sample_rate <= MAX_SAMPLE_RATE:
        raise BadRequest(
            f"a sample rate of {sample_rate} Hz is out of bounds; {MIN_SAMPLE_RATE} to {MAX_SAMPLE_RATE} Hz"
        )
    return assemble(phrases(), sample_rate, progress)


def assemble(played: Sequence[Phrase], sample_rate: int, progress: Progress | None = None) -> Signal:
    """Blips, sweeps, noise and what is ``played``; see `capture_signal`."""
    signal = resample(_body(played, progress), BODY_RATE, sample_rate).astype(np.float64)
    blips = ruler(sample_rate)
    start = round(FIRST_BLIP_SECONDS * sample_rate)
    signal[start : start + blips.size] += blips
    return to_24_bits(signal)


def _body(played: Sequence[Phrase], progress: Progress | None) -> npt.NDArray[np.float64]:
    """All but the blips, at `BODY_RATE`."""
    pause = np.zeros(round(PAUSE_SECONDS * BODY_RATE))
    parts = [np.zeros(round(BLIPS_SECONDS * BODY_RATE))]
    for level_db in SWEEPS_DB:
        parts += [_sweep(level_db), pause]
    parts += [_noise(), pause]
    for done, phrase in enumerate(played, start=1):
        parts.append(perform(phrase, BODY_RATE).astype(np.float64))
        if progress is not None:
            progress(done, len(played))
    return np.concatenate([*parts, pause])


def phrases() -> list[Phrase]:
    """What is played."""
    return [
        Phrase(
            *PLAYED[i % len(PLAYED)],
            seed=FIRST_SEED + i,
            seconds=PHRASE_SECONDS,
            peak_db=PEAKS_DB[i % len(PEAKS_DB)],
            tempo=TEMPOS[i % len(TEMPOS)],
        )
        for i in range(PHRASES)
    ]


def _sweep(level_db: float) -> npt.NDArray[np.float64]:
    """A sine whose pitch rises evenly by the octave (A. Farina, AES 108th convention, 2000)."""
    t = np.arange(round(SWEEP_SECONDS * BODY_RATE)) / BODY_RATE
    low, high = SWEEP_HZ
    octaves = np.log(high / low)
    phase = 2 * np.pi * low * SWEEP_SECONDS / octaves * np.expm1(t / SWEEP_SECONDS * octaves)
    return _faded(10 ** (level_db / 20) * np.sin(phase))


def _noise() -> npt.NDArray[np.float64]:
    """White noise in steps, each louder than the last; levels are RMS."""
    rng = np.random.Generator(np.random.PCG64(FIRST_SEED))
    size = round(NOISE_STEP_SECONDS * BODY_RATE)
    root3 = np.sqrt(3.0)
    steps = [10 ** (db / 20) * rng.uniform(-root3, root3, size) for db in NOISE_STEPS_DB]
    return np.concatenate([_faded(step) for step in steps])


def _faded(signal: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    ramp = np.sin(np.linspace(0, np.pi / 2, round(FADE_SECONDS * BODY_RATE))) ** 2
    signal[: ramp.size] *= ramp
    signal[signal.size - ramp.size :] *= ramp[::-1]
    return signal


__all__ = ["assemble", "capture_signal", "phrases"]
