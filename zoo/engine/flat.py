"""A snapshot's weights as the one row of floats that the engine's ``load()`` takes, and back."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from zoo.architecture import Recurrent, WaveNet
from zoo.snapshot import Snapshot, Weights

Floats: TypeAlias = npt.NDArray[np.float32]
Shapes: TypeAlias = dict[str, tuple[int, ...]]


def flat_weights(snapshot: Snapshot) -> Floats:
    """All tensors, each by rows, in the order of `tensor_shapes`; optional ones that are absent as zeros."""
    shapes, weights = tensor_shapes(snapshot.architecture), snapshot.weights
    parts = [weights[n].ravel() if n in weights else np.zeros(shapes[n], np.float32).ravel() for n in shapes]
    return np.concatenate(parts)


def named_weights(architecture: Recurrent | WaveNet, flat: Floats) -> Weights:
    """The inverse of `flat_weights`, without optional tensors that are zero; ``flat`` must be as long."""
    named, at = dict[str, Floats](), 0
    for name, shape in tensor_shapes(architecture).items():
        size = int(np.prod(shape))
        named[name] = flat[at : at + size].reshape(shape)
        at += size
    optional = architecture.optional_shapes()
    return {name: array for name, array in named.items() if name not in optional or array.any()}


def tensor_shapes(architecture: object) -> Shapes:
    """Tensors and their shapes in the engine's order.

    LSTM and GRU: that of ``RecurrentShape::weight_count`` in bela/engine/recurrent_shape.h. WaveNet: that of
    its required shapes.
    """
    if isinstance(architecture, Recurrent):
        shapes = {**architecture.required_shapes(), **architecture.optional_shapes()}
        parts = ["weight_ih", "weight_hh", "bias_ih", "bias_hh", "h0", "c0"]
        names = [f"rec.{part}_l{layer}" for layer in range(architecture.num_layers) for part in parts]
        return {name: shapes[name] for name in (*names, "lin.weight", "lin.bias") if name in shapes}
    assert isinstance(architecture, WaveNet)
    return architecture.required_shapes()
