"""NAM's WaveNets as ONNX convolutions over the signal and as much of its past as they can hear."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from zoo.architecture import Activation, LayerArray, WaveNet
from zoo.formats.onnx.graph import Graph
from zoo.snapshot import Snapshot

Array = npt.NDArray[np.float32]


def add_wavenet(graph: Graph, snapshot: Snapshot, architecture: WaveNet, dry: str) -> str:
    """Add the network to ``graph``; the result has ``dry``'s shape, (samples,).

    The input ``past`` holds the samples before; left out, they are silence. ``past_after`` is for the next
    block.
    """
    reach = architecture.receptive_field - 1
    past = graph.input("past", [reach], np.zeros(reach))
    heard = graph.node("Concat", [past, dry], "heard", axis=0)
    first = graph.integers("past_starts", [-reach] if reach else [np.iinfo(np.int64).max])
    last = graph.integers("ends", [np.iinfo(np.int64).max])
    graph.node("Slice", [heard, first, last], "past_after")
    graph.output("past_after", [reach])
    signal = graph.node("Reshape", [heard, graph.integers("channel", [1, 1, -1])], "signal")
    for name in architecture.required_shapes():
        weight = snapshot.weights[name]
        graph.tensor(name, weight[:, :, None] if weight.ndim == 2 else weight)
    x, head = signal, ""
    for index, array in enumerate(architecture.arrays):
        x, head = _array(graph, array, f"arrays.{index}.", x, head, signal)
    scaled = graph.node("Mul", [head, "head_scale"], "scaled")
    return graph.node("Reshape", [scaled, graph.integers("flat", [-1])], "network")


def wavenet_weights(architecture: WaveNet, tensors: Mapping[str, Array]) -> dict[str, Array]:
    """The snapshot's tensors from those of a graph."""
    return {
        name: tensors[name][:, :, 0] if len(shape) == 2 else tensors[name]
        for name, shape in architecture.required_shapes().items()
    }


def _array(graph: Graph, array: LayerArray, prefix: str, x: str, head: str, signal: str) -> tuple[str, str]:
    """One layer array; valid convolutions, so everything older is cut to the length of what they give."""
    x = graph.node("Conv", [x, f"{prefix}rechannel.weight"], f"{prefix}rechannel")
    for layer, (taps, dilation) in enumerate(zip(array.kernel_sizes, array.dilations, strict=True)):
        own, cut = f"{prefix}layers.{layer}.", (taps - 1) * dilation
        z = graph.node("Conv", [x, f"{own}conv.weight", f"{own}conv.bias"], f"{own}z", dilations=[dilation])
        mixed = graph.node("Conv", [signal, f"{own}mixin.weight"], f"{own}mixed")
        signal_cut = _newest(graph, mixed, z, f"{own}mixed")
        a = _activate(graph, array.activations[layer], graph.node("Add", [z, signal_cut], f"{own}sum"), own)
        head = graph.node("Add", [_newest(graph, head, a, f"{own}head"), a], f"{own}head_sum") if head else a
        r = graph.node("Conv", [a, f"{own}layer1x1.weight", f"{own}layer1x1.bias"], f"{own}residual")
        x = graph.node("Add", [_newest(graph, x, r, f"{own}x") if cut else x, r], f"{own}out")
    inputs = [head, f"{prefix}head.weight"] + [f"{prefix}head.bias"] * array.head_bias
    return x, graph.node("Conv", inputs, f"{prefix}head")


def _newest(graph: Graph, long: str, short: str, name: str) -> str:
    """The end of ``long``, as many samples as ``short`` has."""
    lengths = [graph.node("Shape", [value], f"{name}.{value}.length", start=2) for value in (long, short)]
    begin = graph.node("Sub", lengths, f"{name}.begin")
    ends, axis = f"{name}.end", f"{name}.axis"
    graph.integers(ends, [np.iinfo(np.int64).max])
    graph.integers(axis, [2])
    return graph.node("Slice", [long, begin, ends, axis], f"{name}.newest")


def _activate(graph: Graph, activation: Activation, z: str, own: str) -> str:
    name = f"{own}a"
    if activation.name == "LeakyReLU":
        return graph.node("LeakyRelu", [z], name, alpha=activation.negative_slope)
    if activation.name == "SiLU":
        return graph.node("Mul", [z, graph.node("Sigmoid", [z], f"{own}gate")], name)
    if activation.name == "Hardtanh":
        low, high = graph.tensor(f"{own}low", -1.0), graph.tensor(f"{own}high", 1.0)
        return graph.node("Clip", [z, low, high], name)
    plain = {"ReLU": "Relu"}.get(activation.name, activation.name)
    return graph.node(plain, [z], name)
