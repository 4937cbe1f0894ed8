"""One file for each model format: file -> Snapshot -> file.

`read_model` finds the format by content, whatever the file is called. To add a format, write a module with
``recognise``, ``decode`` and ``encode`` and add one line to `FORMATS`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoo.errors import BadRequest, ModelFileError, NotAModel, SnapshotError, UnsupportedModel
from zoo.files import write_atomically
from zoo.formats import aidax, bela, nam, native, onnx, proteus
from zoo.formats.fields import Fields
from zoo.formats.json_file import encode_json, quoted, read_json
from zoo.snapshot import Snapshot


@dataclass(frozen=True)
class Format:
    """A model format.

    Attributes:
        name: what the command line calls it.
        extension: of its files; empty for a folder.
        recognise: whether a file's JSON document (or for a folder, a path) is of this format.
        read: the snapshot in a document and the path it came from.
        write: write a snapshot to a path.
    """

    name: str
    extension: str
    recognise: Callable[[Any], bool]
    read: Callable[[Path, Any], Snapshot]
    write: Callable[[Snapshot, Path], None]


def _json_format(name: str, extension: str, module: Any) -> Format:
    def read(path: Path, document: dict[str, Any]) -> Snapshot:
        snapshot: Snapshot = module.decode(Fields(path, document))
        return snapshot

    def write(snapshot: Snapshot, path: Path) -> None:
        write_atomically(path, encode_json(path, module.encode(snapshot)))

    return Format(name, extension, module.recognise, read, write)


NATIVE = Format("native", "", native.recognise, lambda path, _: native.read(path), native.write)
FORMATS: dict[str, Format] = {
    "native": NATIVE,
    "proteus": _json_format("proteus", ".json", proteus),
    "aidax": _json_format("aidax", ".json", aidax),
    "nam": _json_format("nam", ".nam", nam),
    "onnx": Format("onnx", ".onnx", lambda _: False, lambda path, _: onnx.read(path), onnx.write),
    "bela": Format("bela", ".bank", lambda _: False, lambda path, _: bela.read(path), bela.write),
}


def read_model(path: str | Path) -> Snapshot:
    """The snapshot in a model file, or in a folder of the native format.

    Raises:
        ModelFileError: missing, unreadable, damaged, or not what its format promises.
        UnsupportedModel: sound, but of a format or architecture that is refused; the message names it.
    """
    return read_with_format(path)[0]


def read_with_format(path: str | Path) -> tuple[Snapshot, str]:
    """As `read_model`, and the name of the format that the file was found to be of."""
    path = Path(path)
    try:
        if os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises where a folder may not be searched
            return _read_folder(path), NATIVE.name
        if onnx.recognise(path):
            return onnx.read(path), "onnx"
        if bela.recognise(path):
            return bela.read(path), "bela"
        document = read_json(path)
        found = _format_of(path, document)
        return found.read(path, document), found.name
    except SnapshotError as error:
        raise ModelFileError(path, str(error)) from error


def write_model(snapshot: Snapshot, path: str | Path, format: str | None = None) -> None:  # noqa: A002
    """Write a snapshot in a format of `FORMATS`; unless given, ``.nam`` is NAM and no extension is native.

    Reading it again gives the same snapshot, to the bit, unless the format made its weights give way: gains
    folded in, an LSTM's two biases summed. What the format cannot hold is refused.

    Raises:
        BadRequest: no such format, or the path does not say which.
        UnsupportedModel: the format cannot hold this model; the message says what it lacks.
        WriteError: the disk is full, or the place may not be written.
    """
    path = Path(path)
    chosen = FORMATS.get(format or _format_for(path))
    if chosen is None:
        raise BadRequest(f"the format {format!r} is unknown; one of {', '.join(FORMATS)} is expected")
    try:
        chosen.write(snapshot, path)
    except SnapshotError as error:
        raise UnsupportedModel(path, f"not written: {error}") from error


def _format_for(path: Path) -> str:
    names = [f.name for f in FORMATS.values() if f.extension == path.suffix.lower()]
    if len(names) != 1:
        raise BadRequest(f"{path} may be of several formats; say which: {', '.join(names or FORMATS)}")
    return names[0]


def _read_folder(path: Path) -> Snapshot:
    if not NATIVE.recognise(path):
        raise ModelFileError(path, f"a folder without {native.CONFIG}; a model file is expected")
    return NATIVE.read(path, None)


def _format_of(path: Path, document: dict[str, Any]) -> Format:
    for candidate in FORMATS.values():
        if candidate is not NATIVE and candidate.recognise(document):
            return candidate
    if {"residual_channels", "filter_width", "variables"} & set(document):
        raise UnsupportedModel(path, "the retired SmartAmp WaveNet format of GuitarML is not supported")
    keys = ", ".join(quoted(key) for key in list(document)[:4]) or "none"
    known = ", ".join(f for f in FORMATS if f != "native")
    raise NotAModel(path, f"JSON of no known model format (its keys: {keys}); one of {known} is expected")


__all__ = ["FORMATS", "Format", "read_model", "read_with_format", "write_model"]
