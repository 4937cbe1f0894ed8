"""Makes WaveNets for the tests: the shapes in use, and random ones."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import strategies as st

from zoo.architecture import ACTIVATIONS, Activation, LayerArray, WaveNet
from zoo.snapshot import Snapshot

TANH, LEAKY = Activation("Tanh"), Activation("LeakyReLU")
SHORT = (1, 2, 4, 8, 16, 32, 64)
LONG = (128, 256, 512)


def array(
    input_size: int,
    channels: int,
    head_size: int,
    *,
    dilations: tuple[int, ...] = (1,),
    kernel_sizes: tuple[int, ...] | int = 3,
    activation: Activation = TANH,
    head_kernel_size: int = 1,
    head_bias: bool = True,
) -> LayerArray:
    """A layer array with one activation and, unless told, one kernel size for all layers."""
    kernels = (kernel_sizes,) * len(dilations) if isinstance(kernel_sizes, int) else kernel_sizes
    activations = (activation,) * len(dilations)
    return LayerArray(
        input_size, channels, head_size, head_kernel_size, head_bias, kernels, dilations, activations
    )


def a1(channels: int) -> WaveNet:
    """NAM's standard (16), lite (12), feather (8) or nano (4)."""
    first, second = (SHORT + LONG, SHORT + LONG) if channels == 16 else (SHORT, LONG + SHORT + LONG)
    half = channels // 2
    head = array(1, channels, half, dilations=first, head_bias=False)
    return WaveNet((head, array(channels, half, 1, dilations=second)))


def a2(channels: int) -> WaveNet:
    """One submodel of NAM's A2: lite (3) or full (8)."""
    dilations = (1, 3, 7, 17, 41, 101, 239)
    layers = dilations * 2 + (1, 13) + dilations
    kernels = (6,) * 14 + (15, 15) + (6,) * 7
    body = array(
        1, channels, 1, dilations=layers, kernel_sizes=kernels, activation=LEAKY, head_kernel_size=16
    )
    return WaveNet((body,))


NAMED = {
    "standard": a1(16),
    "lite": a1(12),
    "feather": a1(8),
    "nano": a1(4),
    "a2-lite": a2(3),
    "a2-full": a2(8),
}


def with_random_weights(architecture: WaveNet, seed: int = 0, scale: float = 0.7) -> Snapshot:
    """Weights that neither die out nor blow up on their way through the layers."""
    rng = np.random.default_rng(seed)
    weights = {}
    for name, shape in architecture.required_shapes().items():
        fan_in = math.prod(shape[1:]) if len(shape) > 1 else 4
        spread = scale / math.sqrt(fan_in) * (0.3 if "layer1x1" in name else 1.0)
        weights[name] = rng.normal(0.0, spread, shape).astype(np.float32)
    weights["head_scale"] = np.array([0.1], np.float32)
    return Snapshot(architecture, weights, 48_000)


def noise(samples: int, seed: int = 0, level: float = 0.3) -> np.ndarray:
    """White noise, float32."""
    return (level * np.random.default_rng(seed).standard_normal(samples)).astype(np.float32)


activations = st.builds(Activation, st.sampled_from(ACTIVATIONS), st.sampled_from([0.0, 0.01, 0.3, 1.0]))


@st.composite
def wavenets(draw: st.DrawFn) -> WaveNet:
    """Up to three arrays of up to 18 channels, mixed kernels, dilations and activations."""
    widths = draw(st.lists(st.integers(1, 18), min_size=1, max_size=3))
    arrays = []
    for index, channels in enumerate(widths):
        layers = draw(st.integers(1, 4))
        arrays.append(
            LayerArray(
                input_size=widths[index - 1] if index else 1,
                channels=channels,
                head_size=widths[index + 1] if index + 1 < len(widths) else 1,
                head_kernel_size=draw(st.integers(1, 17)),
                head_bias=draw(st.booleans()),
                kernel_sizes=tuple(draw(st.integers(1, 7)) for _ in range(layers)),
                dilations=tuple(draw(st.integers(1, 70)) for _ in range(layers)),
                activations=tuple(draw(activations) for _ in range(layers)),
            )
        )
    return WaveNet(tuple(arrays))
