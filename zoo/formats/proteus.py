"""GuitarML JSON (Proteus, NeuralPi, Automated-GuitarAmpModelling): PyTorch's ``state_dict`` of an RNN.

The format has no sample rate, and its players take 44.1 kHz; it has no gains. Knob models have inputs
``[audio, knob, ...]``. Players ignore unknown keys, so what is known of the device goes into ``metadata``.
The Proteus plugin itself plays one-layer LSTMs of hidden size 40 only and always adds the input.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from zoo.architecture import Recurrent
from zoo.formats.conversion import CannotHoldError, require_recurrent, with_gains_folded
from zoo.formats.fields import Fields
from zoo.formats.metadata import PLAIN_KEYS, metadata_document, metadata_from
from zoo.snapshot import Snapshot

TITLE = "GuitarML JSON"
SAMPLE_RATE = 44_100


def recognise(document: dict[str, Any]) -> bool:
    """Whether a JSON document is of this format, sound or not."""
    return "model_data" in document or "state_dict" in document


def decode(root: Fields) -> Snapshot:
    """The snapshot in a document.

    Raises:
        ModelFileError: a field or tensor is missing or wrong.
        UnsupportedModel: another kind of network.
        SnapshotError: a size is out of bounds.
    """
    model, state = root.child("model_data"), root.child("state_dict")
    architecture = _architecture(model)
    shapes = _shapes(architecture)
    if unknown := sorted(set(state.values) - set(shapes)):
        raise state.unsupported(f"{unknown[0][:60]!a} is no tensor of a plain {architecture.cell}")
    weights = {n: state.array(n, s) for n, s in shapes.items() if n != "lin.bias" or n in state}
    if "lin.bias" not in weights:
        if model.flag("bias_fl", True):
            raise state.wrong("lin.bias", "one number")
        weights["lin.bias"] = np.zeros(1, np.float32)
    metadata = metadata_from(root.merged("metadata", without=("model_data", "state_dict")), PLAIN_KEYS)
    return Snapshot(architecture, weights, SAMPLE_RATE, sample_rate_assumed=True, metadata=metadata)


def encode(snapshot: Snapshot) -> dict[str, Any]:
    """The document for a snapshot.

    Raises:
        CannotHoldError: the snapshot is no LSTM or GRU, starts from a state of its own, is not at 44.1 kHz,
            or has gains around a residual.
    """
    architecture = require_recurrent(snapshot, TITLE)
    if snapshot.sample_rate != SAMPLE_RATE:
        found = f"this model is at {snapshot.sample_rate} Hz"
        raise CannotHoldError(f"{TITLE} is always played at {SAMPLE_RATE} Hz, and {found}")
    weights = dict(with_gains_folded(snapshot, TITLE).weights)
    shapes = _shapes(architecture)
    document: dict[str, Any] = {
        "model_data": {
            "model": "SimpleRNN",
            "input_size": architecture.input_size,
            "skip": int(architecture.residual),
            "output_size": 1,
            "unit_type": architecture.cell,
            "num_layers": architecture.num_layers,
            "hidden_size": architecture.hidden_size,
            "bias_fl": True,
        },
        "state_dict": {n: weights.get(n, np.zeros(s, np.float32)).tolist() for n, s in shapes.items()},
    }
    if metadata := metadata_document(snapshot.metadata, PLAIN_KEYS):
        document["metadata"] = metadata
    return document


def _architecture(model: Fields) -> Recurrent:
    if model.text("model") != "SimpleRNN":
        raise model.unsupported(
            f"networks of kind {model.text('model')[:60]!a} are not supported; SimpleRNN is"
        )
    cell = model.text("unit_type")
    if cell not in ("LSTM", "GRU"):
        raise model.unsupported(f"cells of type {cell[:60]!a} are not supported; LSTM and GRU are")
    if model.integer("output_size") != 1:
        raise model.unsupported(f"{model.integer('output_size')} outputs are not supported; one is")
    return Recurrent(
        "LSTM" if cell == "LSTM" else "GRU",
        model.integer("hidden_size"),
        model.integer("input_size"),
        model.integer("num_layers"),
        residual=model.flag("skip"),
    )


def _shapes(architecture: Recurrent) -> dict[str, tuple[int, ...]]:
    """The tensors of the format, in its order."""
    every = {**architecture.required_shapes(), **architecture.optional_shapes()}
    kinds = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    names = [f"rec.{kind}_l{layer}" for layer in range(architecture.num_layers) for kind in kinds]
    return {name: every[name] for name in (*names, "lin.weight", "lin.bias")}
