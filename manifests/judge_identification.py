"""How often a device is told from 45 others by five seconds of a player nobody has heard.

    python manifests/judge_identification.py MODELS DIS [--folds 5]

Each model of a folder stands where the playing probes put it, and plays five seconds of each held-out DI. The
others are one model each of 45 other families, drawn over and over; the share of draws in which the device
itself is nearest is counted. First in the space of the package, which has learned from these models; then in
spaces that have learned from the probes of other families alone: that is the figure for unseen devices.
``judge_encoder.py`` has the same for the wet side.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from encoder_material import read_dis, read_models
from judge_encoder import SKIPPED, family

from recommender.fingerprint import fingerprint
from recommender.learn import SIZES
from recommender.paired import Dry, analyse_dry, paired_features
from recommender.space import Space, learn_space, space
from recommender.vectors import place, wet_query
from zoo.engine import render
from zoo.snapshot import Snapshot

Array = npt.NDArray[Any]

SECONDS = 5.0
DEVICES, DRAWS = 46, 1000


def main() -> None:
    """Parse, play, judge."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("models", type=Path)
    parser.add_argument("dis", type=Path)
    parser.add_argument("--folds", type=int, default=5)
    given = parser.parse_args()
    models = read_models(given.models)
    families = np.array([family(path) for path in models])
    prints = [fingerprint(model) for model in models.values()]
    segments = {rate: _segments(dis, rate) for rate, dis in read_dis(given.dis, held_out=True).items()}
    heard = [_heard(model, segments[model.sample_rate]) for model in models.values()]
    everyone = np.arange(len(models))
    _say(f"{len(models)} models of {len(set(families))} families, {len(heard[0])} DIs, one of {DEVICES}")
    wet = np.stack([place("wet", one) for one in prints])
    queries = np.stack([[by_sound for _, by_sound in one] for one in heard])
    _say(f"wet alone: {_shares(identified(wet, queries, families, everyone))}")
    probes = np.stack([one["paired"] for one in prints])
    raw = np.stack([[paired for paired, _ in one] for one in heard])
    at = space("paired")
    found = identified(at.project(probes).mean(axis=1), at.project(raw), families, everyone)
    _say(f"dry and wet: {_shares(found)}")
    unseen = []
    for own in _dealt(families, given.folds):
        at = _learned(probes[np.setdiff1d(everyone, own)])
        unseen.append(identified(at.project(probes).mean(axis=1), at.project(raw), families, own))
    _say(f"dry and wet, the family unseen: {_shares(np.concatenate(unseen))}")


def _learned(probes: Array) -> Space:
    devices = np.repeat(np.arange(len(probes)), probes.shape[1])
    flat = probes.reshape(len(devices), -1)
    known = np.isfinite(flat).any(axis=0)  # what no probe reveals counts nowhere
    return learn_space(np.where(known, flat, 0.0), devices, SIZES["paired"])


def identified(references: Array, queries: Array, families: Array, chosen: Array) -> Array:
    """For each of the ``chosen`` models and each of its queries, the share of draws in which it is nearest.

    Args:
        references: where the models are, shape (models, size).
        queries: where they are heard, shape (models, queries, size).
        families: of the models.
        chosen: indices of models.
    """
    return np.array(
        [
            [
                share_first(np.linalg.norm(references - point, axis=1), families, int(model))
                for point in queries[model]
            ]
            for model in chosen
        ]
    )


def share_first(distances: Array, families: Array, model: int, count: int = DEVICES) -> float:
    """How often a model is the nearest among one each of ``count - 1`` other families, drawn at random."""
    rng = np.random.Generator(np.random.PCG64(0))
    others = sorted(set(families) - {families[model]})
    ahead = np.array([np.mean(distances[families == name] <= distances[model]) for name in others])
    kept = [
        np.prod(1.0 - ahead[rng.choice(len(others), min(count - 1, len(others)), replace=False)])
        for _ in range(DRAWS)
    ]
    return float(np.mean(kept))


def _dealt(families: Array, folds: int) -> list[Array]:
    """The models of each fold, whole families together."""
    names = sorted(set(families))
    places = np.random.Generator(np.random.PCG64(0)).permutation(len(names)) % folds
    fold_of = dict(zip(names, places, strict=True))
    return [np.flatnonzero([fold_of[name] == fold for name in families]) for fold in range(folds)]


def _heard(model: Snapshot, dries: Sequence[Dry]) -> list[tuple[Array, Array]]:
    """The raw paired vector and the place by sound alone on each segment."""
    played = [render(model, dry.signal) for dry in dries]
    return [
        (paired_features(dry, wet), wet_query(wet, model.sample_rate))
        for dry, wet in zip(dries, played, strict=True)
    ]


def _segments(signals: Sequence[Array], rate: int) -> tuple[Dry, ...]:
    starts = [int(SKIPPED * signal.size) for signal in signals]
    cut = [s[a : a + round(SECONDS * rate)] for s, a in zip(signals, starts, strict=True)]
    return tuple(analyse_dry(signal, rate) for signal in cut)


def _shares(found: Array) -> str:
    return f"{found.mean():.3f} (" + ", ".join(f"{share:.2f}" for share in found.mean(axis=0)) + " by DI)"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
