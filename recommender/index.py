"""The index of device vectors: which parents lie nearest to a capture. The only room that talks to faiss.

A cache, never the truth: it can be made again from the fingerprints in the store, and it is when its key (the
hash of probe, features and space) is another or its file is damaged.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

import faiss
import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from zoo.errors import StoreError
from zoo.files import write_atomically

Kind = Literal["paired", "wet"]
KINDS: tuple[Kind, Kind] = ("paired", "wet")
Vectors = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int64]
Tensors = dict[str, npt.NDArray[Any]]

faiss.omp_set_num_threads(1)  # one query is one thread's work, and the sums keep their order


class StaleIndex(StoreError):
    """The index on disk is damaged or was made with another probe or other features; it can be made again."""


def id_of(digest: str) -> int:
    """63 bits of a snapshot's digest, which faiss can hold; equal ids of different digests are not expected.

    >>> id_of("ff" * 32) == 2**63 - 1
    True
    """
    return int(digest[:16], 16) >> 1


class Index:
    """Two vectors for every parent, paired and wet-only, under one id; exact search by Euclidean distance.

    Vectors are held in half precision: half the memory, twice the speed, and 1e-3 of a number is far below
    what the playing moves it.

    Args:
        key: what the vectors were made with; an index of another key is not comparable.
        sizes: numbers in a paired and in a wet-only vector.
    """

    def __init__(self, key: str, sizes: tuple[int, int]) -> None:
        self.key = key
        self.sizes = sizes
        self._flat = {
            kind: faiss.IndexIDMap2(
                faiss.IndexScalarQuantizer(size, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_L2)
            )
            for kind, size in zip(KINDS, sizes, strict=True)
        }

    def __len__(self) -> int:
        return int(self._flat["paired"].ntotal)

    @property
    def ids(self) -> Ids:
        """The ids held, in the order in which they were added."""
        return np.asarray(faiss.vector_to_array(self._flat["paired"].id_map), dtype=np.int64)

    def add(self, ids: Sequence[int] | Ids, paired: Vectors, wet: Vectors) -> None:
        """Add parents; vectors have shape (len(ids), size). An id that is there already is replaced."""
        rows = np.asarray(ids, dtype=np.int64)
        if len(rows) == 0:
            return
        self.remove(rows[np.isin(rows, self.ids)])
        for kind, vectors in zip(KINDS, (paired, wet), strict=True):
            self._flat[kind].add_with_ids(np.ascontiguousarray(vectors, dtype=np.float32), rows)

    def remove(self, ids: Sequence[int] | Ids) -> None:
        """Take parents out, all in one pass; ids that are not there are ignored."""
        rows = np.asarray(ids, dtype=np.int64)
        if len(rows) == 0:
            return
        for flat in self._flat.values():
            flat.remove_ids(rows)

    def search(
        self, kind: Kind, query: Vectors, count: int, allowed: Iterable[int] | None = None
    ) -> list[tuple[int, float]]:
        """The ``count`` nearest parents as (id, distance), nearest first, equal distances by id.

        Args:
            kind: which of the vectors ``query`` is.
            query: shape (size,).
            count: at most so many are returned.
            allowed: only these ids; None is all.
        """
        parameters = None
        if allowed is not None:
            selector = faiss.IDSelectorBatch(np.fromiter(allowed, dtype=np.int64))
            parameters = faiss.SearchParameters(sel=selector)
        rows = np.ascontiguousarray(query, dtype=np.float32)[None, :]
        squares, ids = self._flat[kind].search(rows, max(min(count, len(self)), 1), params=parameters)
        found = [
            (int(i), float(np.sqrt(max(s, 0.0)))) for i, s in zip(ids[0], squares[0], strict=True) if i >= 0
        ]
        return sorted(found, key=lambda hit: (hit[1], hit[0]))

    def vectors(self, kind: Kind) -> Vectors:
        """All vectors as they are held, shape (parents, size), rows in the order of `ids`."""
        codes = faiss.vector_to_array(faiss.downcast_index(self._flat[kind].index).codes)
        return np.asarray(
            codes.view(np.float16).reshape(-1, self.sizes[KINDS.index(kind)]).astype(np.float32)
        )

    def point(self, kind: Kind, number: int) -> Vectors:
        """The vector held for an id, shape (size,)."""
        return np.asarray(self._flat[kind].reconstruct(number), dtype=np.float32)

    def save(self, path: Path) -> None:
        """Write the index to ``path``, whole or not at all.

        Raises:
            WriteError: the disk is full or the folder may not be written.
        """
        tensors: Tensors = {
            "ids": self.ids,
            **{kind: self.vectors(kind).astype(np.float16) for kind in KINDS},
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, save(tensors, {"key": json.dumps([self.key, _checksum(tensors)])}))

    @classmethod
    def load(cls, path: Path, key: str) -> Index:
        """Read the index at ``path``.

        Raises:
            StaleIndex: the file is damaged, or its key is not ``key``.
            FileNotFoundError: there is none.
        """
        if not path.exists():
            raise FileNotFoundError(path)
        tensors, written_key, checksum = _read(path)
        if written_key != key:
            raise StaleIndex(f"{path} was made with another probe or other features")
        if checksum != _checksum(tensors):
            raise StaleIndex(f"{path} is damaged: its content is not what was written")
        index = cls(key, (tensors["paired"].shape[1], tensors["wet"].shape[1]))
        index.add(tensors["ids"], tensors["paired"], tensors["wet"])
        return index


def _read(path: Path) -> tuple[Tensors, str, str]:
    """Tensors, key and checksum as they are in the file."""
    try:
        with safe_open(path, framework="numpy") as file:
            tensors = {name: file.get_tensor(name) for name in ("ids", *KINDS)}
            key, checksum = json.loads((file.metadata() or {})["key"])
            return tensors, key, checksum
    except (SafetensorError, OSError, ValueError, TypeError, KeyError) as error:
        raise StaleIndex(f"{path} is damaged ({error})") from error


def _checksum(tensors: Tensors) -> str:
    sha = hashlib.sha256()
    for name in sorted(tensors):
        sha.update(f"{name}{tensors[name].dtype}{tensors[name].shape}".encode())
        sha.update(tensors[name].tobytes())
    return sha.hexdigest()
