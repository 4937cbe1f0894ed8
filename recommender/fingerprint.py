"""The fingerprint of a model: everything the recommender ever needs to hear of it, rendered once.

A dictionary of small float32 arrays, which the registry keeps under `FINGERPRINT_KEY`. A knob model stands
with its knobs in the middle.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from recommender.encoder import WEIGHTS_HASH, encode
from recommender.harmonics import measure_tones
from recommender.paired import PAIRED_GROUPS, Dry, analyse_dry, paired_features
from recommender.probe import PROBE_HASH, playing_probes, probe
from recommender.wet import WET_GROUPS, wet_features
from zoo.engine import render
from zoo.snapshot import Snapshot

Arrays = dict[str, npt.NDArray[np.float32]]
Fingerprint = Mapping[str, npt.NDArray[Any]]

FEATURES_VERSION = 1  # counts up whenever the same audio gives other numbers
FINGERPRINT_KEY = hashlib.sha256(
    f"{PROBE_HASH} {FEATURES_VERSION} {PAIRED_GROUPS} {WET_GROUPS} {WEIGHTS_HASH}".encode()
).hexdigest()[:16]


def fingerprint(snapshot: Snapshot, *, probed: npt.NDArray[np.float32] | None = None) -> Arrays:
    """Play the probe and the playing probes through ``snapshot`` at its own rate and measure what comes out.

    Args:
        snapshot: the model.
        probed: its output for the probe, where that is known already.

    Returns:
        ``paired`` (playing probes, PAIRED_SIZE), ``wet`` (playing probes, WET_SIZE), ``heard``
        (playing probes, the encoder's size) and ``tones`` (5, tones): the fields of
        `recommender.harmonics.Tones`.

    Raises:
        BadRequest: the rate is too low for the probe.
        EngineMissing: the native engine is not installed.
    """
    rate = snapshot.sample_rate
    signals = _dry_signals(rate)
    outputs = [render(snapshot, dry.signal) for dry in signals]
    raw = [wet_features(wet, rate) for wet in outputs]
    tones = measure_tones(probe(rate), render(snapshot, probe(rate).samples) if probed is None else probed)
    return {
        "paired": np.stack([paired_features(dry, wet) for dry, wet in zip(signals, outputs, strict=True)]),
        "wet": np.stack(raw),
        "heard": np.stack([encode(wet, rate, row) for wet, row in zip(outputs, raw, strict=True)]),
        "tones": np.stack([getattr(tones, name) for name in tones.__slots__]).astype(np.float32),
    }


@lru_cache(maxsize=4)
def _dry_signals(sample_rate: int) -> tuple[Dry, ...]:
    return tuple(analyse_dry(signal, sample_rate) for signal in playing_probes(sample_rate))
