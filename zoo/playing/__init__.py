"""Synthesised playing: electric guitars and basses, deterministic, made where recordings would be too many.

A phrase is a style, an instrument and a seed. The same phrase gives the same samples on every machine, at any
sample rate: float32 (samples,), full scale = 1.0, on the 24-bit grid so that a hash of them is stable.

    di = perform(Phrase("riff", "humbucker-bridge", seed=1, seconds=3.0), sample_rate=44100)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zoo.errors import BadRequest
from zoo.playing.instruments import INSTRUMENTS, Instrument
from zoo.playing.strings import Signal, Stroke, pluck
from zoo.playing.styles import STYLES, Note

HISS_DB = -88.0  # of a quiet input, below full scale
FADE_S = 0.005  # the cut at the end makes no click


@dataclass(frozen=True, slots=True)
class Phrase:
    """Something played: what, on what, how long and how loud.

    Attributes:
        style: a name in `STYLES`.
        instrument: a name in `INSTRUMENTS`.
        seed: which of the endless phrases of that style.
        seconds: its length.
        peak_db: its highest peak below full scale.
        tempo: beats a minute.
    """

    style: str
    instrument: str
    seed: int
    seconds: float
    peak_db: float = -4.0
    tempo: float = 110.0


def perform(phrase: Phrase, sample_rate: int) -> npt.NDArray[np.float32]:
    """Play ``phrase``; shape (seconds * sample_rate,).

    Raises:
        BadRequest: the style or the instrument is unknown.
    """
    if phrase.style not in STYLES or phrase.instrument not in INSTRUMENTS:
        raise BadRequest(
            f"{phrase.style!r} on {phrase.instrument!r} cannot be played; the styles are "
            f"{', '.join(STYLES)}, the instruments {', '.join(INSTRUMENTS)}"
        )
    rng = np.random.Generator(np.random.PCG64(phrase.seed))
    instrument = INSTRUMENTS[phrase.instrument]
    notes = STYLES[phrase.style](rng, phrase.seconds * phrase.tempo / 60)
    mix = np.zeros(round(phrase.seconds * sample_rate))
    for note, stopped in _until_struck_again(notes):
        _play(note, stopped, instrument, phrase, mix, sample_rate, rng)
    fade = min(mix.size, int(FADE_S * sample_rate))
    mix[mix.size - fade :] *= np.linspace(1, 0, fade)
    mix *= 10 ** (phrase.peak_db / 20) / max(float(np.abs(mix).max(initial=0.0)), 1e-9)
    mix += 10 ** (HISS_DB / 20) * np.sqrt(3) * rng.uniform(-1, 1, mix.size)
    return to_24_bits(mix)


def to_24_bits(signal: Signal) -> npt.NDArray[np.float32]:
    """Round to the grid of 24-bit audio, which float32 holds exactly."""
    full_scale = 1 << 23
    steps = np.clip(np.round(signal * full_scale), -full_scale, full_scale - 1)
    return (steps / full_scale).astype(np.float32)


def _until_struck_again(notes: list[Note]) -> list[tuple[Note, float]]:
    """Each note and the beat at which it stops: its own, or when its string is struck again."""
    upcoming: dict[int, float] = {}
    played = []
    for note in sorted(notes, key=lambda n: n.beat, reverse=True):
        played.append((note, min(note.beat + note.beats, upcoming.get(note.string, np.inf))))
        upcoming[note.string] = note.beat
    return played[::-1]


def _play(
    note: Note,
    stopped: float,
    instrument: Instrument,
    phrase: Phrase,
    mix: Signal,
    sample_rate: int,
    rng: np.random.Generator,
) -> None:
    """Add one note to ``mix``; a hand is never twice in the same place nor exactly in time."""
    stroke = Stroke(
        velocity=note.velocity,
        position_m=instrument.pick_m * rng.uniform(0.8, 1.2),
        brightness_hz=instrument.brightness_hz,
        mute=note.mute,
        bend=note.bend,
        click=instrument.click,
    )
    beat_s = 60 / phrase.tempo
    struck = max(0.0, note.beat * beat_s + rng.uniform(-0.008, 0.008))
    times = (struck, max(struck, stopped * beat_s), phrase.seconds)
    string = instrument.string(note.string, note.fret)
    first, signal = pluck(string, stroke, instrument.pickup, times, sample_rate, rng)
    stop = min(mix.size, first + signal.size)
    mix[first:stop] += signal[: max(0, stop - first)]


__all__ = ["INSTRUMENTS", "STYLES", "Phrase", "perform", "to_24_bits"]
