"""NAM's flat list of weights: which tensor stands where.

One order for each network, as `neural-amp-modeler` exports it and its players read it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from zoo.architecture import Recurrent, WaveNet
from zoo.formats.conversion import summed_bias
from zoo.snapshot import Snapshot

Array = npt.NDArray[np.float32]


def num_weights(architecture: WaveNet | Recurrent) -> int:
    """How many numbers the flat list must hold."""
    shapes = architecture.required_shapes()
    if isinstance(architecture, Recurrent):
        shapes = {**shapes, **{n: s for n, s in architecture.optional_shapes().items() if "0_l" in n}}
    return sum(int(np.prod(shape)) for shape in shapes.values())


def weights_from(architecture: WaveNet | Recurrent, flat: Array) -> dict[str, Array]:
    """Cut a flat list of `num_weights` numbers into tensors."""
    if isinstance(architecture, WaveNet):
        return _wavenet_weights(architecture, flat)
    return _lstm_weights(architecture, flat)


def flat_from(snapshot: Snapshot) -> Array:
    """The inverse of `weights_from`; an initial state that is not given is zero.

    Raises:
        TypeError: the snapshot is neither a WaveNet nor recurrent.
    """
    if isinstance(snapshot.architecture, WaveNet):
        return _wavenet_flat(snapshot, snapshot.architecture)
    if isinstance(snapshot.architecture, Recurrent):
        return _lstm_flat(snapshot, snapshot.architecture)
    raise TypeError(f"{snapshot.architecture} has no flat weights of its own")


def _wavenet_order(architecture: WaveNet) -> list[str]:
    """Names of a WaveNet's tensors in the order of the file; each is flattened row by row."""
    return [
        name for index in range(len(architecture.arrays)) for name in _array_order(architecture, index)
    ] + ["head_scale"]


def _array_order(architecture: WaveNet, index: int) -> Iterator[str]:
    prefix = f"arrays.{index}."
    yield f"{prefix}rechannel.weight"
    for layer in range(len(architecture.arrays[index].dilations)):
        for tensor in ("conv.weight", "conv.bias", "mixin.weight", "layer1x1.weight", "layer1x1.bias"):
            yield f"{prefix}layers.{layer}.{tensor}"
    yield f"{prefix}head.weight"
    if architecture.arrays[index].head_bias:
        yield f"{prefix}head.bias"


def _wavenet_weights(architecture: WaveNet, flat: Array) -> dict[str, Array]:
    shapes = architecture.required_shapes()
    order = _wavenet_order(architecture)
    ends = np.cumsum([int(np.prod(shapes[name])) for name in order])
    pieces = np.split(flat, ends[:-1])
    return {name: piece.reshape(shapes[name]) for name, piece in zip(order, pieces, strict=True)}


def _wavenet_flat(snapshot: Snapshot, architecture: WaveNet) -> Array:
    return np.concatenate([snapshot.weights[name].ravel() for name in _wavenet_order(architecture)])


def _lstm_weights(architecture: Recurrent, flat: Array) -> dict[str, Array]:
    """Cut an LSTM's flat weights into tensors.

    For each layer ``[4 * hidden][inputs + hidden]`` (both matrices side by side), one bias, the initial h and
    the initial c; then the output's weights and bias.
    """
    hidden, weights, start = architecture.hidden_size, {}, 0
    for layer in range(architecture.num_layers):
        inputs = architecture.input_size if layer == 0 else hidden
        ends = start + np.cumsum([4 * hidden * (inputs + hidden), 4 * hidden, hidden, hidden])
        both, bias, h0, c0, _ = np.split(flat[start:], ends - start)
        both = both.reshape(4 * hidden, inputs + hidden)
        weights[f"rec.weight_ih_l{layer}"] = both[:, :inputs]
        weights[f"rec.weight_hh_l{layer}"] = both[:, inputs:]
        weights[f"rec.bias_ih_l{layer}"] = bias
        weights[f"rec.h0_l{layer}"], weights[f"rec.c0_l{layer}"] = h0, c0
        start = int(ends[-1])
    weights["lin.weight"], weights["lin.bias"] = flat[start:-1].reshape(1, hidden), flat[-1:]
    return weights


def _lstm_flat(snapshot: Snapshot, architecture: Recurrent) -> Array:
    weights, rest = snapshot.weights, np.zeros(architecture.hidden_size, np.float32)
    pieces = []
    for layer in range(architecture.num_layers):
        both = np.hstack([weights[f"rec.weight_ih_l{layer}"], weights[f"rec.weight_hh_l{layer}"]])
        states = [weights.get(f"rec.{state}0_l{layer}", rest) for state in ("h", "c")]
        pieces += [both.ravel(), summed_bias(snapshot, layer), *states]
    return np.concatenate([*pieces, weights["lin.weight"].ravel(), weights["lin.bias"]])
