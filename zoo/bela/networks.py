"""Networks in a bank and as snapshots: weights and shapes both ways, sizes as the records promise them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from zoo.architecture import ACTIVATIONS, Activation, LayerArray, Recurrent, WaveNet
from zoo.bela.bank import Floats, Words
from zoo.engine.flat import flat_weights, named_weights
from zoo.errors import SnapshotError
from zoo.snapshot import Metadata, Snapshot

if TYPE_CHECKING:
    from zoo.bela.bank import BankModel

MAX_UNITS = 1024
MAX_HISTORY = 1 << 22  # floats that a WaveNet on the board remembers


def num_weights(model: BankModel) -> int:
    """How many floats the network of this record takes; 0 if its shape is none."""
    if model.kind == "WaveNet":
        try:
            architecture = wavenet_of(model.shape)
        except (SnapshotError, ValueError):
            return 0
        first = (len(architecture.arrays), architecture.arrays[0].channels)
        if (model.layers, model.hidden) != first or history(architecture) > MAX_HISTORY:
            return 0
        return sum(math.prod(shape) for shape in architecture.required_shapes().values())
    gates, h = (4 if model.kind == "LSTM" else 3), model.hidden
    rows, inputs = gates * h, [model.frame] + [h] * (model.layers - 1)
    return model.frame * (h + 1) + sum(rows * (size + h + 2) for size in inputs) + num_states(model)


def num_states(model: BankModel) -> int:
    """How many floats its state is."""
    if model.kind == "WaveNet":
        return 0
    return (2 if model.kind == "LSTM" else 1) * model.hidden * model.layers


def history(architecture: WaveNet) -> int:
    """Floats that it remembers: channels times delay, over all arrays."""
    return sum(array.channels * (array.receptive_field - 1) for array in architecture.arrays)


def shape_words(architecture: WaveNet) -> Words:
    """The layers of a WaveNet as a bank describes them, (words,)."""
    words: list[int] = []
    for a in architecture.arrays:
        words += [a.input_size, a.channels, a.head_size, a.head_kernel_size, a.head_bias, len(a.dilations)]
        for kernel, dilation, activation in zip(a.kernel_sizes, a.dilations, a.activations, strict=True):
            slope = int(np.float32(activation.negative_slope).view(np.uint32))
            words += [kernel, dilation, ACTIVATIONS.index(activation.name), slope]
    return np.array(words, np.uint32)


def wavenet_of(words: Words) -> WaveNet:
    """The inverse of `shape_words`.

    Raises:
        SnapshotError: a size is out of bounds.
        ValueError: there are too few or too many words.
    """
    numbers, slopes = [int(word) for word in words], words.view(np.float32)
    arrays, at = [], 0
    while at < len(numbers):
        if at + 6 > len(numbers) or numbers[at + 4] > 1 or at + 6 + 4 * numbers[at + 5] > len(numbers):
            raise ValueError("the layers are cut off")
        inputs, channels, head, taps, bias, count = numbers[at : at + 6]
        layers = [at + 6 + 4 * index for index in range(count)]
        functions = []
        for layer in layers:
            if numbers[layer + 2] >= len(ACTIVATIONS):
                raise ValueError("no such activation")
            functions.append(Activation(ACTIVATIONS[numbers[layer + 2]], _shortest(slopes[layer + 3])))
        kernels, dilations = (tuple(numbers[layer + place] for layer in layers) for place in (0, 1))
        arrays.append(
            LayerArray(inputs, channels, head, taps, bool(bias), kernels, dilations, tuple(functions))
        )
        at += 6 + 4 * count
    return WaveNet(tuple(arrays))


def _shortest(slope: np.float32) -> float:
    """The shortest decimal that is this float: 0.01 again, and not 0.009999999776."""
    return float(str(slope))


def to_snapshot(model: BankModel) -> Snapshot:
    """The model as it was packed: gains to the rounding of float32, and its own start state again.

    Raises:
        SnapshotError: it takes frames, which only a pedal plays.
    """
    if model.frame > 1:
        raise SnapshotError(f"{model.name} takes frames of {model.frame} samples; only the pedal plays those")
    architecture: Recurrent | WaveNet
    if model.kind == "WaveNet":
        architecture = wavenet_of(model.shape)
    else:
        cell: Literal["LSTM", "GRU"] = "LSTM" if model.kind == "LSTM" else "GRU"
        architecture = Recurrent(cell, model.hidden, 1, model.layers, residual=model.residual)
    weights = named_weights(architecture, model.weights)
    snapshot = Snapshot(
        architecture,
        weights,
        model.sample_rate,
        input_gain_db=decibels(model.in_gain),
        output_gain_db=decibels(model.out_gain),
        metadata=Metadata(name=model.name or None, tone=model.gain_class or None),
    )
    return with_state(snapshot, model.start) if isinstance(architecture, Recurrent) else snapshot


def with_state(snapshot: Snapshot, state: Floats) -> Snapshot:
    """The same network, starting from ``state``: h and, for LSTM, c of each layer, (states,)."""
    assert isinstance(snapshot.architecture, Recurrent)
    names = state_names(snapshot.architecture)
    rows = state.reshape(len(names), snapshot.architecture.hidden_size)
    others = {name: array for name, array in snapshot.weights.items() if name not in names}
    own = {name: row for name, row in zip(names, rows, strict=True) if row.any()}
    return replace(snapshot, weights={**others, **own})


def start_state(snapshot: Snapshot) -> Floats:
    """Where the network starts, in the order of `with_state`."""
    assert isinstance(snapshot.architecture, Recurrent)
    zeros = np.zeros(snapshot.architecture.hidden_size, np.float32)
    return np.concatenate([snapshot.weights.get(n, zeros) for n in state_names(snapshot.architecture)])


def state_names(architecture: Recurrent) -> list[str]:
    """The tensors of the state, in the order in which a bank holds them."""
    parts = ("h0", "c0") if architecture.cell == "LSTM" else ("h0",)
    return [f"rec.{part}_l{layer}" for layer in range(architecture.num_layers) for part in parts]


def decibels(gain: float) -> float:
    """A gain in dB; 1 is exactly 0."""
    return 20.0 * math.log10(gain)


__all__ = [
    "decibels", "flat_weights", "history", "num_states", "num_weights", "shape_words", "start_state",
    "state_names", "to_snapshot", "wavenet_of", "with_state",
]  # fmt: skip
