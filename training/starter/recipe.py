"""How one model of the starter zoo is made: a device, its playing, an LSTM from scratch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from training.data import Part
from training.devices import Device
from training.modules import new_module
from training.settings import Settings
from training.starter.material import SAMPLE_RATE, recorded
from training.trainer import Trainer
from zoo.architecture import Recurrent
from zoo.engine import render
from zoo.metrics import esr
from zoo.snapshot import Metadata, Snapshot

SETTINGS = Settings(
    epochs=70, patience=15, batch=32, tbptt=1_000, learning_rate=5e-3, averaging=0.0, weight_decay=0.0,
    lr_patience=2, seed=7,
)  # fmt: skip
# What sounds simple gets by with fewer units.
HIDDEN = {"treble-booster": 12, "clean-amp": 16}
LICENCE, AUTHOR = "CC0-1.0", "The tonezoo authors"
TONE_WORDS = {"high gain": "hi_gain"}


@dataclass(frozen=True)
class Trained:
    """A finished model and how it came about.

    Attributes:
        epochs: after which its validation loss was lowest.
        data_seconds: of training audio.
        losses: (epoch, validation loss).
        validation_esr, test_esr: ESR on phrases that training never saw; the test phrases chose nothing.
    """

    snapshot: Snapshot
    epochs: int
    data_seconds: float
    losses: tuple[tuple[int, float], ...]
    validation_esr: float
    test_esr: float


def train(
    device: Device, settings: Settings = SETTINGS, on_validation: Callable[[Trainer], None] | None = None
) -> Trained:
    """Train the starter model of ``device``; the same on the same machine every time."""
    split = recorded(device)
    torch.manual_seed(settings.seed)
    trainer = Trainer(untrained(device), split, settings)
    best = trainer.run(on_validation)
    return Trained(
        snapshot=best,
        epochs=trainer.best_epoch,
        data_seconds=split.train.samples / split.sample_rate,
        losses=tuple((v.epoch, round(v.validation, 6)) for v in trainer.history),
        validation_esr=part_esr(best, split.validation),
        test_esr=part_esr(best, split.test),
    )


def untrained(device: Device) -> Snapshot:
    """Random weights under the device's name, from PyTorch's generator."""
    architecture = Recurrent("LSTM", HIDDEN.get(device.name, 20), residual=True)
    metadata = Metadata(
        name=device.name,
        author=AUTHOR,
        make="tonezoo",
        model=device.model,
        kind=device.kind,
        tone=TONE_WORDS.get(device.gain_class, device.gain_class),
        licence=LICENCE,
    )
    return Snapshot(architecture, new_module(architecture).weights(), SAMPLE_RATE, metadata=metadata)


def part_esr(snapshot: Snapshot, part: Part) -> float:
    """ESR over all phrases of a part together, each played from rest."""
    predictions = [render(snapshot, dry) for dry in part.dry]
    return esr(np.concatenate(part.wet), np.concatenate(predictions))
