"""How often a device is told from 45 others by five seconds of a player nobody has heard.

    python manifests/judge_identification.py MODELS DIS [--folds 5] [--by-sound]

Each model of a folder stands where the playing probes put it, and plays five seconds of each held-out DI. The
others are one model each of 45 other families, drawn over and over; the share of draws in which the device
itself is nearest is counted. First in the spaces of the package, which have learned from these models; then
in spaces that have learned in the same way, from the other families alone: that is the figure for unseen
devices, after a quarter of an hour. With ``--by-sound`` encoders learn from other families, too, for the wet
side alone: an hour on one core.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from encoder_material import model_lessons, other_lessons, read_dis, read_models
from judge_encoder import SKIPPED, Judged, family, mix, sound_of

from recommender.encoder.learning import Schedule, learn, learn_hand_made
from recommender.encoder.material import Recordings
from recommender.encoder.network import Network
from recommender.fingerprint import fingerprint
from recommender.learn import Plan, imaginary_devices, learn_heard, listen
from recommender.learn import models as heard_models
from recommender.paired import Dry, analyse_dry, paired_features
from recommender.space import space
from recommender.vectors import HAND_MADE, place, wet_query
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
    parser.add_argument("--by-sound", action="store_true", help="teach encoders without the family, too")
    given = parser.parse_args()
    torch.set_num_threads(1)
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
    unseen = _paired(list(models), families, probes, raw, given.folds)
    _say(f"dry and wet, the family unseen: {_shares(unseen)}")
    if given.by_sound:
        taught = read_dis(given.dis, held_out=False)
        found = _by_sound(list(models.values()), families, segments, taught, given.folds)
        _say(f"wet alone, the family unseen: {_shares(found)}")


def _paired(paths: list[Path], families: Array, probes: Array, raw: Array, folds: int) -> Array:
    """The shares with the dry side, where the space has learned from other families."""
    plan, found = Plan(), []
    invented = listen(plan, imaginary_devices(plan.devices), seed=0)
    real = listen(plan, heard_models(paths), seed=1)
    for fold in _dealt(families, folds):
        at = learn_heard(invented, real[np.setdiff1d(np.arange(len(real)), fold)])
        found.append(identified(at.project(probes).mean(axis=1), at.project(raw), families, fold))
    return np.concatenate(found)


def _by_sound(
    models: Sequence[Snapshot],
    families: Array,
    segments: Mapping[int, tuple[Dry, ...]],
    taught: Recordings,
    folds: int,
) -> Array:
    """The shares by the wet side alone, where encoder and space have learned from other families."""
    own, others = model_lessons(list(models), taught), other_lessons(taught)
    queries = tuple(
        tuple(sound_of(model, dry.signal) for dry in segments[model.sample_rate]) for model in models
    )
    judged, found = Judged(tuple(families), tuple(own), queries), []
    for number, fold in enumerate(_dealt(families, folds), start=1):
        lessons = [own[i] for i in np.setdiff1d(np.arange(len(own)), fold)] + others
        net = Network(learn(lessons, Schedule()))
        squared = mix(judged.distances(learn_hand_made(lessons), net), HAND_MADE)
        found.append(shares_first(squared, families, fold))
        _say(f"wet alone, the family unseen, fold {number}: {_shares(found[-1])}")
    return np.concatenate(found)


def identified(references: Array, queries: Array, families: Array, chosen: Array) -> Array:
    """For each of the ``chosen`` models and each of its queries, the share of draws in which it is nearest.

    Args:
        references: where the models are, shape (models, size).
        queries: where they are heard, shape (models, queries, size).
        families: of the models.
        chosen: indices of models.
    """
    distances = np.linalg.norm(queries[:, :, None] - references, axis=-1)
    return shares_first(distances, families, chosen)


def shares_first(distances: Array, families: Array, chosen: Array) -> Array:
    """The same from distances, or their squares, of all queries to all models, (models, queries, models)."""
    return np.array([[share_first(one, families, int(m)) for one in distances[m]] for m in chosen])


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
