"""Distillation: teach a student of another architecture what a teacher plays, before it meets the capture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import torch

from training.data import Part, Split
from training.modules import new_module
from training.settings import Settings
from training.trainer import Trainer
from zoo.architecture import Architecture
from zoo.engine import render
from zoo.snapshot import Metadata, Snapshot


def from_scratch(architecture: Architecture, sample_rate: int, seed: int) -> Snapshot:
    """PyTorch's initial weights, the same for the same seed; the global generator is left as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return Snapshot(architecture, new_module(architecture).weights(), sample_rate, metadata=Metadata())


def distilled(
    teacher: Snapshot,
    architecture: Architecture,
    split: Split,
    settings: Settings,
    on_validation: Callable[[Trainer], None] | None = None,
    device: str = "cpu",
) -> Snapshot:
    """A student that plays like ``teacher`` on the dry signal of ``split``.

    Args:
        teacher: any snapshot, at the split's sample rate.
        architecture: the student's.
        split: only its dry signals are used; the teacher's output takes the place of the wet ones.
        settings: of the student's training.
        on_validation: as `Trainer.run`'s.
        device: as `Trainer`'s.
    """
    lessons = Split(
        _played(teacher, split.train), _played(teacher, split.validation), split.test, split.sample_rate
    )
    start = from_scratch(architecture, teacher.sample_rate, settings.seed)
    student = Trainer(start, lessons, settings, device).run(on_validation)
    return replace(student, metadata=teacher.metadata)


def _played(teacher: Snapshot, part: Part) -> Part:
    return Part(part.dry, tuple(render(teacher, dry) for dry in part.dry))
