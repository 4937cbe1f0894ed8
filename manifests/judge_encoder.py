"""Judge the wet-only vectors on playing, and on devices, that taught nobody anything.

    python manifests/judge_encoder.py MODELS DIS [--folds 3]

Every model plays ten seconds of each held-out DI and is looked for among all models, which stand where the
standard playing puts them. First with the weights in the package; then, with ``--folds``, for models of
unheard families: they are dealt by family into folds, and the hand-made space and the encoder that judge a
fold have learned from the other folds, circuits and imaginary devices alone. A row for each weight of the
hand-made half, from 0 (the encoder alone) to inf (no encoder): how often a model is first, among the first
five, and one of its family first; how often, its family taken away, the first is among the ten likest in the
paired space; and the rank correlation of all models with their order there.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from encoder_material import model_lessons, other_lessons, read_dis, read_models
from scipy.stats import spearmanr

from recommender import space
from recommender.bands import Signal
from recommender.encoder.frames import frames
from recommender.encoder.learning import Schedule, learn, learn_hand_made
from recommender.encoder.material import Lesson, Recordings, Sound
from recommender.encoder.network import Network, network
from recommender.wet import wet_features
from registry.devices import facts_from_name
from zoo.engine import render
from zoo.snapshot import Snapshot

Array = npt.NDArray[Any]

SHARES = (0.0, 0.1, 0.2, 0.35, 0.5, 1.0, float("inf"))
SKIPPED, SECONDS = 0.15, 10.0  # where a held-out DI is cut
STEPS_OF_A_FOLD = 600
ALIKE = 10


@dataclass(frozen=True)
class Judged:
    """What is judged: models, what is known of each, how each sounds on the held-out DIs."""

    families: tuple[str, ...]
    lessons: tuple[Lesson, ...]
    queries: tuple[tuple[Sound, ...], ...]

    def half(self, place: Any) -> tuple[Array, Array]:
        """References (models, size) and queries (models, DIs, size), from what places one sound."""
        means = [np.mean([place(sound) for sound in lesson.standard], axis=0) for lesson in self.lessons]
        return np.stack(means), np.stack([[place(s) for s in sounds] for sounds in self.queries])

    def distances(self, at: space.Space, net: Network) -> tuple[Array, Array]:
        """Squared distance of every query to every model in both halves, shape (models, DIs, models)."""
        halves = (
            self.half(lambda sound: at.project(sound.raw)),
            self.half(lambda sound: net.embed(sound.frames, sound.raw)),
        )
        first, second = (np.square(q[:, :, None] - r).sum(axis=-1) for r, q in halves)
        return first, second

    def score(self, distances: Array, chosen: Array) -> tuple[float, ...]:
        """First, among five, family first, likest stranger, rank correlation; over the chosen models."""
        places = np.stack([lesson.place for lesson in self.lessons])
        rows = []
        for model in chosen:
            true = np.linalg.norm(places - places[model], axis=1)
            for found in distances[model]:
                ahead = int(np.sum(found < found[model] - 1e-9))
                kin = self.families[int(np.argmin(found))] == self.families[model]
                strangers = np.flatnonzero(np.array(self.families) != self.families[model])
                likest = true[strangers][int(np.argmin(found[strangers]))]
                alike = int(np.sum(true[strangers] < likest)) < ALIKE
                rows.append((ahead < 1, ahead < 5, kin, alike, spearmanr(true, found).statistic))
        return tuple(np.mean(rows, axis=0).tolist())


def family(path: Path) -> str:
    """What a model of the public collections is of, by its name."""
    device = facts_from_name(path.stem)
    words = [word for word in (device.make, device.model) if word]
    return " ".join(words).lower() or path.stem.lower()


def play_unheard(models: Sequence[Snapshot], dis: Recordings) -> Iterator[tuple[Sound, ...]]:
    """Every model on every held-out DI."""
    for model in models:
        rate, sounds = model.sample_rate, []
        for di in dis[rate]:
            start = int(SKIPPED * di.size)
            sounds.append(sound_of(model, di[start : start + round(SECONDS * rate)]))
        yield tuple(sounds)


def sound_of(model: Snapshot, dry: Signal) -> Sound:
    """What the encoder and the hand-made numbers get of a model that plays."""
    wet = render(model, dry)
    return Sound(frames(wet, model.sample_rate), wet_features(wet, model.sample_rate))


def report(title: str, judged: Judged, rows: dict[float, list[tuple[float, ...]]]) -> None:
    """Print a table."""
    sys.stdout.write(
        f"{title}, {len(judged.lessons)} models\n  weight   first   five  family  alike  order\n"
    )
    for share, scores in rows.items():
        numbers = "  ".join(f"{value:5.3f}" for value in np.mean(scores, axis=0))
        sys.stdout.write(f"  {share:6.2f}   {numbers}\n")
    sys.stdout.flush()


def mix(halves: tuple[Array, Array], share: float) -> Array:
    """Both halves with this weight of the hand-made one."""
    return halves[0] if share == float("inf") else share**2 * halves[0] + halves[1]


def judge_folds(judged: Judged, others: list[Lesson], folds: int) -> dict[float, list[tuple[float, ...]]]:
    """Scores of each fold, judged by what the others have taught."""
    names = sorted(set(judged.families))
    dealt = np.random.Generator(np.random.PCG64(0)).permutation(len(names))
    fold_of = {names[name]: place % folds for place, name in enumerate(dealt)}
    own = np.array([fold_of[name] for name in judged.families])
    rows: dict[float, list[tuple[float, ...]]] = {share: [] for share in SHARES}
    for fold in range(folds):
        taught = [lesson for lesson, f in zip(judged.lessons, own, strict=True) if f != fold] + others
        net = Network(learn(taught, Schedule(steps=STEPS_OF_A_FOLD)))
        halves = judged.distances(learn_hand_made(taught), net)
        for share, scores in rows.items():
            scores.append(judged.score(mix(halves, share), np.flatnonzero(own == fold)))
        report(f"Unheard families, folds 1 to {fold + 1}", judged, rows)
    return rows


def main() -> None:
    """Parse, hear, judge."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("models", type=Path)
    parser.add_argument("dis", type=Path)
    parser.add_argument("--folds", type=int, default=0)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    models = read_models(arguments.models)
    taught, unheard = (read_dis(arguments.dis, held_out=held) for held in (False, True))
    lessons = tuple(model_lessons(list(models.values()), taught))
    queries = tuple(play_unheard(list(models.values()), unheard))
    judged = Judged(tuple(family(path) for path in models), lessons, queries)
    halves, everyone = judged.distances(space.space("wet"), network()), np.arange(len(lessons))
    report(
        "Unheard playing", judged, {share: [judged.score(mix(halves, share), everyone)] for share in SHARES}
    )
    if arguments.folds:
        judge_folds(judged, other_lessons(taught), arguments.folds)


if __name__ == "__main__":
    main()
