"""The training loop: truncated backpropagation over shuffled segments, and the best of what was validated.

A `Trainer` is a value that can be stopped after any epoch, saved (`training.checkpoint`) and resumed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from training.data import Part, Segments, Split
from training.modules import Module, RecurrentModule, detached, module_from_snapshot
from training.native import kernels_before_torch, native_threads
from training.optimizer import AveragedAdam
from training.settings import Settings
from training.updates import UpdateSettings, has_native_updates, native_updates
from zoo.engine import render_many
from zoo.snapshot import Snapshot

MODEL_DIVERGED = float("inf")


@dataclass(frozen=True)
class Validation:
    """One line of the learning curve.

    Attributes:
        epoch: epochs done.
        train: mean training loss of the last epoch.
        validation: loss on held-out time; infinite if the model diverged.
        learning_rate: in use when it was measured.
    """

    epoch: int
    train: float
    validation: float
    learning_rate: float


class Trainer:
    """Fine-tunes ``start`` on ``split``.

    Attributes:
        device: "cpu" runs LSTM and GRU on the native kernels; on others, and for WaveNets, PyTorch computes.
        history: a `Validation` for each validation so far; the first is the start itself, epoch 0.
        best: weights of the lowest validation loss so far.
        masks: one for each of the module's parameters, in their order, or none at all; where one is 0, the
            weight keeps its value.
    """

    def __init__(self, start: Snapshot, split: Split, settings: Settings, device: str = "cpu") -> None:
        self.settings = settings
        self.split = split
        self.start = start
        self.device = torch.device(device)
        self.module: Module = module_from_snapshot(start).to(self.device)
        self.optimizer = AveragedAdam(
            self.module.parameters(),
            settings.learning_rate,
            settings.weight_decay,
            settings.clip_norm,
            settings.averaging,
        )
        self.plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(
            self.optimizer, factor=settings.lr_factor, patience=settings.lr_patience
        )
        self.masks: list[torch.Tensor] = []
        self.generator = torch.Generator().manual_seed(settings.seed)
        self.segments = Segments(inside_gains(split.train, start), settings.segment, settings.batch)
        self.epoch = 0
        self.history: list[Validation] = []
        self.best = start
        self.best_epoch = 0

    @property
    def done(self) -> bool:
        """All epochs are trained, or validations have stopped improving."""
        since_best = self.epoch - self.best_epoch
        stale = since_best >= self.settings.patience * self.settings.validate_every
        return self.epoch >= self.settings.epochs or stale

    def run(self, on_validation: Callable[[Trainer], None] | None = None) -> Snapshot:
        """Train until `done`; calls ``on_validation`` after every validation. Returns the best snapshot."""
        if not self.history:
            self.validate(train_loss=float("nan"))
        while not self.done:
            loss = self.train_epoch()
            if self.epoch % self.settings.validate_every == 0 or self.epoch == self.settings.epochs:
                self.validate(loss)
                if on_validation:
                    on_validation(self)
        return self.best

    def train_epoch(self) -> float:
        """Every segment once; returns the mean loss."""
        losses: list[float] = []
        native = has_native_updates(self.module, self.settings.loss)
        train = self._train_natively if native else self._train_by_autograd
        with kernels_before_torch():
            for x, y in self.segments.epoch(self.generator):
                losses += train(x.to(self.device), y.to(self.device))
        self.epoch += 1
        return float(np.mean(losses))

    def _train_natively(self, x: torch.Tensor, y: torch.Tensor) -> list[float]:
        """`_train_by_autograd` in one call."""
        settings = self.settings
        assert isinstance(self.module, RecurrentModule)
        updates = len(range(settings.warm_up, x.shape[0], settings.tbptt))
        rate = float(self.optimizer.param_groups[0]["lr"])
        losses = native_updates(
            self.module,
            self.optimizer.moments(),
            x,
            y,
            [rate] * updates,
            UpdateSettings(
                settings.warm_up,
                settings.tbptt,
                settings.loss,
                settings.weight_decay,
                settings.clip_norm,
                settings.averaging,
            ),
            self.masks,
        )
        self.optimizer.made(updates)
        return losses.tolist()  # type: ignore[no-any-return]

    def _train_by_autograd(self, x: torch.Tensor, y: torch.Tensor) -> list[float]:
        """One update for every ``tbptt`` samples, the state carried over."""
        settings, losses = self.settings, list[torch.Tensor]()
        with torch.no_grad():
            _, state = self.module(x[: settings.warm_up], self.module.initial_state(x.shape[1]))
        for begin in range(settings.warm_up, x.shape[0], settings.tbptt):
            chunk = slice(begin, begin + settings.tbptt)
            prediction, state = self.module(x[chunk], detached(state))
            loss = settings.loss(y[chunk], prediction)
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            self._mask_gradients()
            if _overflowed(loss, self.module):
                self.optimizer.moments()
                self.optimizer.made(1)
            else:
                self.optimizer.step()
            losses.append(loss.detach())
        return torch.stack(losses).tolist()

    def _mask_gradients(self) -> None:
        for parameter, mask in zip(self.module.parameters(), self.masks, strict=bool(self.masks)):
            if parameter.grad is not None:
                parameter.grad.mul_(mask.to(parameter.grad))

    def validate(self, train_loss: float) -> float:
        """Measure the model on the validation part, keep it if it is the best, adapt the learning rate."""
        snapshot = self.snapshot()
        loss = (
            MODEL_DIVERGED if snapshot is None else part_loss(snapshot, self.split.validation, self.settings)
        )
        if snapshot is not None and loss < min((v.validation for v in self.history), default=MODEL_DIVERGED):
            self.best, self.best_epoch = snapshot, self.epoch
        rate = float(self.optimizer.param_groups[0]["lr"])
        self.history.append(Validation(self.epoch, train_loss, loss, rate))
        self.plateau.step(loss)
        return loss

    def snapshot(self) -> Snapshot | None:
        """The model as it is now, by its averaged weights; None when they are no longer finite."""
        with self.optimizer.averaged():
            weights = self.module.weights()
        if not all(np.isfinite(w).all() for w in weights.values()):
            return None
        return replace(self.start, weights=weights)

    def state(self) -> dict[str, Any]:
        """What beside the weights must be kept to go on from here as if nothing had happened."""
        return {
            "optimizer": self.optimizer.state_dict(),
            "plateau": self.plateau.state_dict(),
            "generator": self.generator.get_state(),
        }


def _overflowed(loss: torch.Tensor, module: Module) -> bool:
    """The loss is a number, but its gradient grew beyond float on the way back through time.

    Such an update is skipped: clipped, it would be infinity times nothing, and take all weights along.
    """
    gradients = [p.grad for p in module.parameters() if p.grad is not None]
    return bool(loss.isfinite()) and not all(bool(g.isfinite().all()) for g in gradients)


def part_loss(snapshot: Snapshot, part: Part, settings: Settings) -> float:
    """The training loss of a snapshot on a part, each stretch from rest, weighted by length."""
    total = 0.0
    predictions = render_many([snapshot] * len(part.dry), part.dry, threads=native_threads())
    for wet, prediction in zip(part.wet, predictions, strict=True):
        target = torch.from_numpy(np.array(wet))[:, None]
        total += wet.size * float(settings.loss(target, torch.from_numpy(prediction)[:, None]))
    return total / part.samples


def inside_gains(part: Part, snapshot: Snapshot) -> Part:
    """The signals that the bare network sees and should give: the snapshot's gains taken off."""
    before, after = (
        np.float32(10.0 ** (db / 20.0)) for db in (snapshot.input_gain_db, snapshot.output_gain_db)
    )
    return Part(tuple(dry * before for dry in part.dry), tuple(wet / after for wet in part.wet))
