"""The numpy twin of the engine's WaveNet, in double precision.

Mono, full scale = 1.0. Before the first sample there was silence for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from zoo.architecture import Activation, LayerArray, WaveNet

Doubles: TypeAlias = npt.NDArray[np.float64]
Weights: TypeAlias = Mapping[str, npt.NDArray[np.float32]]

_FUNCTIONS: dict[str, Callable[[Doubles], Doubles]] = {
    "Tanh": np.tanh,
    "ReLU": lambda z: np.maximum(z, 0.0),
    "Sigmoid": lambda z: 0.5 + 0.5 * np.tanh(0.5 * z),
    "Softsign": lambda z: z / (1.0 + np.abs(z)),
    "SiLU": lambda z: z * (0.5 + 0.5 * np.tanh(0.5 * z)),
    "Hardtanh": lambda z: np.clip(z, -1.0, 1.0),
    "HardSwish": lambda z: z * np.clip(z + 3.0, 0.0, 6.0) / 6.0,
}


def wavenet_output(architecture: WaveNet, weights: Weights, dry: Doubles) -> Doubles:
    """What the network makes of ``dry``, shape (samples,) both.

    The silence before the first sample is as long as the receptive field: no more of it can be heard.
    """
    head = wavenet_head_input(architecture, weights, dry)
    last = len(architecture.arrays) - 1
    output: Doubles = _head(architecture.arrays[last], _of_array(weights, last), head)[0, -len(dry) :]
    return float(weights["head_scale"][0]) * output


def wavenet_head_input(architecture: WaveNet, weights: Weights, dry: Doubles) -> Doubles:
    """What the last head convolves, shape (channels, silence before the first sample + samples)."""
    signal = np.concatenate([np.zeros(architecture.receptive_field - 1), dry])[None]
    x, head = signal, np.zeros((1, 1))
    for index, array in enumerate(architecture.arrays):
        if index > 0:
            head = _head(architecture.arrays[index - 1], _of_array(weights, index - 1), head)
        x, head = _layers(array, _of_array(weights, index), x, head, signal)
    return head


def _layers(
    array: LayerArray, w: dict[str, Doubles], x: Doubles, head: Doubles, dry: Doubles
) -> tuple[Doubles, Doubles]:
    """What leaves an array's last layer, and its head's sum, which starts as ``head``."""
    x = w["rechannel.weight"] @ x
    for layer, (dilation, activation) in enumerate(zip(array.dilations, array.activations, strict=True)):
        own = f"layers.{layer}."
        z = _convolve(x, w[own + "conv.weight"], dilation) + w[own + "conv.bias"][:, None]
        a = _activate(activation, z + w[own + "mixin.weight"] @ dry)
        head = head + a
        x = x + w[own + "layer1x1.weight"] @ a + w[own + "layer1x1.bias"][:, None]
    return x, head


def _head(array: LayerArray, w: dict[str, Doubles], head: Doubles) -> Doubles:
    out = _convolve(head, w["head.weight"], 1)
    return out + w["head.bias"][:, None] if array.head_bias else out


def _convolve(x: Doubles, kernel: Doubles, dilation: int) -> Doubles:
    """Causal; x (in, samples), kernel (out, in, taps), the oldest tap first. Before x there are zeros."""
    taps, samples = kernel.shape[2], x.shape[1]
    y = np.zeros((kernel.shape[0], samples))
    for tap in range(taps):
        delay = (taps - 1 - tap) * dilation
        if delay < samples:
            y[:, delay:] += kernel[:, :, tap] @ x[:, : samples - delay]
    return y


def _activate(activation: Activation, z: Doubles) -> Doubles:
    if activation.name == "LeakyReLU":
        return np.maximum(z, activation.negative_slope * z)
    return _FUNCTIONS[activation.name](z)


def _of_array(weights: Weights, index: int) -> dict[str, Doubles]:
    prefix = f"arrays.{index}."
    return {n.removeprefix(prefix): w.astype(np.float64) for n, w in weights.items() if n.startswith(prefix)}
