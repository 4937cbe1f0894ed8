"""The file of an index: a safetensors file whose parts are mapped, not read.

A checksum over all bytes (CRC-32, which is ten times as fast as SHA-256, and against accidents it is enough)
is compared at every opening: what passes is what was written.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from zoo.errors import StoreError
from zoo.files import atomic_file

Bits = npt.NDArray[np.uint8]
MAX_HEADER_BYTES = 1 << 16
_TYPES = {"int64": "I64", "uint8": "U8"}


class StaleIndex(StoreError):
    """The index on disk is damaged or was made with another probe or other features; it can be made again."""


def write_parts(path: Path, key: str, parts: Mapping[str, npt.NDArray[Any]]) -> None:
    """Write named arrays of one dimension, int64 or uint8, whole or not at all.

    Raises:
        WriteError: the disk is full or the folder may not be written.
    """
    described: dict[str, Any] = {}
    checksum = end = 0
    for name, array in parts.items():
        start, end = end, end + array.nbytes
        described[name] = {
            "dtype": _TYPES[str(array.dtype)], "shape": [len(array)], "data_offsets": [start, end],
        }  # fmt: skip
        checksum = zlib.crc32(np.ascontiguousarray(array).data, checksum)
    described["__metadata__"] = {"key": key, "faiss": faiss.__version__, "crc32": f"{checksum:08x}"}
    header = json.dumps(described).encode()
    header += b" " * (-len(header) % 8)
    with atomic_file(path) as temporary, temporary.open("wb") as file:
        file.write(len(header).to_bytes(8, "little") + header)
        for array in parts.values():
            file.write(np.ascontiguousarray(array).data)


def read_parts(path: Path, key: str) -> dict[str, Bits]:
    """The parts as bytes, mapped.

    Raises:
        StaleIndex: the file is damaged, of another key, or written by another version of faiss.
        FileNotFoundError: there is none.
    """
    if not path.exists():
        raise FileNotFoundError(path)
    try:
        content = np.memmap(path, np.uint8, "r")
        size = int.from_bytes(content[:8].tobytes(), "little")
        if size > min(MAX_HEADER_BYTES, content.size - 8):
            raise ValueError("no header of a safetensors file")
        described = json.loads(content[8 : 8 + size].tobytes())
        told, data = described.pop("__metadata__"), content[8 + size :]
        places = {name: part["data_offsets"] for name, part in described.items()}
        if told["key"] != key:
            raise StaleIndex(f"{path} was made with another probe or other features")
        if told["faiss"] != faiss.__version__:
            raise StaleIndex(f"{path} was written by faiss {told['faiss']}, this is {faiss.__version__}")
        if (
            f"{zlib.crc32(data.data):08x}" != told["crc32"]
            or max(end for _, end in places.values()) != data.size
        ):
            raise ValueError("its content is not what was written")
        return {name: data[start:end] for name, (start, end) in places.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise StaleIndex(f"{path} is damaged ({error})") from error
