"""Teaches the encoder: other playing of a device lands near the device, sound-alikes near each other.

A prototypical network (Snell, Swersky & Zemel 2017) whose prototypes are what a zoo keeps of its models: the
mean embedding of the standard playing. The targets are soft: part of each is spread over the devices in the
batch by their distance in the paired space, where the playing cancels; and distances between prototypes are
drawn to the paired ones, up to a common factor.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from recommender.encoder.frames import FRAME_SIZE
from recommender.encoder.material import Lesson, Sound
from recommender.encoder.network import SPREAD_FLOOR, STRIDE, enough, standard
from recommender.learn import SIZES
from recommender.space import Space, learn_space
from recommender.wet import WET_SIZE

Array = npt.NDArray[Any]
Progress = Callable[[int, float], None]
"""Hears how many steps are done, and the mean loss of the last ones."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """How to learn.

    Attributes:
        steps: batches.
        devices, standard, other: what a batch holds: devices, and stretches of each kind of every device.
        frames: length of a stretch.
        rate: highest learning rate.
        kinship: share of a target that goes to all devices by likeness.
        likeness: distance in the paired space at which likeness fades.
        geometry: weight of the distances between prototypes.
        dropout: of the pooled numbers.
        size: numbers in an embedding.
    """

    steps: int = 1000
    devices: int = 40
    standard: int = 5
    other: int = 2
    frames: int = 128
    rate: float = 2e-3
    kinship: float = 0.6
    likeness: float = 4.0
    geometry: float = 0.3
    dropout: float = 0.1
    size: int = 32
    seed: int = 0


class TorchNetwork(nn.Module):
    """The network of `recommender.encoder.network`, to learn with; takes standardised inputs.

    Shape:
        frames (batch, frames, FRAME_SIZE) and raw (batch, WET_SIZE) to (batch, size).
    """

    def __init__(self, size: int, dropout: float = 0.0, width: int = 80, pooled: int = 128) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(FRAME_SIZE, width, 5, stride=STRIDE)
        self.conv2 = nn.Conv1d(width, width, 3)
        self.conv3 = nn.Conv1d(width, pooled, 1)
        self.dense1 = nn.Linear(2 * pooled + WET_SIZE, 128)
        self.dense2 = nn.Linear(128, size)
        self.dropout = nn.Dropout(dropout)

    def forward(self, frames: Tensor, raw: Tensor) -> Tensor:
        """Embed a batch."""
        x = frames.transpose(1, 2)
        for layer in (self.conv1, self.conv2, self.conv3):
            x = functional.relu(layer(x))
        spread = torch.sqrt(x.var(dim=2, unbiased=False) + SPREAD_FLOOR)
        pooled = torch.cat([x.mean(dim=2), spread, raw], dim=1)
        out: Tensor = self.dense2(self.dropout(functional.relu(self.dense1(self.dropout(pooled)))))
        return out


def expectations(lessons: Sequence[Lesson]) -> dict[str, Array]:
    """Mean and deviation of frames and of hand-made numbers over all lessons."""
    sounds = [sound for lesson in lessons for sound in (*lesson.standard, *lesson.other)]
    heard = np.concatenate([sound.frames[::8] for sound in sounds]).astype(np.float32)
    raw = np.stack([sound.raw for sound in sounds]).astype(np.float32)
    found = {}
    for name, rows in (("frames", heard), ("wet", raw)):
        found[f"{name}.mean"], found[f"{name}.deviation"] = rows.mean(axis=0), rows.std(axis=0) + 1e-3
    return found


def learn_hand_made(lessons: Sequence[Lesson]) -> Space:
    """The space of the hand-made numbers of the same sounds."""
    heard = [(s.raw, number) for number, lesson in enumerate(lessons) for s in lesson.standard + lesson.other]
    raw, devices = zip(*heard, strict=True)
    return learn_space(np.stack(raw), np.array(devices), SIZES["wet"])


def learn(
    lessons: Sequence[Lesson], schedule: Schedule, progress: Progress | None = None
) -> dict[str, Array]:
    """Train on one thread; the weights of a `recommender.encoder.network.Network`."""
    torch.manual_seed(schedule.seed)
    rng = np.random.Generator(np.random.PCG64(schedule.seed))
    weights = expectations(lessons)
    model = TorchNetwork(schedule.size, schedule.dropout)
    optimiser = torch.optim.AdamW(model.parameters(), schedule.rate, weight_decay=1e-4)
    rise = torch.optim.lr_scheduler.OneCycleLR(optimiser, schedule.rate, schedule.steps, pct_start=0.15)
    for step in range(1, schedule.steps + 1):
        chosen = [lessons[i] for i in rng.choice(len(lessons), min(schedule.devices, len(lessons)), False)]
        loss = _loss(model, chosen, weights, schedule, rng)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        rise.step()
        if progress is not None:
            progress(step, float(loss.detach()))
    learned = {name: tensor.detach().numpy().copy() for name, tensor in model.state_dict().items()}
    return {**weights, **learned}


def _loss(
    model: TorchNetwork,
    lessons: Sequence[Lesson],
    weights: dict[str, Array],
    schedule: Schedule,
    rng: np.random.Generator,
) -> Tensor:
    frames, raw = zip(*_batch(lessons, schedule, rng), strict=True)
    heard = (np.stack(frames).astype(np.float32) - weights["frames.mean"]) / weights["frames.deviation"]
    made = standard(np.stack(raw), weights)
    points = model(torch.from_numpy(heard), torch.from_numpy(made)).view(len(lessons), -1, schedule.size)
    prototypes = points[:, : schedule.standard].mean(dim=1)
    places = torch.from_numpy(np.stack([lesson.place for lesson in lessons]))
    apart = torch.cdist(places, places)
    identity = _identity(points[:, schedule.standard :], prototypes, apart, schedule)
    return identity + schedule.geometry * _geometry(prototypes, apart)


def _batch(
    lessons: Sequence[Lesson], schedule: Schedule, rng: np.random.Generator
) -> list[tuple[Array, Array]]:
    """Stretches of every device: those of the standard playing, then the others."""
    drawn = []
    for lesson in lessons:
        for sounds, count in ((lesson.standard, schedule.standard), (lesson.other, schedule.other)):
            chosen = rng.choice(len(sounds), count, replace=len(sounds) < count)
            drawn += [(_cut(sounds[i], schedule.frames, rng), sounds[i].raw) for i in chosen]
    return drawn


def _cut(sound: Sound, length: int, rng: np.random.Generator) -> Array:
    """So many frames of it, from anywhere; a shorter sound goes round."""
    count = len(sound.frames)
    start = int(rng.integers(0, max(count - length, 0) + 1))
    return sound.frames[np.arange(start, start + length) % count]


def _identity(queries: Tensor, prototypes: Tensor, apart: Tensor, schedule: Schedule) -> Tensor:
    """Cross-entropy of finding each query's device among the prototypes by squared distance."""
    devices, each, _ = queries.shape
    logits = -torch.cdist(queries.reshape(devices * each, -1), prototypes).square() / 2.0
    kin = functional.softmax(-apart.square() / (2.0 * schedule.likeness**2), dim=1)
    targets = (1.0 - schedule.kinship) * torch.eye(devices) + schedule.kinship * kin
    return -(targets.repeat_interleave(each, dim=0) * functional.log_softmax(logits, dim=1)).sum(dim=1).mean()


def _geometry(prototypes: Tensor, apart: Tensor) -> Tensor:
    """Variance of the logarithm of distance over paired distance: 0 when they are proportional."""
    first, second = torch.triu_indices(len(prototypes), len(prototypes), 1)
    squares = (prototypes[first] - prototypes[second]).square().sum(dim=1)
    ratio = 0.5 * torch.log(squares + 1e-3) - torch.log(apart[first, second].clamp_min(1.0))
    return ratio.var(unbiased=False)


__all__ = ["Lesson", "Schedule", "TorchNetwork", "enough", "expectations", "learn"]
