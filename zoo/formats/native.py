"""The project's own format: a folder of ``config.json`` and ``model.safetensors``; it holds every snapshot.

No pickle anywhere. The size of the weights is checked against the architecture before they are read.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, deserialize
from safetensors.numpy import save

from zoo.architecture import Architecture, architecture_from_json
from zoo.errors import ModelFileError, UnsupportedModel
from zoo.files import atomic_folder
from zoo.formats.fields import Fields
from zoo.formats.json_file import encode_json, read_bounded, read_json
from zoo.formats.metadata import NUMBERS, PLAIN_KEYS, metadata_from
from zoo.snapshot import Metadata, Snapshot, Weights, metadata_to_json

CONFIG, WEIGHTS = "config.json", "model.safetensors"
FORMAT, VERSION = "tonezoo", 1
MAX_HEADER_BYTES = 1 << 20
MAX_WEIGHT_BYTES = 512 << 20


def recognise(path: Path) -> bool:
    """Whether a path is a folder of this format, sound or not."""
    return path.is_dir() and (path / CONFIG).exists()


def read(path: Path) -> Snapshot:
    """The snapshot in a folder.

    Raises:
        ModelFileError: a file is missing, damaged, or does not fit the other.
        UnsupportedModel: the folder holds something else, or a newer version.
        SnapshotError: the weights do not fit the architecture.
    """
    root = Fields(path / CONFIG, read_json(path / CONFIG))
    return snapshot_from(root, lambda architecture: _read_weights(path / WEIGHTS, architecture))


def snapshot_from(root: Fields, weights: Callable[[Architecture], Weights]) -> Snapshot:
    """The snapshot that a `config_document` describes; ``weights`` gives the tensors of its architecture.

    Raises:
        ModelFileError: a field is missing or wrong.
        UnsupportedModel: the document is something else, or of a newer version.
        SnapshotError: the weights do not fit the architecture.
    """
    if root.values.get("format") != FORMAT:
        raise root.unsupported(f'not a model of this project ("format" is not "{FORMAT}")')
    if root.integer("version") != VERSION:
        raise root.unsupported(f"version {root.integer('version')} is not supported; {VERSION} is")
    architecture = architecture_from_json(root.values.get("architecture"))
    if json.dumps(architecture.to_json()) != json.dumps(root.values["architecture"]):
        raise root.damaged("the architecture's description lacks fields or holds values of the wrong type")
    return Snapshot(
        architecture,
        weights(architecture),
        root.integer("sample_rate"),
        sample_rate_assumed=root.flag("sample_rate_assumed"),
        input_gain_db=root.number("input_gain_db"),
        output_gain_db=root.number("output_gain_db"),
        metadata=_read_metadata(root.child("metadata")),
    )


def write(snapshot: Snapshot, path: Path) -> None:
    """Write the folder, replacing one that is there; the same snapshot gives the same bytes.

    Raises:
        WriteError: the disk is full, or the place may not be written or holds a file.
    """
    config_bytes, weight_bytes = encode_json(path, config_document(snapshot)), save(dict(snapshot.weights))
    with atomic_folder(path) as folder:
        (folder / CONFIG).write_bytes(config_bytes)
        (folder / WEIGHTS).write_bytes(weight_bytes)


def config_document(snapshot: Snapshot) -> dict[str, Any]:
    """All of a snapshot but its weights."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "architecture": snapshot.architecture.to_json(),
        "sample_rate": snapshot.sample_rate,
        "sample_rate_assumed": snapshot.sample_rate_assumed,
        "input_gain_db": snapshot.input_gain_db,
        "output_gain_db": snapshot.output_gain_db,
        "metadata": metadata_to_json(snapshot.metadata),
    }


def _read_weights(path: Path, architecture: Architecture) -> dict[str, npt.NDArray[np.float32]]:
    shapes = {**architecture.required_shapes(), **architecture.optional_shapes()}
    most = 4 * sum(math.prod(shape) for shape in shapes.values()) + MAX_HEADER_BYTES
    data = read_bounded(path, min(most, MAX_WEIGHT_BYTES))
    try:
        tensors: list[tuple[str, dict[str, Any]]] = deserialize(data)  # type: ignore[no-untyped-call]
    except SafetensorError as error:
        raise ModelFileError(path, f"not a sound safetensors file ({error})") from error
    if other := sorted({tensor["dtype"] for _, tensor in tensors} - {"F32"}):
        raise UnsupportedModel(path, f"weights of type {other[0]} are not supported; F32 is")
    return {n: np.frombuffer(t["data"], "<f4").reshape(t["shape"]) for n, t in tensors}


def _read_metadata(fields: Fields) -> Metadata:
    known: dict[str, Any] = {}
    for name in PLAIN_KEYS:
        if name in fields:
            known[name] = fields.number(name) if name in NUMBERS else fields.text(name)
    extra = metadata_from(fields.child("extra"), {}).extra if "extra" in fields else {}
    return Metadata(**known, extra=extra)
