"""Players: short recordings within the page, as FLAC, which every browser plays and no codec colours.

Signals are mono float32, shape (samples,), full scale = 1.0. Players of one group share one position: who
starts another hears the same place of the same playing.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from zoo.audio import encoded
from zoo.reports.loudness import loudness_db
from zoo.reports.markup import Markup, Part, tag

Signal = npt.NDArray[np.float32]

HIGHEST_PEAK = 0.89  # -1 dBFS
USUAL_DB = -20.0
BARS = 120
FADE_SECONDS = 0.01
GO = "M6 4l14 8-14 8z"
PAUSE = "M6 4h4v16H6zM14 4h4v16h-4z"


def players(*made: Markup) -> Markup:
    """Players one below the other."""
    return tag("div", *made, class_="players")


def player(
    label: Part, signal: npt.NDArray[Any], sample_rate: int, *, note: Part = "", group: str = "all"
) -> Markup:
    """A recording with a button, its waveform and its name.

    Without a script the browser's own controls are there instead.

    Args:
        label: what it is.
        signal: shape (samples,), full scale = 1.0; what lies beyond saturates.
        sample_rate: Hz.
        note: small print under the label.
        group: players of the same name go on where another was.
    """
    data = base64.b64encode(encoded(np.clip(signal, -1.0, 1.0), sample_rate, "FLAC")).decode()
    name = tag("span", label, tag("small", note) if note else "", class_="label")
    icons = (tag("path", d=GO, class_="go"), tag("path", d=PAUSE, class_="pause"))
    button = tag(
        "button",
        tag("svg", *icons, viewBox="0 0 24 24", aria_hidden="true"),
        type="button", class_="play", aria_label=f"play or pause: {label}",
    )  # fmt: skip
    audio = tag(
        "audio", controls=True, loop=True, preload="none", src=f"data:audio/flac;base64,{data}",
        aria_label=str(label),
    )  # fmt: skip
    inside = (button, name, _waveform(signal), audio)
    return tag("div", *inside, class_="player", data_group=group, data_seconds=signal.size / sample_rate)


def level_matched(signals: Sequence[npt.NDArray[Any]], sample_rate: int) -> list[Signal]:
    """Copies that are equally loud and do not clip, so that the louder one does not win by being louder.

    All come to the same loudness (ITU-R BS.1770): the usual one, or what the one with the highest peaks
    allows. Silence stays silence.
    """
    levels = [loudness_db(signal, sample_rate) for signal in signals]
    peaks = [float(np.abs(signal).max(initial=0.0)) for signal in signals]
    room = [
        20.0 * np.log10(HIGHEST_PEAK / peak) + level
        for peak, level in zip(peaks, levels, strict=True)
        if np.isfinite(level)
    ]
    common = min([USUAL_DB, *room])
    return [
        (signal * (10.0 ** ((common - level) / 20.0) if np.isfinite(level) else 0.0)).astype(np.float32)
        for signal, level in zip(signals, levels, strict=True)
    ]


def faded(signal: npt.NDArray[Any], sample_rate: int) -> Signal:
    """The signal with a short fade at both ends: an excerpt begins and ends in the middle of things."""
    length = min(round(FADE_SECONDS * sample_rate), signal.size // 2)
    shape = np.ones(signal.size)
    shape[:length] = np.linspace(0.0, 1.0, length, endpoint=False)
    shape[signal.size - length :] = shape[:length][::-1]
    return np.asarray(signal * shape, dtype=np.float32)


def _waveform(signal: npt.NDArray[Any]) -> Markup:
    """Bars of the peaks, drawn twice: what was played is laid over the rest."""
    pieces = np.array_split(np.abs(signal), BARS)
    peaks = np.array([float(piece.max(initial=0.0)) for piece in pieces])
    heights = np.round(15.0 * peaks / max(float(peaks.max()), 1e-9) + 0.6, 1)
    bars = "".join(f"M{5 * i} {16 - h:g}h3v{2 * h:g}h-3z" for i, h in enumerate(heights))
    both = (tag("path", d=bars), tag("path", d=bars, class_="played"))
    size = f"0 0 {5 * BARS - 2} 32"
    return tag("svg", *both, viewBox=size, preserveAspectRatio="none", class_="wave", aria_hidden="true")
