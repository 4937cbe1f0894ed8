"""What the recommender hears of a model as it enters the zoo: one rendering of the probe, many measures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.fingerprint import Arrays
from recommender.gain import GainClass, gain_class
from recommender.probe import MIN_RATE, Probe, probe
from recommender.stress import level_db
from recommender.twins import Signal, at_common_rate
from zoo.capture.alignment import align
from zoo.engine import render
from zoo.errors import RefusedModel
from zoo.snapshot import Snapshot


@dataclass(frozen=True, eq=False)
class Heard:
    """What the recommender heard of a model.

    Attributes:
        fingerprint: for `suggest`.
        answer: to the probe, at `recommender.twins.SKETCH_RATE`.
        loudness_db: RMS of the answer to the probe's playing.
        latency_samples: first arrival; None when it is not distinct.
    """

    fingerprint: Arrays
    answer: Signal
    loudness_db: float
    latency_samples: int | None

    @property
    def gain_class(self) -> GainClass | None:
        """As measured; None for a fingerprint that says nothing of it."""
        return gain_class(self.fingerprint) if "paired" in self.fingerprint else None


def hear(snapshot: Snapshot) -> Heard | None:
    """Play the probe and measure; None where the model's rate is too low for it.

    Raises:
        RefusedModel: the output is not finite.
        EngineMissing: the native engine is not installed.
    """
    from recommender.fingerprint import fingerprint

    rate = snapshot.sample_rate
    if rate < MIN_RATE:
        return None
    signal = probe(rate)
    output = render(snapshot, signal.samples)
    if not np.isfinite(output).all():
        raise RefusedModel("its output for the probe is not finite")
    playing = np.concatenate([output[part.start : part.stop] for part in signal.of_kind("playing")])
    return Heard(
        fingerprint=fingerprint(snapshot, probed=output),
        answer=at_common_rate(output, rate),
        loudness_db=level_db(float(np.mean(playing.astype(np.float64) ** 2))),
        latency_samples=_latency(signal, output),
    )


def _latency(signal: Probe, output: Signal) -> int | None:
    """First arrival of the probe's noise, in samples, where there is no doubt about it."""
    stretches = [slice(noise.start, noise.stop) for noise in signal.of_kind("noise")]
    pairs = [(signal.samples[at], output[at]) for at in stretches if np.ptp(output[at]) > 0.0]
    if not pairs:
        return None
    found = align(pairs, signal.sample_rate)
    return found.latency_samples if found.is_distinct else None
