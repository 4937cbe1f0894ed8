"""Fine-tune a model on a capture, and measure it on playing that it never saw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from training.checkpoint import load_checkpoint, save_checkpoint
from training.data import Part, Split
from training.loss import mr_stft_loss
from training.settings import Settings
from training.trainer import Trainer, Validation
from zoo.engine import render
from zoo.metrics import esr, pre_emphasised_esr
from zoo.snapshot import Snapshot

OnValidation = Callable[[Trainer], None]


@dataclass(frozen=True)
class Scores:
    """How a model does on the test part, which neither training nor validation saw.

    Attributes:
        esr: error-to-signal ratio.
        emphasised_esr: the same after pre-emphasis.
        mr_stft: multi-resolution STFT distance.
    """

    esr: float
    emphasised_esr: float
    mr_stft: float


@dataclass(frozen=True, eq=False)
class Tuned:
    """A finished training.

    Attributes:
        snapshot: the best model by validation loss.
        start: what training began from.
        history: the learning curve, beginning with the start itself.
        scores: on the test part.
        epochs: trained; the best one may be earlier.
        data_seconds: how much was trained on.
        interrupted: the user stopped it; the model is the best so far.
    """

    snapshot: Snapshot
    start: Snapshot
    history: tuple[Validation, ...]
    scores: Scores
    epochs: int
    data_seconds: float
    interrupted: bool = False

    @property
    def best_validation(self) -> float:
        """The lowest validation loss."""
        return min(v.validation for v in self.history)


def tune(
    start: Snapshot,
    split: Split,
    settings: Settings,
    *,
    checkpoint: Path | None = None,
    resume: bool = False,
    device: str = "cpu",
    on_validation: OnValidation | None = None,
) -> Tuned:
    """Train ``start`` on ``split`` until it stops improving.

    Args:
        start: from `training.start.starting_point`.
        split: from `training.datasets.split_capture`, at the start's sample rate.
        settings: see `Settings`; a resumed training keeps its own.
        checkpoint: rewritten after every validation.
        resume: go on from ``checkpoint``.
        device: from `training.placement.chosen_device`.
        on_validation: called after every validation.

    Raises:
        ModelFileError: the checkpoint is damaged or missing.
        BadRequest: the checkpoint belongs to another capture or start.
        StoreError: the checkpoint cannot be written.
    """
    if resume and checkpoint is not None:
        trainer = load_checkpoint(checkpoint, start, split, device)
    else:
        trainer = Trainer(start, split, settings, device)

    def validated(trainer: Trainer) -> None:
        if checkpoint is not None:
            save_checkpoint(trainer, checkpoint)
        if on_validation is not None:
            on_validation(trainer)

    interrupted = False
    try:
        trainer.run(validated)
    except KeyboardInterrupt:  # the best so far is a usable model
        interrupted = True
    return Tuned(
        snapshot=trainer.best,
        start=start,
        history=tuple(trainer.history),
        scores=scores(trainer.best, split.test),
        epochs=trainer.epoch,
        data_seconds=split.train.samples / split.sample_rate,
        interrupted=interrupted,
    )


def scores(snapshot: Snapshot, part: Part) -> Scores:
    """Measure a model on a part, each stretch played from rest.

    Raises:
        SilentTarget: the part is silent.
    """
    wet = np.concatenate(part.wet)
    prediction = np.concatenate([render(snapshot, dry) for dry in part.dry])
    columns = (torch.from_numpy(signal)[:, None] for signal in (wet, prediction))
    return Scores(esr(wet, prediction), pre_emphasised_esr(wet, prediction), float(mr_stft_loss()(*columns)))
