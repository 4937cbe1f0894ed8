"""Micro-tuning: one short pass over ten seconds from each of many parents, side by side on all processors.

What a parent becomes in one pass tells which of them will tune best, long before any of them is tuned. To get
far in one pass, the material lies in few, long columns that fill one vector of the kernels, with an update
every few milliseconds of audio and a learning rate that rises and then falls to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from training.data import Part, Segments, Split
from training.loss import WeightedLoss
from training.modules import Module, RecurrentModule, detached, module_from_snapshot
from training.native import kernel_threads
from training.settings import Settings
from training.trainer import inside_gains, part_loss
from training.updates import Moments, UpdateSettings, has_native_updates, native_updates
from zoo.architecture import WaveNet
from zoo.engine import processors
from zoo.errors import BadRequest
from zoo.snapshot import Snapshot

BETAS, TINY = (0.9, 0.999), 1e-8  # Adam's (Kingma & Ba, ICLR 2015)


@dataclass(frozen=True)
class MicroSettings:
    """How to micro-tune.

    Attributes:
        epochs: passes over the training part.
        learning_rate: Adam's at its height.
        rise: share of all updates in which it rises; after that it falls to zero in a straight line.
        clip_norm: the gradient's norm is cut to this.
        columns: stretches of the material that lie side by side in a batch; 16 fill a vector of AVX-512.
        warm_up: samples at a column's start that only settle the state.
        tbptt: samples between two updates, the state carried over.
        seed: draws at which sample the columns begin, the rest following its end; 0 begins where they do.
        loss: what is minimised, and what is measured on the validation part.
    """

    epochs: int = 1
    learning_rate: float = 1e-2
    rise: float = 0.1
    clip_norm: float = 1.0
    columns: int = 16
    warm_up: int = 200
    tbptt: int = 96
    seed: int = 0
    loss: WeightedLoss = field(default_factory=WeightedLoss)

    def __post_init__(self) -> None:
        for name in ("epochs", "columns", "tbptt"):
            if getattr(self, name) < 1:
                raise BadRequest(f"{name} is {getattr(self, name)}; at least 1 is expected")


@dataclass(frozen=True)
class MicroTuned:
    """What became of one parent.

    Attributes:
        snapshot: after the pass; the parent itself if its weights went out of bounds.
        validation: loss on the validation part; infinite if the weights went out of bounds.
    """

    snapshot: Snapshot
    validation: float


def micro_tune(
    parents: Sequence[Snapshot],
    split: Split,
    settings: MicroSettings | None = None,
    *,
    threads: int | None = None,
    on_done: Callable[[int], None] | None = None,
) -> list[MicroTuned]:
    """Tune each parent for a moment, on one thread each; neither threads nor company change the result.

    Args:
        parents: without knobs (see `zoo.knobs.with_knobs_fixed`), at the split's sample rate.
        split: some ten seconds to train on; the test part is not touched.
        settings: how.
        threads: None is one for each processor this process may use.
        on_done: hears how many parents are done, in the order of the parents.

    Returns:
        one for each parent, in their order.

    Raises:
        BadRequest: a parent has knobs.
    """
    settings = settings or MicroSettings()
    for parent in parents:
        if parent.num_knobs:
            raise BadRequest(f"{parent.architecture} has knobs; set them before it is micro-tuned")
    done = []
    with ThreadPoolExecutor(
        threads or processors(), initializer=torch.set_num_threads, initargs=(1,)
    ) as pool:
        jobs = [pool.submit(_micro_tuned, parent, split, settings) for parent in parents]
        try:
            for job in jobs:
                done.append(job.result())
                if on_done is not None:
                    on_done(len(done))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
    return done


def _micro_tuned(parent: Snapshot, split: Split, settings: MicroSettings) -> MicroTuned:
    parent = parent.at_size()
    module = module_from_snapshot(parent)
    with kernel_threads(1):
        _train(module, inside_gains(split.train, parent), settings)
    weights = module.weights()
    if not all(np.isfinite(w).all() for w in weights.values()):
        return MicroTuned(parent, float("inf"))
    child = replace(parent, weights=weights)
    return MicroTuned(child, part_loss(child, split.validation, Settings(loss=settings.loss)))


def _train(module: Module, part: Part, settings: MicroSettings) -> None:
    segments = Segments(part, max(1, part.samples // settings.columns))
    x, y = (_begun_elsewhere(signal, settings.seed) for signal in (segments.x, segments.y))
    x = x[..., None]
    architecture = module.architecture
    step = settings.tbptt
    if isinstance(architecture, WaveNet):  # each update hears the whole receptive field again
        step = max(step, architecture.receptive_field)
    starts = range(min(settings.warm_up, x.shape[0] // 2), x.shape[0], step)
    if has_native_updates(module, settings.loss):
        _train_natively(module, x, y, starts, settings)
        return
    adam = _FlatAdam(module, settings, updates=settings.epochs * len(starts))
    for _ in range(settings.epochs):
        with torch.no_grad():
            _, state = module(x[: starts.start], module.initial_state(x.shape[1]))
        for start in starts:
            chunk = slice(start, start + step)
            prediction, state = module(x[chunk], detached(state))
            settings.loss(y[chunk], prediction).backward()  # type: ignore[no-untyped-call]
            adam.step()


def _begun_elsewhere(columns: Tensor, seed: int) -> Tensor:
    """The columns turned in time; there is one jump in each, as there is between any two of them."""
    if seed == 0:
        return columns
    shift = int(np.random.Generator(np.random.PCG64(seed)).integers(columns.shape[0]))
    return torch.roll(columns, -shift, dims=0).contiguous()


def _train_natively(module: Module, x: Tensor, y: Tensor, starts: range, settings: MicroSettings) -> None:
    assert isinstance(module, RecurrentModule)
    means, squares = ([torch.zeros_like(p) for p in module.parameters()] for _ in range(2))
    rates = _rates(settings, settings.epochs * len(starts)).tolist()
    how = UpdateSettings(starts.start, starts.step, settings.loss, clip_norm=settings.clip_norm)
    for done in range(0, len(rates), len(starts)):
        moments = Moments(means, squares, updates=done)
        native_updates(module, moments, x, y, rates[done : done + len(starts)], how)


def _rates(settings: MicroSettings, updates: int) -> npt.NDArray[np.float64]:
    """The learning rate of each update: it rises, then falls to nothing."""
    t = np.arange(updates)
    rise = max(1.0, settings.rise * updates)
    return np.asarray(settings.learning_rate * np.minimum((t + 1) / rise, 1.0 - t / updates))


class _FlatAdam:
    """Adam over all parameters as one vector: for networks this small, a step costs what its calls cost.

    The parameters and their gradients become views of two vectors.
    """

    def __init__(self, module: Module, settings: MicroSettings, updates: int) -> None:
        parameters = list(module.parameters())
        self.weights = torch.cat([p.detach().reshape(-1) for p in parameters])
        self.gradient = torch.zeros_like(self.weights)
        self.m, self.v = torch.zeros_like(self.weights), torch.zeros_like(self.weights)
        begin = 0
        for p in parameters:
            end = begin + p.numel()
            p.data = self.weights[begin:end].view_as(p)
            p.grad = self.gradient[begin:end].view_as(p)
            begin = end
        self.clip_norm = settings.clip_norm
        rates = _rates(settings, updates)
        first, second = (1.0 - beta ** np.arange(1.0, updates + 1.0) for beta in BETAS)
        # m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + tiny), with the corrections of the means in the rate
        self.rates = (rates * np.sqrt(second) / first).tolist()
        self.tiny = (TINY * np.sqrt(second)).tolist()
        self.updates = 0

    @torch.no_grad()
    def step(self) -> None:
        """Move the parameters, and forget the gradient."""
        g: Tensor = self.gradient
        norm = float(torch.linalg.vector_norm(g))
        if norm > self.clip_norm:
            g.mul_(self.clip_norm / norm)
        self.m.lerp_(g, 1.0 - BETAS[0])
        self.v.mul_(BETAS[1]).addcmul_(g, g, value=1.0 - BETAS[1])
        n = self.updates
        self.weights.addcdiv_(self.m, self.v.sqrt().add_(self.tiny[n]), value=-self.rates[n])
        g.zero_()
        self.updates += 1
