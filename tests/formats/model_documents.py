"""Small valid documents of each format, for the tests to check, break and mutate."""

from __future__ import annotations

import json
from typing import Any

from zoo.formats.nam.config import FILMS

INACTIVE_FILMS = {film: {"active": False, "shift": True, "groups": 1} for film in FILMS}


def counted(*shape: int, start: float = 1.0, step: float = 1.0) -> Any:
    """Nested lists of 1, 2, 3 ... in the order of the file."""
    if not shape:
        return start
    size = 1
    for length in shape[1:]:
        size *= length
    return [counted(*shape[1:], start=start + i * size * step, step=step) for i in range(shape[0])]


def proteus(
    cell: str = "LSTM", hidden: int = 2, inputs: int = 1, layers: int = 1, skip: int = 1
) -> dict[str, Any]:
    rows = (4 if cell == "LSTM" else 3) * hidden
    state = {}
    for layer in range(layers):
        state[f"rec.weight_ih_l{layer}"] = counted(rows, inputs if layer == 0 else hidden)
        state[f"rec.weight_hh_l{layer}"] = counted(rows, hidden, start=0.5, step=0.25)
        state[f"rec.bias_ih_l{layer}"] = counted(rows, start=-1.0)
        state[f"rec.bias_hh_l{layer}"] = counted(rows, start=-2.0, step=0.5)
    state.update({"lin.weight": counted(1, hidden), "lin.bias": [0.75]})
    model = {
        "model": "SimpleRNN",
        "input_size": inputs,
        "skip": skip,
        "output_size": 1,
        "unit_type": cell,
        "num_layers": layers,
        "hidden_size": hidden,
        "bias_fl": True,
    }
    return {"model_data": model, "state_dict": state}


def aidax(
    cell: str = "lstm", hidden: int = 2, inputs: int = 1, layers: int = 1, **root: Any
) -> dict[str, Any]:
    rows = (4 if cell == "lstm" else 3) * hidden
    recurrent = []
    for layer in range(layers):
        kernel = counted(inputs if layer == 0 else hidden, rows)
        bias = counted(rows, start=-1.0) if cell == "lstm" else counted(2, rows, start=-1.0)
        weights = [kernel, counted(hidden, rows, start=0.5, step=0.25), bias]
        recurrent.append({"type": cell, "activation": "", "shape": [None, None, hidden], "weights": weights})
    dense = {
        "type": "dense",
        "activation": "",
        "shape": [None, None, 1],
        "weights": [counted(hidden, 1), [0.75]],
    }
    return {"in_shape": [None, None, inputs], **root, "layers": [*recurrent, dense]}


def nam_lstm(hidden: int = 2, layers: int = 1, **root: Any) -> dict[str, Any]:
    sizes = [1] + [hidden] * (layers - 1)
    count = sum(4 * hidden * (size + hidden) + 4 * hidden + 2 * hidden for size in sizes) + hidden + 1
    config = {"input_size": 1, "hidden_size": hidden, "num_layers": layers}
    return {"version": "0.5.4", "architecture": "LSTM", "config": config, "weights": counted(count), **root}


def nam_wavenet_05(channels: int = 2, **layer: Any) -> dict[str, Any]:
    """One array of two layers, kernels of 3, head without bias: 6 numbers a conv and channel pair."""
    c = channels
    fields = {
        "input_size": 1,
        "condition_size": 1,
        "head_size": 1,
        "channels": c,
        "kernel_size": 3,
        "dilations": [1, 2],
        "activation": "Tanh",
        "gated": False,
        "head_bias": False,
        **layer,
    }
    count = c + 2 * (3 * c * c + c + c + c * c + c) + c + 1
    config = {"layers": [fields], "head": None, "head_scale": 0.02}
    weights = [*counted(count - 1), 0.02]
    return {"version": "0.5.4", "architecture": "WaveNet", "config": config, "weights": weights}


def nam_wavenet_07(channels: int = 2, **layer: Any) -> dict[str, Any]:
    """One array of two layers, kernels of 2 and 3, a head of 4 taps with a bias, in today's style."""
    c = channels
    fields = {
        "input_size": 1,
        "condition_size": 1,
        "head": {"out_channels": 1, "kernel_size": 4, "bias": True},
        "channels": c,
        "kernel_sizes": [2, 3],
        "dilations": [1, 5],
        "activation": [{"type": "LeakyReLU", "negative_slope": 0.25}, {"type": "Tanh"}],
        "bottleneck": c,
        "head1x1": {"active": False, "out_channels": 1, "groups": 1},
        "layer1x1": {"active": True, "groups": 1},
        "groups_input": 1,
        "groups_input_mixin": 1,
        **INACTIVE_FILMS,
        "gating_mode": ["none", "none"],
        "secondary_activation": [None, None],
        "slimmable": None,
        **layer,
    }
    count = c + (5 * c * c + 2 * c) + 2 * (c + c * c + c) + 4 * c + 1 + 1
    config = {"layers": [fields], "head": None, "head_scale": 0.5}
    weights = [*counted(count - 1), 0.5]
    return {"version": "0.7.0", "architecture": "WaveNet", "config": config, "weights": weights}


def nam_slimmable(rate: float | None = 48000.0) -> dict[str, Any]:
    submodels = [
        {"max_value": 0.5, "model": {**nam_wavenet_07(1), "metadata": {"loudness": -12.0, "gain": 0.25}}},
        {"max_value": 1.0, "model": {**nam_wavenet_07(2), "metadata": {"loudness": -13.0}}},
    ]
    document = {"version": "0.7.0", "architecture": "SlimmableContainer", "config": {"submodels": submodels}}
    return {**document, "weights": [], **({} if rate is None else {"sample_rate": rate})}


VALID = {
    "proteus": proteus(),
    "proteus-gru": proteus("GRU"),
    "aidax": aidax(metadata={"samplerate": "48000", "name": "Twin"}, in_gain=-3),
    "aidax-gru": aidax("gru"),
    "nam-lstm": nam_lstm(),
    "nam-0.5": nam_wavenet_05(),
    "nam-0.7": nam_wavenet_07(),
    "nam-slimmable": nam_slimmable(),
}


def write(folder: Any, document: Any, name: str = "model") -> Any:
    """The path of a file that holds a document."""
    path = folder / name
    path.write_text(json.dumps(document))
    return path
