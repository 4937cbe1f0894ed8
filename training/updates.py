"""A batch of updates in one native call: truncated backpropagation without autograd's graph.

For the networks this project is about, a step of plain PyTorch costs more in its calls than in arithmetic. So
one layer of LSTM or GRU with the default loss is trained by `training/kernels/updates.h`, on the very tensors
that the module and its optimizer hold; everything else takes the way through autograd, which is also the
oracle that this is tested against.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from training.loss import EPSILON, PRE_EMPHASIS, WeightedLoss
from training.modules import Module, RecurrentModule
from training.native import updates_kernel

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Moments:
    """What Adam keeps of each parameter, in the parameters' order; changed in place.

    Attributes:
        means, squares: of the gradient.
        averages: of the weights; empty where none is kept.
        updates: made so far.
        young: updates for which the average is hardly one.
    """

    means: Sequence[Tensor]
    squares: Sequence[Tensor]
    averages: Sequence[Tensor] = ()
    updates: int = 0
    young: float = 1.0


@dataclass(frozen=True)
class UpdateSettings:
    """One call's settings; see `training.settings.Settings` for what they mean."""

    warm_up: int
    tbptt: int
    loss: WeightedLoss
    weight_decay: float = 0.0
    clip_norm: float = float("inf")
    averaging: float = 0.0


def has_native_updates(module: Module, loss: WeightedLoss) -> bool:
    """Whether `native_updates` can train this module with this loss."""
    return (
        isinstance(module, RecurrentModule)
        and module.backend != "torch"
        and module.architecture.num_layers == 1
        and not loss.mr_stft
        and all(p.device.type == "cpu" and p.dtype == torch.float32 for p in module.parameters())
    )


def native_updates(
    module: RecurrentModule,
    moments: Moments,
    x: Tensor,
    target: Tensor,
    rates: Sequence[float],
    settings: UpdateSettings,
    masks: Sequence[Tensor] = (),
) -> Floats:
    """Train ``module`` on one batch, from its initial state.

    Args:
        module: for which `has_native_updates` holds; its parameters change in place.
        moments: of its parameters; change in place.
        x: audio and knobs, shape (time, batch, inputs).
        target: shape (time, batch).
        rates: the learning rate of each update, ``ceil((time - warm_up) / tbptt)`` of them.
        settings: see `UpdateSettings`.
        masks: one for each parameter, or none; where one is 0 there is no gradient.

    Returns:
        the loss before each update.
    """
    architecture, loss = module.architecture, settings.loss
    losses = np.zeros(len(rates), np.float32)
    state = [part.detach().numpy() for part in module.initial_state(x.shape[1])[0]]
    with updates_kernel(architecture.cell, x.shape[2], architecture.hidden_size, x.shape[1]) as kernel:
        kernel.run(
            x.contiguous().numpy(),
            target.contiguous().numpy(),
            state[0],
            state[1] if len(state) > 1 else None,
            _arrays(module.parameters()),
            _arrays(moments.means),
            _arrays(moments.squares),
            _arrays(moments.averages),
            _arrays(masks),
            list(rates),
            losses,
            moments.updates,
            settings.warm_up,
            settings.tbptt,
            architecture.residual,
            [loss.esr, loss.dc, PRE_EMPHASIS, EPSILON],
            [settings.weight_decay, settings.clip_norm, settings.averaging, moments.young],
        )
    return losses


def _arrays(tensors: object) -> list[Floats]:
    return [tensor.detach().numpy() for tensor in tensors]  # type: ignore[attr-defined]
