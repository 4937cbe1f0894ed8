"""Checks of dry against wet: whether they belong together, which is which, and what alignment found.

Audio convention: mono float32, shape (samples,), full scale = 1.0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from zoo.capture.alignment import Alignment
from zoo.capture.drift import Drift
from zoo.capture.findings import Finding, error, note, warning
from zoo.capture.levels import FRAME_SECONDS, decibels, frame_levels, root_mean_square, runs

Signal = npt.NDArray[np.float32]

RELATED = 0.02  # share of the wet that a short filter on the dry must explain (wrong pairs: below 0.01)
SPREAD_RATIO = 1.25  # a device narrows the range of levels; a much wider one betrays swapped signals
CREST_RISE_DB = 2.0
PLAYING_WITHIN_DB = 45.0
COPY_BELOW_DB = -60.0
GAIN_DB = 30.0
TAKES_APART_DB = 15.0
LEFT_OVER_SECONDS = 0.5
DROPOUT_SECONDS = 0.1


def unrelated(share: float) -> Finding:
    """The error that dry and wet have nothing in common."""
    return error(
        "unrelated",
        f"dry and wet have nothing in common (the dry signal explains {100 * share:.1f} % of the "
        "wet); check that "
        "they are of the same take",
        explained_share=share,
    )


def describe_alignment(found: Alignment, sample_rate: int, take: str | None = None) -> Iterator[Finding]:
    """What alignment found and repaired."""
    n, which = found.latency_samples, "" if take is None else f" of {take}"
    if n:
        yield note(
            "latency",
            f"the wet signal{which} {'is late' if n > 0 else 'leads'} by {abs(n)} samples "
            f"({abs(n) / sample_rate * 1e3:.2f} ms); it was moved into place",
            take=take,
            latency_samples=n,
            distinctness=found.distinctness,
        )
    if found.inverted:
        yield note(
            "inverted", f"the wet signal{which} has the opposite polarity; it was turned over", take=take
        )
    if not found.is_distinct:
        yield warning(
            "latency-unclear",
            f"the latency{which} cannot be told from this playing; {n} samples were taken, and a take "
            "with short "
            "notes and pauses would settle it",
            take=take,
            latency_samples=n,
            distinctness=found.distinctness,
        )


def describe_drift(drift: Drift) -> Finding:
    """The repaired clock drift."""
    return note(
        "drift",
        f"the wet recorder's clock runs {abs(drift.ppm):.0f} ppm {'fast' if drift.ppm > 0 else 'slow'} "
        f"({abs(drift.samples):.0f} samples by the end); the wet signal was resampled to match",
        ppm=drift.ppm,
        error_ppm=drift.error_ppm,
        samples=drift.samples,
    )


def check_pair(dry: Signal, wet: Signal, found: Alignment, sample_rate: int, take: str) -> Iterator[Finding]:
    """What an aligned pair shows.

    Args:
        dry: shape (samples,).
        wet: the same shape, aligned.
        found: how they were aligned.
        sample_rate: Hz.
        take: its name, for the sentences.
    """
    yield from _swapped(dry, wet, found, sample_rate, take)
    yield from _copy(dry, wet, take)
    yield from _gain(dry, wet, take)
    yield from _dropouts(dry, wet, sample_rate, take)


def check_lengths(dry: int, wet: int, latency: int, sample_rate: int, take: str) -> Iterator[Finding]:
    """Playing on one side that has no partner on the other; lengths in samples, before cutting."""
    over = abs(wet - latency - dry)
    if over > LEFT_OVER_SECONDS * sample_rate:
        longer = "wet" if wet - latency > dry else "dry"
        yield warning(
            "length",
            f"the {longer} signal of {take} is longer: {over / sample_rate:.1f} s have no partner and "
            "were cut off; "
            "check that both files are of the same take",
            take=take,
            left_over_samples=over,
        )


def check_takes(wets: Sequence[Signal], names: Sequence[str]) -> Iterator[Finding]:
    """Takes whose wet levels are so far apart that they may not be of one setting."""
    levels = [decibels(root_mean_square(wet)) for wet in wets]
    loud, soft = int(np.argmax(levels)), int(np.argmin(levels))
    if levels[loud] - levels[soft] > TAKES_APART_DB:
        yield warning(
            "takes-apart",
            f"the wet signal of {names[loud]} is {levels[loud] - levels[soft]:.0f} dB louder than that of "
            f"{names[soft]}; takes of one capture must be of one setting and one recording level",
            difference_db=levels[loud] - levels[soft],
        )


def _swapped(dry: Signal, wet: Signal, found: Alignment, sample_rate: int, take: str) -> Iterator[Finding]:
    """A device that distorts or compresses narrows the range of levels and lowers the crest."""
    before, after = frame_levels(dry, sample_rate), frame_levels(wet, sample_rate)
    playing = (before > before.max() - PLAYING_WITHIN_DB) & (after > after.max() - PLAYING_WITHIN_DB)
    if playing.sum() < 10:
        return
    ratio = float(after[playing].std() / (before[playing].std() + 1e-9))
    rise = _crest_db(wet) - _crest_db(dry)
    if ratio > SPREAD_RATIO and rise > CREST_RISE_DB:
        leads = f" and it leads by {-found.latency_samples} samples" if found.latency_samples < 0 else ""
        yield warning(
            "swapped",
            f"dry and wet of {take} may be swapped: the wet signal's levels range {ratio:.1f} times "
            "as wide as the "
            f"dry one's and its crest is {rise:.0f} dB higher, where a device compresses{leads}; "
            "check which is which",
            take=take,
            level_spread_ratio=ratio,
            crest_rise_db=rise,
            latency_samples=found.latency_samples,
        )


def _copy(dry: Signal, wet: Signal, take: str) -> Iterator[Finding]:
    energy = float(np.dot(dry, dry))
    gain = float(np.dot(dry, wet)) / (energy + 1e-20)
    rest = decibels(root_mean_square(wet - np.float32(gain) * dry)) - decibels(root_mean_square(wet))
    if rest < COPY_BELOW_DB:
        yield warning(
            "copy",
            f"the wet signal of {take} is the dry one at {decibels(abs(gain)):+.1f} dB and nothing "
            "else; the device "
            "was bypassed or the same channel recorded twice",
            take=take,
            gain_db=decibels(abs(gain)),
            difference_db=rest,
        )


def _gain(dry: Signal, wet: Signal, take: str) -> Iterator[Finding]:
    gain = decibels(root_mean_square(wet)) - decibels(root_mean_square(dry))
    judge = warning if abs(gain) > GAIN_DB else note
    yield judge(
        "gain",
        f"the wet signal of {take} is {abs(gain):.1f} dB {'louder' if gain > 0 else 'softer'} than "
        "the dry one" + ("; bring the two to about the same recording level" if abs(gain) > GAIN_DB else ""),
        take=take,
        gain_db=gain,
    )


def _dropouts(dry: Signal, wet: Signal, sample_rate: int, take: str) -> Iterator[Finding]:
    """The wet signal stops dead while the dry one plays on."""
    before, after = frame_levels(dry, sample_rate), frame_levels(wet, sample_rate)
    dead = (before > before.max() - 30) & (after < min(-90.0, after.max() - 70))
    starts, stops = runs(dead)
    seconds = (stops - starts) * FRAME_SECONDS
    if (seconds >= DROPOUT_SECONDS).any():
        at = float(starts[np.argmax(seconds)] * FRAME_SECONDS)
        yield warning(
            "dropout",
            f"the wet signal of {take} falls silent for {seconds.max():.1f} s at {at:.1f} s while the "
            "dry one plays; "
            "cut that part out or record again",
            take=take,
            at_seconds=at,
            seconds=float(seconds.max()),
        )


def _crest_db(signal: Signal) -> float:
    return decibels(float(np.abs(signal).max())) - decibels(root_mean_square(signal))
