"""How one model of the starter zoo is made: from the elder that suits it best, or from scratch.

Which elder that is, a micro-tune says: all of its size play the material for one pass. What comes of the best
is trained to the end; where that does not reach `FAIR`, the best of some random starts is trained too, and
the better of the two is taken by validation. Nothing is chosen by the test part.

Playing is never silent for long, so a network that clips hard may rest anywhere: `settle` trains on with
seconds of silence among the phrases, and brings what is hard to learn somewhat nearer too. What is not `FINE`
is finished so, without weight decay and with gradients through twice the time, when all others are there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from training.data import Part, Split
from training.distil import from_scratch
from training.micro import micro_tune
from training.native import kernel_threads
from training.settings import Settings
from training.trainer import Trainer
from training.tune import Scores, scores
from zoo.architecture import Recurrent
from zoo.snapshot import Metadata, Snapshot

# Two courses: the second has segments twice as long, for what a device remembers, at half the rate.
COURSES = (
    Settings(epochs=45, patience=8, seed=7),
    Settings(epochs=45, patience=8, seed=8, segment=44_100, learning_rate=5e-3),
)
# ESR on validation, of the worse kind: enough for one course; for one start; to the end.
GOOD, FAIR, FINE = 0.01, 0.02, 0.005
RANDOM_STARTS = 4
MICRO_SECONDS = 10.0  # of training material that a micro-tune hears
SETTLING = Settings(epochs=60, patience=10, lr_patience=3, seed=9, segment=44_100, learning_rate=5e-3)
FINISHING = replace(
    SETTLING, epochs=80, patience=8, lr_patience=2, seed=10, learning_rate=4e-3, weight_decay=0.0, tbptt=1000
)
LATER = (
    ("settled", SETTLING, FAIR),
    ("finished", FINISHING, FINE),
    ("finished again", replace(FINISHING, seed=11), FINE),
)  # each for what is not that near yet
SILENCES = 4  # of a segment each: one in a dozen

Listener = Callable[[str, Trainer], None]


@dataclass(frozen=True, eq=False)
class Trained:
    """A finished model and how it came about.

    Attributes:
        parent: the elder it was tuned from; None is from scratch.
        epochs: after which its validation loss was lowest, over all courses.
        data_seconds: of training audio.
        losses: (epoch, validation loss), the start being epoch 0.
        validation, test: on phrases that training never saw; the test phrases chose nothing.
    """

    snapshot: Snapshot
    parent: Snapshot | None
    epochs: int
    data_seconds: float
    losses: tuple[tuple[int, float], ...]
    validation: Scores
    test: Scores

    @property
    def worse(self) -> float:
        """ESR on validation, of the worse kind."""
        return max(self.validation.esr, self.validation.emphasised_esr)


def train(
    metadata: Metadata,
    units: int,
    split: Split,
    elders: Sequence[Snapshot],
    on_validation: Listener,
) -> Trained:
    """Train one model; the same on the same machine every time.

    Args:
        metadata: what it will say of itself.
        units: of its LSTM.
        split: what it is trained, judged and measured on.
        elders: finished models at the split's rate; those of another size are left out.
        on_validation: hears from which start ("elder" or "scratch") and how it goes.
    """
    architecture = Recurrent("LSTM", units, residual=True)
    likely = [elder for elder in elders if elder.architecture == architecture]
    seeds = range(COURSES[0].seed, COURSES[0].seed + RANDOM_STARTS)
    random = [from_scratch(architecture, split.sample_rate, seed) for seed in seeds]
    with kernel_threads(1):
        done = [
            _trained(parent, start, split, on_validation) for parent, start in _first(likely, split) if likely
        ]
        if not done or done[0].worse > FAIR:
            start = _first(random, split)[0][1]
            done.append(_trained(None, start, split, on_validation))
    best = min(done, key=lambda one: one.worse)
    return replace(best, snapshot=replace(best.snapshot, metadata=metadata))


def settle(trained: Trained, split: Split, on_validation: Listener, course: Settings) -> Trained:
    """One course more, on the same and on silence, at which every circuit rests at zero."""
    silence = np.zeros(course.segment, np.float32)
    heard = Part(split.train.dry + (silence,) * SILENCES, split.train.wet + (silence,) * SILENCES)
    trainer = Trainer(trained.snapshot, replace(split, train=heard), course)
    with kernel_threads(1):
        snapshot = trainer.run(lambda trainer: on_validation("silence", trainer))
    before = trained.losses[-1][0]
    return replace(
        trained,
        snapshot=snapshot,
        epochs=before + trainer.best_epoch if trainer.best_epoch else trained.epochs,
        data_seconds=heard.samples / split.sample_rate,
        losses=(*trained.losses, *_curve(trainer, before)),
        validation=scores(snapshot, split.validation),
        test=scores(snapshot, split.test),
    )


def _first(starts: Sequence[Snapshot], split: Split) -> list[tuple[Snapshot, Snapshot]]:
    """The start that one pass brings furthest, and what became of it; empty without starts."""
    if not starts:
        return []
    with torch.random.fork_rng(devices=[]):
        tuned = micro_tune(starts, _opening(split), threads=1)
    best = int(np.argmin([one.validation for one in tuned]))
    return [(starts[best], tuned[best].snapshot)]


def _opening(split: Split) -> Split:
    """The same with as much of the training part as a micro-tune hears, taken from many phrases alike."""
    keep = min(1.0, MICRO_SECONDS * split.sample_rate / split.train.samples)
    cut = [
        (dry, wet, round(keep * wet.size)) for dry, wet in zip(split.train.dry, split.train.wet, strict=True)
    ]
    part = Part(tuple(dry[:size] for dry, _, size in cut), tuple(wet[:size] for _, wet, size in cut))
    return replace(split, train=part)


def _trained(parent: Snapshot | None, start: Snapshot, split: Split, on_validation: Listener) -> Trained:
    what = "elder" if parent else "scratch"
    snapshot, losses, epochs, best_epoch = start, list[tuple[int, float]](), 0, 0
    for settings in COURSES:
        trainer = Trainer(snapshot, split, settings)
        snapshot = trainer.run(lambda trainer: on_validation(what, trainer))
        losses += _curve(trainer, epochs)
        if trainer.best_epoch:
            best_epoch = epochs + trainer.best_epoch
        epochs += trainer.epoch
        validation = scores(snapshot, split.validation)
        if max(validation.esr, validation.emphasised_esr) <= GOOD:
            break
    return Trained(
        snapshot=snapshot,
        parent=parent,
        epochs=best_epoch,
        data_seconds=split.train.samples / split.sample_rate,
        losses=tuple(losses),
        validation=validation,
        test=scores(snapshot, split.test),
    )


def _curve(trainer: Trainer, before: int) -> list[tuple[int, float]]:
    """(epoch, validation loss), ``before`` epochs having gone before; the start is counted once."""
    return [(before + v.epoch, round(v.validation, 6)) for v in trainer.history if v.epoch or not before]
