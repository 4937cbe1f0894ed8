"""AIDA-X JSON, which is RTNeural's and Keras' layout with gains, residual and metadata at the root.

``y = out_gain * (net(in_gain * x) + in_skip * in_gain * x)``, gains in dB; no sample rate means 48 kHz.
Keras stores matrices as ``[in][out]``, PyTorch's transposed. An LSTM has one bias and PyTorch's gate order;
a GRU has gates z, r, h (PyTorch: r, z, n) and biases ``[2][3 * hidden]``. RTNeural skips layers that it does
not know; they are refused here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from zoo.architecture import Recurrent
from zoo.formats.conversion import require_recurrent, summed_bias
from zoo.formats.fields import Fields
from zoo.formats.metadata import PLAIN_KEYS, metadata_document, metadata_from
from zoo.snapshot import Snapshot

TITLE = "AIDA-X JSON"
ASSUMED_SAMPLE_RATE = 48_000
KEYS = {**PLAIN_KEYS, "licence": "license", "tone": "style", "model": "based"}
SELF_TEST_KEYS = ("input_batch", "output_batch")
NETWORK_KEYS = ("in_shape", "layers", "in_skip", "in_gain", "out_gain", "samplerate")

Array = npt.NDArray[np.float32]


def recognise(document: dict[str, Any]) -> bool:
    """Whether a JSON document is of this format, sound or not."""
    return "layers" in document and "architecture" not in document


def decode(root: Fields) -> Snapshot:
    """The snapshot in a document.

    Raises:
        ModelFileError: a field or tensor is missing or wrong.
        UnsupportedModel: layers other than LSTMs or GRUs of one size and one dense output.
        SnapshotError: a size is out of bounds.
    """
    *layers, dense = root.children("layers")
    architecture = _architecture(root, layers, dense)
    weights: dict[str, Array] = {}
    for index, layer in enumerate(layers):
        weights.update(_recurrent_weights(architecture, index, layer))
    weights.update(_dense_weights(architecture, dense))
    rate = _sample_rate(root)
    return Snapshot(
        architecture,
        weights,
        ASSUMED_SAMPLE_RATE if rate is None else rate,
        sample_rate_assumed=rate is None,
        input_gain_db=root.number("in_gain", 0.0),
        output_gain_db=root.number("out_gain", 0.0),
        metadata=metadata_from(root.merged("metadata", NETWORK_KEYS), KEYS, ignore=("samplerate",)),
    )


def encode(snapshot: Snapshot) -> dict[str, Any]:
    """The document for a snapshot; an LSTM's two biases become their sum.

    Raises:
        CannotHoldError: the snapshot is no LSTM or GRU, or starts from a state of its own.
    """
    architecture = require_recurrent(snapshot, TITLE)
    layers = [_recurrent_layer(snapshot, architecture, i) for i in range(architecture.num_layers)]
    output = [snapshot.weights["lin.weight"].T.tolist(), snapshot.weights["lin.bias"].tolist()]
    layers.append({"type": "dense", "activation": "", "shape": [None, None, 1], "weights": output})
    metadata = metadata_document(snapshot.metadata, KEYS)
    if not (snapshot.sample_rate_assumed and snapshot.sample_rate == ASSUMED_SAMPLE_RATE):
        metadata["samplerate"] = str(snapshot.sample_rate)  # AIDA-X writes and reads a string
    self_test = {key: metadata.pop(key) for key in SELF_TEST_KEYS if key in metadata}
    return {
        "in_shape": [None, None, architecture.input_size],
        "in_skip": int(architecture.residual),
        "in_gain": snapshot.input_gain_db,
        "out_gain": snapshot.output_gain_db,
        "metadata": metadata,
        "layers": layers,
        **self_test,
    }


def _architecture(root: Fields, layers: list[Fields], dense: Fields) -> Recurrent:
    kinds = [_kind(layer) for layer in (*layers, dense)]
    if kinds[-1] != "dense" or not layers or len(set(kinds[:-1])) > 1 or "dense" in kinds[:-1]:
        raise root.unsupported(
            f"the layers {', '.join(kinds)} are not supported; LSTMs or GRUs, then one dense are"
        )
    sizes = {_last(layer, "shape") for layer in layers}
    if len(sizes) > 1:
        raise root.unsupported(f"recurrent layers of different sizes ({sorted(sizes)}) are not supported")
    if _last(dense, "shape") != 1:
        raise root.unsupported(f"{_last(dense, 'shape')} outputs are not supported; one is")
    return Recurrent(
        "LSTM" if kinds[0] == "lstm" else "GRU",
        sizes.pop(),
        _last(root, "in_shape"),
        len(layers),
        residual=root.flag("in_skip", False),
    )


def _kind(layer: Fields) -> str:
    kind = layer.text("type")
    kind = "dense" if kind == "time-distributed-dense" else kind
    allowed = {"lstm": ("", "tanh"), "gru": ("", "tanh"), "dense": ("", "linear")}
    if kind not in allowed:
        raise layer.unsupported(f"layers of type {kind[:60]!a} are not supported; lstm, gru and dense are")
    activation = layer.values.get("activation") or ""
    if activation not in allowed[kind]:
        raise layer.unsupported(
            f"a {kind} layer with the activation {ascii(activation)[:60]} is not supported"
        )
    return kind


def _last(fields: Fields, key: str) -> int:
    """The last of a shape, the only one that counts."""
    shape = fields.values.get(key)
    if not isinstance(shape, list) or not shape:
        raise fields.wrong(key, "a shape")
    return Fields(fields.path, {key: shape[-1]}, f"{fields.where}last of ").integer(key)


def _recurrent_weights(architecture: Recurrent, index: int, layer: Fields) -> dict[str, Array]:
    rows, hidden = architecture.gates * architecture.hidden_size, architecture.hidden_size
    inputs = architecture.input_size if index == 0 else hidden
    is_gru = architecture.cell == "GRU"
    shapes = [(inputs, rows), (hidden, rows), (2, rows) if is_gru else (rows,)]
    kernel, recurrent, bias = _tensors(layer, shapes)
    weights = {f"rec.weight_ih_l{index}": kernel.T, f"rec.weight_hh_l{index}": recurrent.T}
    if not is_gru:
        return {**weights, f"rec.bias_ih_l{index}": bias}
    weights.update({f"rec.bias_ih_l{index}": bias[0], f"rec.bias_hh_l{index}": bias[1]})
    return {name: _swap_first_gates(array, hidden) for name, array in weights.items()}


def _dense_weights(architecture: Recurrent, dense: Fields) -> dict[str, Array]:
    kernel, bias = _tensors(dense, [(architecture.hidden_size, 1), (1,)])
    return {"lin.weight": kernel.T, "lin.bias": bias}


def _tensors(layer: Fields, shapes: Sequence[tuple[int, ...]]) -> list[Array]:
    tensors = layer.values.get("weights")
    if not isinstance(tensors, list) or len(tensors) != len(shapes):
        raise layer.wrong("weights", f"a list of {len(shapes)} tensors")
    return [
        layer.as_array(t, f"weights[{i}]", s) for i, (t, s) in enumerate(zip(tensors, shapes, strict=True))
    ]


def _recurrent_layer(snapshot: Snapshot, architecture: Recurrent, index: int) -> dict[str, Any]:
    names = [f"rec.{kind}_l{index}" for kind in ("weight_ih", "weight_hh")]
    kernels = [snapshot.weights[name] for name in names]
    if architecture.cell == "GRU":
        biases = [snapshot.weights[f"rec.bias_{kind}_l{index}"] for kind in ("ih", "hh")]
        hidden = architecture.hidden_size
        kernels = [_swap_first_gates(kernel, hidden) for kernel in kernels]
        bias = np.stack([_swap_first_gates(bias, hidden) for bias in biases])
    else:
        bias = summed_bias(snapshot, index)
    tensors = [kernels[0].T.tolist(), kernels[1].T.tolist(), bias.tolist()]
    shape = [None, None, architecture.hidden_size]
    return {"type": architecture.cell.lower(), "activation": "", "shape": shape, "weights": tensors}


def _swap_first_gates(rows: Array, hidden: int) -> Array:
    """Rows of gates z, r, h to r, z, h, and back."""
    return np.concatenate([rows[hidden : 2 * hidden], rows[:hidden], rows[2 * hidden :]])


def _sample_rate(root: Fields) -> int | None:
    """From the metadata or the root, a number or a string of digits; None where the file does not say."""
    for fields in ([root.child("metadata")] if "metadata" in root else []) + [root]:
        value = fields.values.get("samplerate")
        if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 10:
            return int(value)
        if value is not None:
            return fields.integer("samplerate")
    return None
