"""A snapshot becomes a torch module and comes back unchanged, and both sound the same."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from training.modules import module_from_snapshot
from zoo.architecture import Activation, LayerArray, Recurrent, WaveNet
from zoo.engine.reference import render_reference
from zoo.snapshot import Snapshot


def wavenet(name: str = "Tanh") -> WaveNet:
    def array(
        inputs: int, channels: int, head: int, head_taps: int, dilations: tuple[int, ...]
    ) -> LayerArray:
        layers = len(dilations)
        acts = (Activation(name),) * layers
        return LayerArray(inputs, channels, head, head_taps, True, (3,) * layers, dilations, acts)

    return WaveNet((array(1, 4, 2, 1, (1, 2, 4)), array(4, 2, 1, 5, (8, 1))))


ARCHITECTURES = [
    Recurrent("LSTM", 5, residual=True),
    Recurrent("LSTM", 3, num_layers=2),
    Recurrent("GRU", 4, input_size=2),
    wavenet(),
    wavenet("LeakyReLU"),
]


def random_snapshot(architecture, with_optional=False):
    rng = np.random.default_rng(0)
    shapes = architecture.required_shapes()
    if with_optional:
        shapes = {**shapes, **architecture.optional_shapes()}
    weights = {n: rng.normal(0, 0.4, shape).astype(np.float32) for n, shape in shapes.items()}
    return Snapshot(architecture, weights, 44100)


@pytest.mark.parametrize("architecture", ARCHITECTURES, ids=str)
@pytest.mark.parametrize("with_optional", [False, True], ids=["plain", "with-initial-state"])
def test_the_weights_come_back_to_the_bit(architecture, with_optional):
    snapshot = random_snapshot(architecture, with_optional)
    weights = module_from_snapshot(snapshot).weights()
    assert Snapshot(architecture, weights, 44100) == snapshot


@pytest.mark.parametrize("architecture", ARCHITECTURES, ids=str)
@pytest.mark.parametrize("with_optional", [False, True], ids=["plain", "with-initial-state"])
def test_the_module_plays_what_the_reference_plays_even_in_chunks(architecture, with_optional):
    snapshot = random_snapshot(architecture, with_optional)
    rng = np.random.default_rng(1)
    audio = rng.uniform(-1, 1, 200).astype(np.float32)
    knobs = [0.3] * architecture.num_knobs
    module = module_from_snapshot(snapshot)
    inputs = np.column_stack([audio, *[np.full(200, k, np.float32) for k in knobs]])
    x = torch.from_numpy(inputs)[:, None, :]
    with torch.no_grad():
        first, state = module(x[:70], module.initial_state(1))
        second, _ = module(x[70:], state)
    played = torch.cat([first, second])[:, 0].numpy()
    np.testing.assert_allclose(played, render_reference(snapshot, audio, knobs=knobs or None), atol=2e-5)
