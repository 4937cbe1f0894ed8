"""The index of device vectors: which parents lie nearest to a capture. The only room that talks to faiss.

A cache, never the truth: it can be made again from the fingerprints in the store, and it is when its key (the
hash of probe, features and space) is another or its file is damaged. Opening maps the file: nothing is
copied, and processes share it. Whatever changes the index first takes a copy of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from recommender.index.file import StaleIndex, read_parts, write_parts
from recommender.index.shelf import EXACT_UP_TO, Shelf

Kind = Literal["paired", "wet"]
KINDS: tuple[Kind, Kind] = ("paired", "wet")
Vectors = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int64]


def id_of(digest: str) -> int:
    """63 bits of a snapshot's digest, which faiss can hold; equal ids of different digests are not expected.

    >>> id_of("ff" * 32) == 2**63 - 1
    True
    """
    return int(digest[:16], 16) >> 1


def ids_of(digests: Iterable[str]) -> Ids:
    """`id_of` for many at once.

    >>> ids_of(["00" * 7 + "06" + "00" * 24]).tolist()
    [3]
    """
    digits = bytes.fromhex("".join(digest[:16] for digest in digests))
    return np.asarray(np.frombuffer(digits, dtype=">u8") >> np.uint64(1), dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Selection:
    """Parents that a search may find.

    Attributes:
        bits: one for every row of the index, least significant first.
        count: how many are set.
        version: of the index it was made for.
    """

    bits: npt.NDArray[np.uint8]
    count: int
    version: int


class Index:
    """Two vectors for every parent, paired and wet-only, under one id; search by Euclidean distance.

    Exact up to ``exact_up_to`` parents; beyond, only the lists that are nearest to the query are searched
    (`recommender.index.shelf`).

    Args:
        key: what the vectors were made with; an index of another key is not comparable.
        sizes: numbers in a paired and in a wet-only vector.
        exact_up_to: parents, beyond which there are lists.
    """

    def __init__(self, key: str, sizes: tuple[int, int], *, exact_up_to: int = EXACT_UP_TO) -> None:
        self.key = key
        self.ids: Ids = np.empty(0, np.int64)
        self._shelves = {kind: Shelf(size, exact_up_to) for kind, size in zip(KINDS, sizes, strict=True)}
        self._version = 0
        self._sorted: tuple[Ids, Ids] | None = None

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def sizes(self) -> tuple[int, int]:
        """Numbers in a paired and in a wet-only vector."""
        return self._shelves["paired"].size, self._shelves["wet"].size

    @property
    def is_exact(self) -> bool:
        """Whether a search compares with every parent."""
        return self._shelves["paired"].is_exact

    def add(self, ids: Sequence[int] | Ids, paired: Vectors, wet: Vectors) -> None:
        """Add parents; vectors have shape (len(ids), size). An id that is there already is replaced."""
        numbers = np.asarray(ids, dtype=np.int64)
        if len(numbers) == 0:
            return
        self.remove(numbers)
        for kind, vectors in zip(KINDS, (paired, wet), strict=True):
            self._shelves[kind].add(vectors)
        self._hold(np.concatenate([self.ids, numbers]))

    def remove(self, ids: Sequence[int] | Ids) -> None:
        """Take parents out, all in one pass; ids that are not there are ignored."""
        rows = self._rows(np.asarray(ids, dtype=np.int64))
        if len(rows) == 0:
            return
        for shelf in self._shelves.values():
            shelf.remove(rows)
        self._hold(np.delete(self.ids, rows))

    def select(self, ids: Sequence[int] | Ids) -> Selection:
        """For searches among these ids alone, until the index changes; ids that are not there are ignored."""
        rows = self._rows(np.asarray(ids, dtype=np.int64))
        chosen = np.zeros(len(self), dtype=bool)
        chosen[rows] = True
        return Selection(np.packbits(chosen, bitorder="little"), len(rows), self._version)

    def search(
        self, kind: Kind, query: Vectors, count: int, allowed: Selection | None = None
    ) -> list[tuple[int, float]]:
        """The ``count`` nearest parents as (id, distance), nearest first, equal distances by id.

        Args:
            kind: which of the vectors ``query`` is.
            query: shape (size,).
            count: at most so many are returned.
            allowed: only these; None is all.

        Raises:
            ValueError: the index has changed since ``allowed`` was selected.
        """
        if allowed is not None and allowed.version != self._version:
            raise ValueError("the index has changed since these parents were selected")
        most = len(self) if allowed is None else allowed.count
        if min(count, most) < 1:
            return []
        bits = None if most == len(self) or allowed is None else allowed.bits
        squares, rows = self._shelves[kind].search(query, min(count, most), bits, most)
        ids, distances = self.ids[rows], np.sqrt(np.maximum(squares, 0.0))
        order = np.lexsort((ids, distances))
        return list(zip(ids[order].tolist(), distances[order].tolist(), strict=True))

    def vectors(self, kind: Kind) -> Vectors:
        """All vectors as they are held, shape (parents, size), rows in the order of `ids`."""
        return self._shelves[kind].vectors(0, len(self))

    def points(self, kind: Kind, ids: Sequence[int] | Ids) -> Vectors:
        """The vectors held for these ids, shape (len(ids), size).

        Raises:
            KeyError: one of them is not there.
        """
        numbers = np.asarray(ids, dtype=np.int64)
        rows = self._rows(numbers)
        if len(rows) != len(numbers):
            raise KeyError("an id is not in the index")
        return self._shelves[kind].points(rows)

    def save(self, path: Path) -> None:
        """Write the index to ``path``, whole or not at all.

        Raises:
            WriteError: the disk is full or the folder may not be written.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        write_parts(
            path, self.key, {"ids": self.ids, **{k: s.serialised() for k, s in self._shelves.items()}}
        )

    @classmethod
    def load(cls, path: Path, key: str, *, exact_up_to: int = EXACT_UP_TO) -> Index:
        """Map the index at ``path``; every byte of it is checked, none is copied.

        Raises:
            StaleIndex: the file is damaged, or its key is not ``key``.
            FileNotFoundError: there is none.
        """
        parts = read_parts(path, key)
        try:
            shelves = {kind: Shelf.mapped(parts[kind], exact_up_to) for kind in KINDS}
            ids = parts["ids"].view(np.int64)
        except (KeyError, ValueError, RuntimeError) as error:
            raise StaleIndex(f"{path} is damaged ({error})") from error
        if any(len(shelf) != len(ids) for shelf in shelves.values()):
            raise StaleIndex(f"{path} is damaged: its parts are not of the same models")
        index = cls(key, (shelves["paired"].size, shelves["wet"].size), exact_up_to=exact_up_to)
        index._shelves = shelves
        index._hold(ids)
        return index

    def _hold(self, ids: Ids) -> None:
        self.ids, self._sorted = ids, None
        self._version += 1

    def _rows(self, ids: Ids) -> Ids:
        """Where these ids are, in their order; those that are not there are left out."""
        if self._sorted is None:
            order = np.argsort(self.ids)
            self._sorted = order, self.ids[order]
        order, there = self._sorted
        if len(there) == 0:
            return order
        at = np.minimum(np.searchsorted(there, ids), len(there) - 1)
        return np.asarray(order[at[there[at] == ids]])


__all__ = ["KINDS", "Ids", "Index", "Kind", "Selection", "StaleIndex", "Vectors", "id_of", "ids_of"]
