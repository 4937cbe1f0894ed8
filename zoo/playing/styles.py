"""What is played: each style turns chance into a list of notes on strings and frets.

Times are in beats; chance comes from the generator that is passed in, so a seed is a phrase.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

# Frets from the lowest string; None is not played.
OPEN_CHORDS: tuple[tuple[int | None, ...], ...] = (
    (0, 2, 2, 1, 0, 0),
    (None, 0, 2, 2, 1, 0),
    (None, 3, 2, 0, 1, 0),
    (3, 2, 0, 0, 0, 3),
    (None, None, 0, 2, 3, 2),
    (0, 2, 2, 0, 0, 0),
)
BARRE_SHAPES = ((0, 2, 2, 1, 0, 0), (0, 2, 2, 0, 0, 0), (0, 2, 0, 1, 0, 0))
PENTATONIC = (0, 3, 5, 7, 10)


@dataclass(frozen=True, slots=True)
class Note:
    """One string struck once.

    Attributes:
        beat: when.
        string, fret: where; string 0 is the lowest.
        beats: how long it rings unless the same string is struck again.
        velocity: 0 to 1.
        mute, bend: see `zoo.playing.strings.Stroke`.
    """

    beat: float
    string: int
    fret: int
    beats: float
    velocity: float
    mute: float = 0.0
    bend: float = 0.0


Style = Callable[[np.random.Generator, float], list[Note]]


def melody(rng: np.random.Generator, beats: float) -> list[Note]:
    """Single notes wandering through a pentatonic box, eighths and quarters, soft and hard."""
    notes, beat, degree, root = [], 0.0, int(rng.integers(2, 8)), int(rng.integers(2, 10))
    while beat < beats:
        step = float(rng.choice([0.5, 0.5, 1.0, 1.5]))
        degree = int(np.clip(degree + rng.integers(-2, 3), 0, 11))
        string, fret = degree // 2, root + (0, 3, 0, 2)[degree % 2 + 2 * (degree // 2 in (2, 3))]
        notes.append(Note(beat, string, fret, step * 1.1, float(rng.uniform(0.35, 1.0))))
        beat += step
    return notes


def lead(rng: np.random.Generator, beats: float) -> list[Note]:
    """The same on the upper strings with bends, held longer."""
    notes, beat, root = [], 0.0, int(rng.integers(5, 12))
    while beat < beats:
        step = float(rng.choice([0.5, 1.0, 2.0]))
        bend = float(rng.choice([0.0, 0.0, 1.0, 2.0])) if step > 0.5 else 0.0
        string, fret = int(rng.integers(2, 6)), root + int(rng.choice([0, 2, 3]))
        notes.append(Note(beat, string, fret, step, float(rng.uniform(0.6, 1.0)), bend=bend))
        beat += step
    return notes


def strum(rng: np.random.Generator, beats: float) -> list[Note]:
    """Open chords, down on the beat, up and lighter between."""
    notes: list[Note] = []
    for half in range(int(np.ceil(2 * beats))):
        if half % 8 == 0:
            chord = OPEN_CHORDS[int(rng.integers(len(OPEN_CHORDS)))]
        if half % 2 and rng.random() < 0.4:
            continue
        velocity = float(rng.uniform(0.6, 1.0)) * (0.7 if half % 2 else 1.0)
        notes += _strummed(chord, half / 2, 2.0, velocity, rng, upwards=bool(half % 2))
    return notes


def arpeggio(rng: np.random.Generator, beats: float) -> list[Note]:
    """Open chords picked string by string, everything ringing into everything."""
    notes: list[Note] = []
    for half in range(int(np.ceil(2 * beats))):
        if half % 8 == 0:
            chord = OPEN_CHORDS[int(rng.integers(len(OPEN_CHORDS)))]
            played = [s for s, fret in enumerate(chord) if fret is not None]
        string = played[0] if half % 8 == 0 else played[int(rng.integers(1, len(played)))]
        notes.append(Note(half / 2, string, chord[string] or 0, 4.0, float(rng.uniform(0.4, 0.9))))
    return notes


def riff(rng: np.random.Generator, beats: float) -> list[Note]:
    """Palm-muted eighths and sixteenths on the low string, power chords between."""
    notes: list[Note] = []
    beat, root = 0.0, 0
    while beat < beats:
        if rng.random() < 0.25:
            root = int(rng.choice([0, 1, 3, 5, 7]))
            chord = (root, root + 2, root + 2)
            notes += _strummed(chord, beat, 1.5, float(rng.uniform(0.8, 1.0)), rng)
            beat += 1.0
            continue
        mute = float(rng.uniform(0.5, 1.0))
        notes.append(Note(beat, 0, root, 0.5, float(rng.uniform(0.7, 1.0)), mute=mute))
        beat += float(rng.choice([0.25, 0.5, 0.5]))
    return notes


def funk(rng: np.random.Generator, beats: float) -> list[Note]:
    """Sixteenths of short barre chords, half of them dead strings."""
    notes: list[Note] = []
    for sixteenth in range(int(np.ceil(4 * beats))):
        if sixteenth % 16 == 0:
            shape, root = BARRE_SHAPES[int(rng.integers(3))], int(rng.integers(3, 9))
        if rng.random() < 0.35:
            continue
        dead = float(rng.random() < 0.45)
        chord = (None, None, *(fret + root for fret in shape[2:]))
        velocity = float(rng.uniform(0.4, 0.9)) * (0.5 if dead else 1.0)
        notes += _strummed(chord, sixteenth / 4, 0.3, velocity, rng, mute=dead, upwards=bool(sixteenth % 2))
    return notes


def bass_line(rng: np.random.Generator, beats: float) -> list[Note]:
    """Roots, fifths and octaves in eighths and quarters."""
    notes, beat, root = [], 0.0, int(rng.integers(0, 6))
    while beat < beats:
        step = float(rng.choice([0.5, 0.5, 1.0]))
        string, fret = [(0, root), (0, root), (1, root + 2), (2, root + 2), (1, root)][int(rng.integers(5))]
        notes.append(Note(beat, string, fret, step * 0.95, float(rng.uniform(0.55, 1.0))))
        if rng.random() < 0.15:
            root = int(rng.integers(0, 8))
        beat += step
    return notes


def _strummed(
    chord: tuple[int | None, ...],
    beat: float,
    beats: float,
    velocity: float,
    rng: np.random.Generator,
    *,
    mute: float = 0.0,
    upwards: bool = False,
) -> list[Note]:
    played = [(string, fret) for string, fret in enumerate(chord) if fret is not None]
    spread = float(rng.uniform(0.01, 0.035))
    return [
        Note(beat + order * spread, string, fret, beats, velocity * float(rng.uniform(0.8, 1.0)), mute)
        for order, (string, fret) in enumerate(reversed(played) if upwards else played)
    ]


STYLES: dict[str, Style] = {
    "melody": melody,
    "lead": lead,
    "strum": strum,
    "arpeggio": arpeggio,
    "riff": riff,
    "funk": funk,
    "bass-line": bass_line,
}
