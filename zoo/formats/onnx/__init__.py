"""ONNX as this project writes it: a graph for onnxruntime, and in its metadata all that a graph cannot say.

Inputs: ``dry`` (samples,), and what may be left out: ``knobs`` (1, 1, knobs), the state. Outputs: ``wet``
(samples,) and the state after it, to be fed with the next block. Gains and the dry path are in the graph; the
sample rate is in the metadata, as the graph does not know one.

Only graphs that were written here are read: the one that is found must be the one that would be written.
"""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import numpy as np

from zoo.architecture import Architecture, Recurrent, WaveNet
from zoo.errors import ModelFileError, NotAModel, UnsupportedModel
from zoo.files import write_atomically
from zoo.formats.conversion import CannotHoldError
from zoo.formats.fields import Fields
from zoo.formats.json_file import read_bounded
from zoo.formats.native import config_document, snapshot_from
from zoo.formats.onnx.graph import IR_VERSION, OPSET, Graph, onnx_package
from zoo.formats.onnx.recurrent import add_recurrent, recurrent_weights
from zoo.formats.onnx.wavenet import add_wavenet, wavenet_weights
from zoo.snapshot import Snapshot, Weights

FIRST_BYTE = b"\x08"  # the tag of ir_version, the first field of every ModelProto; no JSON begins so
MAX_BYTES = 64 << 20
CONFIG = "tonezoo"


def recognise(path: Path) -> bool:
    """Whether a file begins as ONNX files do; of what is no plain file nothing is read, a pipe would wait."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as file:
            return stat.S_ISREG(os.fstat(file.fileno()).st_mode) and file.read(1) == FIRST_BYTE
    except (OSError, ValueError):
        return False


def write(snapshot: Snapshot, path: Path) -> None:
    """Write the file; the same snapshot gives the same bytes.

    Raises:
        CannotHoldError: a slimmable model.
        PackageMissing: the package onnx is not installed.
        WriteError: the disk is full or the place may not be written.
    """
    helper = onnx_package().helper
    opset = helper.make_opsetid("", OPSET)
    model = helper.make_model(
        _graph(snapshot), opset_imports=[opset], ir_version=IR_VERSION, producer_name="tonezoo"
    )
    config = {**config_document(snapshot), "tensors": sorted(snapshot.weights)}
    facts = {"sample_rate": str(snapshot.sample_rate), CONFIG: json.dumps(config)}
    helper.set_model_props(model, facts)
    write_atomically(path, model.SerializeToString(deterministic=True))


def read(path: Path) -> Snapshot:
    """The snapshot in a file.

    Raises:
        ModelFileError: damaged.
        NotAModel: sound, but not written by this project.
        UnsupportedModel: the graph was changed afterwards.
        PackageMissing: the package onnx is not installed.
        SnapshotError: the weights do not fit the architecture.
    """
    onnx = onnx_package()
    data = read_bounded(path, MAX_BYTES)
    try:
        model = onnx.load_model_from_string(data)
        if any(t.data_location or t.external_data for t in model.graph.initializer):
            raise UnsupportedModel(path, "its weights lie in another file; only whole files are read")
        tensors = {t.name: onnx.numpy_helper.to_array(t) for t in model.graph.initializer}
    except UnsupportedModel:
        raise
    except Exception as error:  # protobuf and onnx raise many kinds
        raise ModelFileError(path, f"not a sound ONNX file ({type(error).__name__})") from error
    text = next((fact.value for fact in model.metadata_props if fact.key == CONFIG), None)
    if text is None:
        raise NotAModel(path, "an ONNX graph of another kind; only those that zoo export wrote are read")
    try:
        config = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ModelFileError(path, f"its description is damaged ({error})") from error
    if not isinstance(config, dict) or not isinstance(names := config.pop("tensors", None), list):
        raise ModelFileError(path, "its description is damaged; an object that lists tensors is expected")
    try:
        snapshot = snapshot_from(Fields(path, config), lambda shape: _weights(shape, tensors, names))
    except (KeyError, IndexError, ValueError) as error:
        raise ModelFileError(path, f"its tensors do not fit its architecture ({error!r})") from error
    if _graph(snapshot).SerializeToString(deterministic=True) != model.graph.SerializeToString(
        deterministic=True
    ):
        raise UnsupportedModel(path, "its graph is not the one that zoo export writes for its weights")
    return snapshot


def _graph(snapshot: Snapshot) -> Any:
    graph, architecture = Graph(), snapshot.architecture
    if not isinstance(architecture, (Recurrent, WaveNet)):
        raise CannotHoldError(f"ONNX holds one size, and this {architecture} has several")
    dry = graph.input("dry", ["samples"])
    graph.output("wet", ["samples"])
    x = _scaled(graph, dry, snapshot.input_gain_db, "input_gain", "x_in")
    if isinstance(architecture, WaveNet):
        y = add_wavenet(graph, snapshot, architecture, x)
    else:
        y = add_recurrent(graph, snapshot, architecture, x)
        y = graph.node("Add", [y, x], "with_dry") if architecture.residual else y
    _scaled(graph, y, snapshot.output_gain_db, "output_gain", "wet")
    return graph.finished(str(architecture))


def _scaled(graph: Graph, value: str, gain_db: float, tensor: str, name: str) -> str:
    return graph.node("Mul", [value, graph.tensor(tensor, np.float32(10.0 ** (gain_db / 20.0)))], name)


def _weights(architecture: Architecture, tensors: dict[str, Any], names: list[str]) -> Weights:
    if isinstance(architecture, Recurrent):
        every = recurrent_weights(architecture, tensors)
    elif isinstance(architecture, WaveNet):
        every = wavenet_weights(architecture, tensors)
    else:
        raise CannotHoldError(f"ONNX holds one size, and this {architecture} has several")
    return {name: every[name] for name in names}


__all__ = ["read", "recognise", "write"]
