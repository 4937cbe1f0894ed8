"""Brings the takes of a capture into one time: latency, polarity and clock drift are found and undone.

Audio convention: mono float32, shape (samples,), full scale = 1.0, all at one rate.
"""

from __future__ import annotations

from dataclasses import replace

from zoo.audio import Signal
from zoo.capture.alignment import MAX_LATENCY, Alignment, Floats, align, correlate, highest_peak, relation
from zoo.capture.drift import measure_drift, undo_drift
from zoo.capture.findings import Finding, error
from zoo.capture.pairing import (
    RELATED,
    check_lengths,
    check_pair,
    describe_alignment,
    describe_drift,
    unrelated,
)
from zoo.capture.recognition import MARKS_DISTINCT, latency_by_blips, recognised
from zoo.capture.takes import Recording

SAME_LATENCY = 8  # samples; takes this close share one latency, estimated from all of them
OWN_LATENCY_DISTINCT = 2.0  # a take's own latency counts only when this distinct
RELATED_DISTINCT = 4.0  # a peak this high needs no further proof that dry and wet belong together


def synchronise(takes: list[Recording], rate: int, findings: list[Finding]) -> list[Recording]:
    """The takes with the wet signal moved into the dry one's time; wet-only takes as they are.

    Args:
        takes: all at ``rate``, none silent.
        rate: Hz.
        findings: what is found is appended; after an error the takes come back as they were.
    """
    pairs = [(take.dry, take.wet) for take in takes if take.dry is not None]
    if not pairs:
        return takes
    correlations = correlate(pairs, rate)
    found = align(pairs, rate, correlations=correlations)
    if mended := _without_drift(pairs, found, rate, findings):
        pairs, found = mended
        correlations = correlate(pairs, rate)
    if found.distinctness < RELATED_DISTINCT and (share := relation(pairs, rate)) < RELATED:
        findings.append(unrelated(share))
        return takes
    own = _alignments(pairs, correlations, found, rate)
    own = [_by_blips(*one, rate, findings) for one in zip(takes, pairs, own, strict=True)]
    if all(one is found for one in own):
        findings += describe_alignment(found, rate)
    aligned = []
    for take, (dry, wet), one in zip(takes, pairs, own, strict=True):
        if any(other is not found for other in own):
            findings += describe_alignment(one, rate, take.name)
        findings += check_lengths(dry.size, wet.size, one.latency_samples, rate, take.name)
        cut_dry, cut_wet = _cut(dry, wet, one)
        if cut_wet.size < rate // 2:
            findings.append(
                error(
                    "no-overlap",
                    f"dry and wet of {take.name} hardly overlap; check that both are of one take",
                )
            )
            return takes
        findings += check_pair(cut_dry, cut_wet, one, rate, take.name)
        aligned.append(replace(take, dry=cut_dry, wet=cut_wet))
    return aligned


def _without_drift(
    pairs: list[tuple[Signal, Signal]], found: Alignment, rate: int, findings: list[Finding]
) -> tuple[list[tuple[Signal, Signal]], Alignment] | None:
    """The pairs on one clock, if they were not. A correction must sharpen the alignment to be believed."""
    drift = measure_drift(pairs, rate, found.latency_samples)
    if drift is None or not drift.is_significant:
        return None
    mended = [(dry, undo_drift(wet, drift, rate)) for dry, wet in pairs]
    better = align(mended, rate)
    if better.distinctness <= found.distinctness:
        return None
    findings.append(describe_drift(drift))
    return mended, better


def _alignments(
    pairs: list[tuple[Signal, Signal]], correlations: list[Floats], common: Alignment, rate: int
) -> list[Alignment]:
    """Each take's alignment: the common one, unless a take clearly has its own."""
    if not common.is_distinct:  # most recordings through one interface are nearly in time
        common = align(pairs, rate, around=0, correlations=correlations)
    if len(pairs) == 1:
        return [common]
    return [_own(pair, c, common, rate) for pair, c in zip(pairs, correlations, strict=True)]


def _by_blips(
    take: Recording, pair: tuple[Signal, Signal], found: Alignment, rate: int, findings: list[Finding]
) -> Alignment:
    """The alignment with the latency that the capture signal's blips tell, if that is what was recorded."""
    latency = latency_by_blips(*pair, rate)
    if latency is None:
        return found
    note = recognised(take.name)
    if not any((finding.code, finding.take) == (note.code, note.take) for finding in findings):
        findings.append(note)
    distinctness = max(found.distinctness, MARKS_DISTINCT)
    return replace(found, latency_samples=latency, distinctness=distinctness)


def _own(pair: tuple[Signal, Signal], correlation: Floats, common: Alignment, rate: int) -> Alignment:
    peak, distinctness = highest_peak(correlation)
    if (
        distinctness < OWN_LATENCY_DISTINCT
        or abs(peak - MAX_LATENCY - common.latency_samples) <= SAME_LATENCY
    ):
        return common
    own = align([pair], rate, correlations=[correlation])
    return own if abs(own.latency_samples - common.latency_samples) > SAME_LATENCY else common


def _cut(dry: Signal, wet: Signal, found: Alignment) -> tuple[Signal, Signal]:
    """The stretch where both signals exist, wet moved into the dry signal's time and polarity."""
    latency = found.latency_samples
    start, stop = max(0, -latency), min(dry.size, wet.size - latency)
    if stop <= start:
        return dry[:0], wet[:0]
    moved = wet[start + latency : stop + latency]
    return dry[start:stop], -moved if found.inverted else moved
