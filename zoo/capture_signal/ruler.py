"""The ruler of blips at the head of the capture signal: made, and found again in what was recorded.

Its marks stand as on an optimal Golomb ruler: no two distances are equal, so that it coincides with itself at
one place alone. Mono, shape (samples,), full scale = 1.0.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from zoo.audio import Signal, resample

MARKS = (0, 1, 4, 9, 15, 22, 32, 34)  # optimal for 8 marks
UNIT_SECONDS = 0.05
FIRST_BLIP_SECONDS = 0.5
# Binomial: so little near Nyquist (-130 dB) that no converter rings before it, however much gain follows.
BLIP = np.array([1, 8, 28, 56, 70, 56, 28, 8, 1]) * (0.9 / 70)
BLIP_CENTRE = 4

SEARCH_SECONDS = 30.0  # from the start of a recording
FRAME_SECONDS = 0.0005
BEFORE, AFTER = 4, 5  # units of silence that must surround the ruler
STANDS_OUT = 4.0  # the weakest mark over the gaps, for a device with hiss and ringing
UNTOUCHED = 20.0  # the same for the signal itself
USUAL_RATES = (44_100, 48_000)  # of a signal that was resampled since
ALIKE = 0.98  # correlation of the signal itself with the ruler


def ruler(sample_rate: int) -> npt.NDArray[np.float64]:
    """The blips, the first one's centre at `BLIP_CENTRE`."""
    places = mark_samples(sample_rate)
    signal = np.zeros(places[-1] + BLIP.size)
    for place in places:
        signal[place : place + BLIP.size] += BLIP
    return signal


def mark_samples(sample_rate: int) -> npt.NDArray[np.int_]:
    """Where the blips stand after the first, in samples, shape (8,)."""
    return np.round(np.array(MARKS) * UNIT_SECONDS * sample_rate).astype(int)


def find_ruler(signal: Signal, sample_rate: int, *, stands_out: float = STANDS_OUT) -> int | None:
    """Where the ruler's first blip is in a recording, to half a millisecond; None where there is no ruler.

    Args:
        signal: shape (samples,), as it came out of a device.
        sample_rate: Hz.
        stands_out: how far the weakest blip must rise above what is between the blips.
    """
    frame = max(1, round(FRAME_SECONDS * sample_rate))
    edges = np.abs(np.diff(signal[: round(SEARCH_SECONDS * sample_rate)], prepend=signal[:1]))
    peaks = edges[: edges.size // frame * frame].reshape(-1, frame).max(axis=1)
    unit = UNIT_SECONDS * sample_rate / frame
    slots = np.arange(-BEFORE, MARKS[-1] + AFTER + 1)
    last = peaks.size - int(np.ceil(unit * slots[-1])) - 2
    if last <= 0:
        return None
    around = np.maximum(peaks, np.maximum(np.append(peaks[1:], 0), np.append(0, peaks[:-1])))
    padded = np.concatenate([np.zeros(int(np.ceil(unit * BEFORE))), around])
    shift = padded.size - around.size
    at = [padded[shift + round(slot * unit) : shift + round(slot * unit) + last] for slot in slots]
    marks = np.min([row for row, slot in zip(at, slots, strict=True) if slot in MARKS], axis=0)
    gaps = np.max([row for row, slot in zip(at, slots, strict=True) if slot not in MARKS], axis=0)
    score = marks / (gaps + 1e-6)
    best = int(np.argmax(score * marks))  # of all that stand out, the loudest
    return best * frame if score[best] >= stands_out else None


def locate_ruler(dry: Signal, sample_rate: int) -> int | None:
    """Sample of the first blip's centre in the capture signal itself, at any level; None if it is another.

    Args:
        dry: shape (samples,), as it was sent to the device.
        sample_rate: Hz; it may have been resampled.
    """
    rough = find_ruler(dry, sample_rate, stands_out=UNTOUCHED)
    if rough is None:
        return None
    best, place = 0.0, None
    for made_at in (sample_rate, *USUAL_RATES):
        alike, centre = _matched(dry, rough, sample_rate, made_at)
        if alike > max(best, ALIKE):
            best, place = alike, centre
    return place


def _matched(dry: Signal, rough: int, sample_rate: int, made_at: int) -> tuple[float, int]:
    """How well the ruler that was made at ``made_at`` Hz fits near ``rough``, and its first blip's centre."""
    silence = np.zeros(made_at // 100)
    template = resample(np.concatenate([silence, ruler(made_at), silence]), made_at, sample_rate)
    lead = (silence.size + BLIP_CENTRE) * sample_rate / made_at
    first = max(0, rough - round(lead) - round(0.003 * sample_rate))
    heard = np.asarray(dry[first : first + template.size + round(0.006 * sample_rate)], dtype=np.float64)
    if heard.size < template.size:
        return 0.0, 0
    products = np.correlate(heard, template.astype(np.float64))
    best = int(np.argmax(np.abs(products)))
    part = heard[best : best + template.size]
    alike = abs(products[best]) / (np.linalg.norm(part) * np.linalg.norm(template) + 1e-20)
    return float(alike), first + best + round(lead)
