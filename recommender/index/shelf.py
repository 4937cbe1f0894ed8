"""One kind of vectors in faiss: a flat list up to a million, inverted lists beyond; chosen by size.

Vectors are held in half precision: half the memory, twice the speed, and 1e-3 of a number is far below what
the playing moves it. They are numbered by row, 0, 1, 2 ...; what is behind a row is the caller's business.

Inverted lists (Sivic & Zisserman 2003): every vector is in the list of its nearest centre, and a search looks
into the lists whose centres are nearest to the query.
"""

from __future__ import annotations

import math
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

EXACT_UP_TO = 1_000_000
LISTS_SEARCHED = 128  # of 1024 or more: recall .99 on devices that spread as real ones do (bench_index.py)
SEEN_FOR_EACH = 4  # vectors that are looked at for each that is asked for, at least
TAUGHT_BY = 64  # vectors that each centre learns from
CHUNK = 65_536

Vectors = npt.NDArray[np.float32]
Bits = npt.NDArray[np.uint8]
Rows = npt.NDArray[np.int64]

faiss.omp_set_num_threads(1)  # one query is one thread's work, and the sums keep their order


def lists_for(count: int) -> int:
    """A power of two near twice the square root, so that finding the lists and searching them cost alike.

    >>> lists_for(1_000_000)
    1024
    """
    return int(2 ** math.floor(math.log2(2 * math.sqrt(max(count, 1)))))


class Shelf:
    """Vectors of one size.

    Args:
        size: numbers in a vector.
        exact_up_to: vectors, beyond which there are lists.
    """

    def __init__(self, size: int, exact_up_to: int = EXACT_UP_TO) -> None:
        self._faiss = _flat(size)
        self._exact_up_to = exact_up_to
        self._file: Bits | None = None

    @classmethod
    def mapped(cls, serialised: Bits, exact_up_to: int = EXACT_UP_TO) -> Shelf:
        """What was `serialised`, in place: the array must not change and nothing of it is copied.

        Raises:
            ValueError, RuntimeError: it is not a shelf.
        """
        reader = faiss.ZeroCopyIOReader(faiss.swig_ptr(serialised), serialised.nbytes)
        found = faiss.read_index(reader, faiss.IO_FLAG_MMAP_IFC)
        if not isinstance(found, faiss.IndexScalarQuantizer | faiss.IndexIVFScalarQuantizer):
            raise ValueError(f"an index of type {type(found).__name__}")  # noqa: TRY004 - the file's type
        shelf = cls(found.d, exact_up_to)
        shelf._faiss, shelf._file = found, serialised
        return shelf

    def __len__(self) -> int:
        return int(self._faiss.ntotal)

    @property
    def size(self) -> int:
        """Numbers in a vector."""
        return int(self._faiss.d)

    @property
    def is_exact(self) -> bool:
        """Whether a search compares with every vector."""
        return isinstance(self._faiss, faiss.IndexScalarQuantizer)

    def add(self, vectors: Vectors) -> None:
        """Put vectors, shape (count, size), on the rows that follow."""
        self._own()
        _append(self._faiss, np.ascontiguousarray(vectors, dtype=np.float32))
        self._settle()

    def remove(self, rows: Rows) -> None:
        """Take rows out; those behind them move up."""
        self._own()
        kept = np.ones(len(self), dtype=bool)
        kept[rows] = False
        gone = np.packbits(~kept, bitorder="little")
        self._faiss.remove_ids(faiss.IDSelectorBitmap(gone))
        if not self.is_exact:
            _renumber(self._faiss, np.cumsum(kept) - 1)
        self._settle()

    def search(
        self, query: Vectors, count: int, bits: Bits | None, most: int
    ) -> tuple[npt.NDArray[np.float32], Rows]:
        """Squared distances and rows of the nearest ``count``, nearest first.

        Args:
            query: shape (size,).
            count: not more than ``most``.
            bits: one for each row that may be found; None is all.
            most: how many may be found.
        """
        selector = None if bits is None else faiss.IDSelectorBitmap(bits)
        asked = np.ascontiguousarray(query, dtype=np.float32)[None, :]
        if self.is_exact:
            parameters = None if selector is None else faiss.SearchParameters(sel=selector)
            return _found(*self._faiss.search(asked, count, params=parameters))
        lists = int(self._faiss.nlist)
        share = max(LISTS_SEARCHED / lists, SEEN_FOR_EACH * count / len(self)) * len(self) / most
        for searched in sorted({min(math.ceil(share * lists), lists), lists}):
            parameters = faiss.SearchParametersIVF(sel=selector, nprobe=searched)
            squares, rows = _found(*self._faiss.search(asked, count, params=parameters))
            if len(rows) == count:
                break
        return squares, rows

    def vectors(self, start: int, count: int) -> Vectors:
        """Vectors of rows that follow one another, shape (count, size)."""
        if count == 0:
            return np.empty((0, self.size), np.float32)
        return np.asarray(self._faiss.reconstruct_n(start, count), dtype=np.float32)

    def points(self, rows: Rows) -> Vectors:
        """Vectors of some rows, shape (len(rows), size)."""
        if len(rows) == 0:
            return np.empty((0, self.size), np.float32)
        if not self.is_exact:
            self._faiss.set_direct_map_type(faiss.DirectMap.Array)  # nothing where it is so already
        return np.asarray(self._faiss.reconstruct_batch(rows), dtype=np.float32)

    def serialised(self) -> Bits:
        """All of it as bytes; the same vectors in the same order give the same."""
        if self._file is not None:
            return self._file
        self._forget_places()
        return np.asarray(faiss.serialize_index(self._faiss), dtype=np.uint8)

    def _own(self) -> None:
        """Copy what is mapped: a mapped index cannot be written to, faiss ends the process."""
        if self._file is not None:
            self._faiss, self._file = faiss.deserialize_index(self._file), None
        self._forget_places()

    def _forget_places(self) -> None:
        if not self.is_exact:
            self._faiss.set_direct_map_type(faiss.DirectMap.NoMap)

    def _settle(self) -> None:
        """Be what the size asks for; lists stay until half is gone, and are more at four times the size."""
        count = len(self)
        if self.is_exact:
            if count > self._exact_up_to:
                self._faiss = self._into(_lists(self))
        elif count <= self._exact_up_to // 2:
            self._faiss = self._into(_flat(self.size))
        elif lists_for(count) > self._faiss.nlist:
            self._faiss = self._into(_lists(self))

    def _into(self, empty: Any) -> Any:
        for start in range(0, len(self), CHUNK):
            _append(empty, self.vectors(start, min(CHUNK, len(self) - start)))
        return empty


def _flat(size: int) -> Any:
    return faiss.IndexScalarQuantizer(size, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_L2)


def _lists(shelf: Shelf) -> Any:
    """Empty lists around centres that the vectors of a shelf have taught; the seed is faiss's own, fixed."""
    count, lists = len(shelf), lists_for(len(shelf))
    centres = faiss.IndexFlatL2(shelf.size)
    index = faiss.IndexIVFScalarQuantizer(
        centres, shelf.size, lists, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_L2, False
    )
    index.cp.niter = 10
    index.cp.max_points_per_centroid = TAUGHT_BY
    teachers = np.linspace(0, count - 1, min(TAUGHT_BY * lists, count)).astype(np.int64)
    index.train(shelf.points(teachers))
    return index


def _append(index: Any, vectors: Vectors) -> None:
    if isinstance(index, faiss.IndexScalarQuantizer):
        index.add(vectors)
    else:
        first = index.ntotal
        index.add_with_ids(vectors, np.arange(first, first + len(vectors)))


def _renumber(index: Any, new: npt.NDArray[np.int64]) -> None:
    for number in range(index.nlist):
        length = index.invlists.list_size(number)
        if length:
            rows = faiss.rev_swig_ptr(index.invlists.get_ids(number), length)
            rows[:] = new[rows]


def _found(squares: npt.NDArray[np.float32], rows: Rows) -> tuple[npt.NDArray[np.float32], Rows]:
    there = rows[0] >= 0
    return squares[0][there], rows[0][there]
