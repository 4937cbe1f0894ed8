"""An index too large to compare with every parent: the same answers from inverted lists."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from recommender.index import Index

SIZES = (8, 4)
COUNT, EXACT_UP_TO = 6000, 4000


def _vectors(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Devices in families of about twenty; in half precision already."""
    rng = np.random.Generator(np.random.PCG64(seed))
    family = rng.integers(0, count // 20, count)
    return tuple(
        (5.0 * rng.standard_normal((count // 20, size))[family] + rng.standard_normal((count, size)))
        .astype(np.float16)
        .astype(np.float32)
        for size in SIZES
    )  # type: ignore[return-value]


@pytest.fixture(scope="module")
def large() -> Index:
    """Ids are 3, 6, 9 ..."""
    index = Index("k", SIZES, exact_up_to=EXACT_UP_TO)
    index.add(3 * np.arange(1, COUNT + 1), *_vectors(COUNT, 0))
    return index


@pytest.fixture
def own(large: Index, tmp_path: Path) -> Index:
    """The same, to be changed."""
    large.save(tmp_path / "index")
    return Index.load(tmp_path / "index", "k", exact_up_to=EXACT_UP_TO)


def _nearest(index: Index, query: np.ndarray, count: int, allowed: np.ndarray | None = None) -> list[int]:
    """By comparing with every parent, in numpy."""
    ids = index.ids
    squares = np.square(index.vectors("paired") - query).sum(axis=1)
    if allowed is not None:
        squares = np.where(np.isin(ids, allowed), squares, np.inf)
    return ids[np.lexsort((ids, squares))[:count]].tolist()


def _recall(index: Index, allowed: np.ndarray | None = None, count: int = 16) -> float:
    queries = _vectors(400, 1)[0][:20]
    selected = None if allowed is None else index.select(allowed)
    found = [
        len(
            {i for i, _ in index.search("paired", query, count, selected)}
            & {*_nearest(index, query, count, allowed)}
        )
        for query in queries
    ]
    return float(np.mean(found)) / count


def test_the_size_chooses() -> None:
    index = Index("k", SIZES, exact_up_to=EXACT_UP_TO)
    vectors = _vectors(COUNT, 0)
    index.add(np.arange(EXACT_UP_TO), *(part[:EXACT_UP_TO] for part in vectors))
    assert index.is_exact
    index.add(np.arange(EXACT_UP_TO, COUNT), *(part[EXACT_UP_TO:] for part in vectors))
    assert not index.is_exact
    index.remove(np.arange(EXACT_UP_TO // 2 + 1))
    assert not index.is_exact  # no back and forth at the border
    index.remove(np.arange(EXACT_UP_TO // 2 + 1, EXACT_UP_TO + 1))
    assert index.is_exact
    assert np.array_equal(index.vectors("wet"), vectors[1][EXACT_UP_TO + 1 :])


def test_a_growing_index_gets_more_lists(own: Index) -> None:
    before = own._shelves["paired"]._faiss.nlist
    own.add(np.arange(1_000_000, 1_000_000 + 3 * COUNT), *_vectors(3 * COUNT, 2))
    assert own._shelves["paired"]._faiss.nlist == 2 * before
    assert _recall(own) > 0.95


def test_nearly_all_of_the_nearest_are_found(large: Index) -> None:
    assert _recall(large) > 0.97


@pytest.mark.parametrize("every", [2, 50, 1000])
def test_among_few_they_are_found_too(large: Index, every: int) -> None:
    allowed = large.ids[::every]
    assert _recall(large, allowed, min(16, len(allowed))) > 0.97


def test_all_are_found_when_all_are_asked_for(large: Index) -> None:
    found = large.search("wet", np.zeros(4), COUNT)
    assert sorted(i for i, _ in found) == large.ids.tolist()


def test_vectors_come_by_row_and_by_id(large: Index) -> None:
    paired, wet = _vectors(COUNT, 0)
    assert np.array_equal(large.vectors("paired"), paired)
    assert np.array_equal(large.points("wet", [30, 3]), wet[[9, 0]])


def test_what_was_mapped_is_changed_as_if_it_never_had_been(own: Index, tmp_path: Path) -> None:
    written = (tmp_path / "index").read_bytes()
    paired, wet = _vectors(COUNT, 0)
    own.remove(3 * np.arange(1, 1001))
    own.add([1], np.full((1, 8), 9.0), np.zeros((1, 4)))
    assert own.search("paired", np.full(8, 9.0), 1) == [(1, 0.0)]
    assert np.array_equal(own.vectors("paired")[:-1], paired[1000:])
    assert np.array_equal(own.points("wet", [3003]), wet[1000:1001])
    assert _recall(own) > 0.97
    assert (tmp_path / "index").read_bytes() == written
    own.save(tmp_path / "again")
    again = Index.load(tmp_path / "again", "k", exact_up_to=EXACT_UP_TO)
    assert again.search("paired", paired[2000], 5) == own.search("paired", paired[2000], 5)
    again.save(tmp_path / "same")
    assert (tmp_path / "same").read_bytes() == (tmp_path / "again").read_bytes()
