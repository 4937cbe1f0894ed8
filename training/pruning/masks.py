"""Masks over the weights that may be pruned: W_ih, W_hh and W_fc, never biases. True is alive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from zoo.architecture import Recurrent
from zoo.errors import BadRequest
from zoo.snapshot import Snapshot, Weights

if TYPE_CHECKING:
    from training.trainer import Trainer

Mask: TypeAlias = Mapping[str, npt.NDArray[np.bool_]]


def require_prunable(snapshot: Snapshot) -> Recurrent:
    """The snapshot's architecture, if pruning knows it.

    Raises:
        BadRequest: it is no LSTM or GRU of one layer, or has knobs.
    """
    architecture = snapshot.architecture
    if not isinstance(architecture, Recurrent) or architecture.num_layers != 1 or architecture.num_knobs:
        raise BadRequest(
            f"the model is a {architecture}; LSTMs and GRUs of one layer without knobs can be pruned, so "
            "distil it into one first (zoo tune --from MODEL --hidden N --distil)"
        )
    return architecture


def prunable(weights: Weights) -> list[str]:
    """The names of the tensors that may be pruned, in a fixed order."""
    return sorted(name for name in weights if "weight" in name)


def mask_of(snapshot: Snapshot) -> Mask:
    """The mask that a snapshot carries: what is not exactly zero is alive."""
    return {name: snapshot.weights[name] != 0.0 for name in prunable(snapshot.weights)}


def masked(snapshot: Snapshot, mask: Mask) -> Snapshot:
    """``snapshot`` with zeros where ``mask`` is False: theta * m."""
    weights = {name: w * mask[name] if name in mask else w for name, w in snapshot.weights.items()}
    return replace(snapshot, weights=weights)


def pruned_mask(snapshot: Snapshot, alive: Mask, ratio: float) -> Mask:
    """The mask after a share of the alive weights is pruned: the least in magnitude, of all tensors together.

    Of equal magnitudes the first are pruned, in the order of `prunable` and of the tensors' elements.
    """
    names = prunable(snapshot.weights)
    magnitude = np.concatenate([np.abs(snapshot.weights[name]).ravel() for name in names])
    before = np.concatenate([alive[name].ravel() for name in names])
    candidates = np.flatnonzero(before)
    count = round(ratio * candidates.size)
    smallest = candidates[np.argsort(magnitude[candidates], kind="stable")[:count]]
    after = before.copy()
    after[smallest] = False
    pieces = np.split(after, np.cumsum([alive[name].size for name in names])[:-1])
    return {name: piece.reshape(alive[name].shape) for name, piece in zip(names, pieces, strict=True)}


def sensitivities(snapshot: Snapshot, trainer: Trainer) -> Snapshot:
    """``snapshot`` with each weight's sensitivity in its stead: |weight| times its root mean square gradient.

    Its square is twice what the loss rises by without the weight, to second order, were the curvature the
    mean squared gradient (optimal brain damage, LeCun, Denker & Solla 1989, by the empirical Fisher matrix).

    Args:
        snapshot: what ``trainer`` made, with the same names and shapes.
        trainer: its optimizer has averaged the squared gradients.
    """
    squares = dict(
        zip(
            (name for name, _ in trainer.module.named_parameters()),
            trainer.optimizer.moments().squares,
            strict=True,
        )
    )
    weights = {
        name: w * np.sqrt(squares[name].detach().cpu().numpy()) if name in squares else w
        for name, w in snapshot.weights.items()
    }
    return replace(snapshot, weights=weights)


def mask_distance(one: Mask, other: Mask, alive: Mask) -> float:
    """Hamming distance of two masks, as a share of the weights that ``alive`` leaves: 0 is equal."""
    different = sum(int(np.count_nonzero(one[name] != other[name])) for name in alive)
    return different / max(1, num_alive(alive))


def num_alive(mask: Mask) -> int:
    """How many weights are left."""
    return sum(int(np.count_nonzero(array)) for array in mask.values())


def sparsity(mask: Mask) -> float:
    """The share of prunable weights that is pruned, 0 to 1."""
    return 1.0 - num_alive(mask) / sum(array.size for array in mask.values())


def tensors_for(module: nn.Module, mask: Mask) -> list[torch.Tensor]:
    """The mask for each of a module's parameters, as `training.trainer.Trainer.masks` takes it."""
    return [
        torch.from_numpy(mask[name].astype(np.float32)) if name in mask else torch.ones_like(parameter)
        for name, parameter in module.named_parameters()
    ]
