"""LSTM and GRU as ONNX operators; gates in rows i, o, f, c (LSTM) and z, r, h (GRU)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from zoo.architecture import Recurrent
from zoo.formats.onnx.graph import Graph
from zoo.snapshot import Snapshot

Array = npt.NDArray[np.float32]

ONNX_ORDER = {"LSTM": (0, 3, 1, 2), "GRU": (1, 0, 2)}  # PyTorch's places of ONNX's gates
DEFAULT_KNOB = 0.5


def add_recurrent(graph: Graph, snapshot: Snapshot, architecture: Recurrent, dry: str) -> str:
    """Add the layers and the linear output to ``graph``; the result has ``dry``'s shape, (samples,).

    The state is an input for each layer that may be left out (then the model starts from rest) and an output,
    so that a signal can be played block by block.
    """
    x = graph.node("Reshape", [dry, graph.integers("sequence", [-1, 1, 1])], "x")
    if architecture.num_knobs:
        x = _with_knobs(graph, x, architecture.num_knobs)
    for layer in range(architecture.num_layers):
        x = _layer(graph, snapshot, architecture, layer, x)
    head = graph.tensor("lin.weight", snapshot.weights["lin.weight"].T)
    product = graph.node("MatMul", [x, head], "product")
    bias = graph.tensor("lin.bias", snapshot.weights["lin.bias"])
    summed = graph.node("Add", [product, bias], "biased")
    return graph.node("Reshape", [summed, graph.integers("flat", [-1])], "network")


def recurrent_weights(architecture: Recurrent, tensors: Mapping[str, Array]) -> dict[str, Array]:
    """The snapshot's tensors, all that there may be, from those of a graph."""
    weights = {"lin.weight": tensors["lin.weight"].T, "lin.bias": tensors["lin.bias"]}
    for layer in range(architecture.num_layers):
        for kind in ("weight_ih", "weight_hh"):
            weights[f"rec.{kind}_l{layer}"] = _from_onnx(architecture, tensors[f"rec.{kind}_l{layer}"][0])
        biases = np.split(tensors[f"rec.bias_l{layer}"][0], 2)
        for kind, bias in zip(("ih", "hh"), biases, strict=True):
            weights[f"rec.bias_{kind}_l{layer}"] = _from_onnx(architecture, bias)
        for state in _states(architecture):
            weights[f"rec.{state}0_l{layer}"] = tensors[f"{state}_l{layer}"][0, 0]
    return weights


def _layer(graph: Graph, snapshot: Snapshot, architecture: Recurrent, layer: int, x: str) -> str:
    weights, hidden = snapshot.weights, architecture.hidden_size
    suffix = f"_l{layer}"
    nothing = np.zeros(architecture.gates * hidden, np.float32)
    biases = [weights.get(f"rec.bias_{kind}{suffix}", nothing) for kind in ("ih", "hh")]
    names = [
        graph.tensor(f"rec.{kind}{suffix}", _to_onnx(architecture, weights[f"rec.{kind}{suffix}"])[None])
        for kind in ("weight_ih", "weight_hh")
    ]
    summed = np.concatenate([_to_onnx(architecture, bias) for bias in biases])[None]
    names += [graph.tensor(f"rec.bias{suffix}", summed), ""]
    states = []
    for state in _states(architecture):
        rest = weights.get(f"rec.{state}0{suffix}", np.zeros(hidden, np.float32))
        names.append(graph.input(f"{state}{suffix}", [1, 1, hidden], rest[None, None]))
        states.append(f"{state}{suffix}_after")
        graph.output(states[-1], [1, 1, hidden])
    attributes = {"hidden_size": hidden}
    if architecture.cell == "GRU":
        attributes["linear_before_reset"] = 1  # the reset gate scales W h + b, as in PyTorch
    y = graph.node(architecture.cell, [x, *names], [f"y{suffix}", *states], **attributes)
    return graph.node("Squeeze", [y, graph.integers(f"directions{suffix}", [1])], f"h{suffix}_all")


def _with_knobs(graph: Graph, x: str, knobs: int) -> str:
    """The audio with the knobs beside every sample; the input ``knobs`` may be left out: 0.5 each."""
    values = graph.input("knobs", [1, 1, knobs], np.full((1, 1, knobs), DEFAULT_KNOB))
    held = graph.node("Expand", [values, graph.node("Shape", [x], "shape")], "held")
    return graph.node("Concat", [x, held], "x_and_knobs", axis=2)


def _states(architecture: Recurrent) -> tuple[str, ...]:
    return ("h", "c") if architecture.cell == "LSTM" else ("h",)


def _to_onnx(architecture: Recurrent, rows: Array) -> Array:
    gates = np.split(rows, architecture.gates)
    return np.concatenate([gates[place] for place in ONNX_ORDER[architecture.cell]])


def _from_onnx(architecture: Recurrent, rows: Array) -> Array:
    gates = np.split(rows, architecture.gates)
    order = ONNX_ORDER[architecture.cell]
    return np.concatenate([gates[order.index(place)] for place in range(len(gates))])
