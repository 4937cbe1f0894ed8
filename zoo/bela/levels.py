"""Equal loudness: the trim that makes a model, or a cabinet, as loud as the playing that goes in.

Measured on the playing of the probe that every model renders, by ITU-R BS.1770's weighting. As the measure is
the dry signal, models agree with each other in any bank, and with the bypassed pedal.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from zoo.bela.bank import Cab, Floats
from zoo.errors import BadRequest
from zoo.playing import perform
from zoo.playing.probed import PLAYED
from zoo.reports.loudness import loudness_db

MOST_DB = 40.0
MOST_TAPS = 1024  # 23 ms: a cabinet near a microphone
FADE = 0.25  # of a shortened cabinet, its last part


@cache
def playing(sample_rate: int) -> Floats:
    """The probe's playing, one phrase after the other; shape (samples,), read-only."""
    signal = np.concatenate([perform(phrase, sample_rate) for phrase in PLAYED])
    signal.setflags(write=False)
    return signal


def trim_db(play: Callable[[Floats], Floats], sample_rate: int) -> tuple[float, float]:
    """The trim of whatever ``play`` is, within +-40 dB, and what it would have to be."""
    dry = playing(sample_rate)
    wanted = loudness_db(dry, sample_rate) - loudness_db(play(dry), sample_rate)
    return float(np.clip(wanted, -MOST_DB, MOST_DB)), wanted


def cabinet(name: str, taps: Floats, sample_rate: int, length: int = MOST_TAPS) -> Cab:
    """An impulse response as a cabinet: silence before it cut off, shortened, as loud as without it.

    Args:
        name: of the cabinet.
        taps: impulse response, newest sample first, shape (taps,).
        sample_rate: Hz.
        length: most taps; what is cut off is faded.

    Raises:
        BadRequest: there is nothing in it.
    """
    peak = float(np.abs(taps).max(initial=0.0))
    if not peak > 0.0 or not np.isfinite(peak):
        raise BadRequest(f"the cabinet {name} is silent or not finite; an impulse response is expected")
    first = int(np.argmax(np.abs(taps) > 0.01 * peak))
    kept = taps[first : first + length].astype(np.float64)
    if taps.size - first > kept.size:
        fade = round(FADE * kept.size)
        kept[kept.size - fade :] *= np.cos(np.linspace(0.0, np.pi / 2.0, fade)) ** 2

    def play(dry: Floats) -> Floats:
        from scipy.signal import fftconvolve

        wet = fftconvolve(dry, kept)[: dry.size]
        return np.asarray(wet, dtype=np.float32)

    _, trim = trim_db(play, sample_rate)
    return Cab(name, sample_rate, (kept * 10.0 ** (trim / 20.0)).astype(np.float32))
