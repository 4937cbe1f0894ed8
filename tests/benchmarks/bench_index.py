"""Index speed and memory against its goals and a plain numpy scan; lists against the exact answer.

``python -m pytest tests/benchmarks/bench_index.py -m benchmark -s``

Devices come in families of twenty, and every second one is a near-duplicate of the one before it. Along the
axes they spread as the real models of the starter zoo do: 5 on the first, less and less on those that follow.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from recommender.index import Index
from recommender.nominate import Candidate, nominate

SIZES = (64, 64)
STEP = 10_000
GOALS_MS = {10_000: 1.0, 1_000_000: 20.0}
FILTERED_MS = 100.0  # a filter may cost something, and never seconds
MOST_BYTES = 600e6


def _fastest(call: Callable[[], object], times: int = 20) -> float:
    """Milliseconds of the fastest of many calls."""
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        spent.append(time.perf_counter() - start)
    return 1e3 * min(spent)


def _resident() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def _devices(first: int) -> tuple[np.ndarray, np.ndarray]:
    """STEP devices, both vectors, the same for the same ``first``."""
    rng = np.random.Generator(np.random.PCG64(first))
    family = np.repeat(np.arange(STEP // 20), 20)
    both = []
    for size in SIZES:
        spread = (5.0 * np.arange(1, size + 1) ** -0.7).astype(np.float32)
        points = spread * rng.standard_normal((STEP // 20, size), dtype=np.float32)[family]
        points += 0.3 * spread * rng.standard_normal((STEP, size), dtype=np.float32)
        points[1::2] = points[::2] + 1e-4 * rng.standard_normal((STEP // 2, size), dtype=np.float32)
        both.append(points)
    return both[0], both[1]


def _filled(count: int, exact_up_to: int = 1_000_000) -> Index:
    index = Index("benchmark", SIZES, exact_up_to=exact_up_to)
    for first in range(0, count, STEP):
        index.add(np.arange(first, first + STEP), *_devices(first))
    return index


def _queries(count: int) -> np.ndarray:
    """Near to devices that are there."""
    rng = np.random.Generator(np.random.PCG64(1))
    return _devices(0)[0][rng.integers(0, STEP, count)] + 0.3 * rng.standard_normal((count, SIZES[0]), "f4")


@pytest.mark.benchmark
@pytest.mark.parametrize("count", GOALS_MS)
def test_index(count: int, tmp_path: Path) -> None:
    _filled(count).save(tmp_path / "index")
    before = _resident()
    opened = _fastest(lambda: Index.load(tmp_path / "index", "benchmark"), times=3)
    index = Index.load(tmp_path / "index", "benchmark")
    assert index.is_exact
    query = _queries(1)[0]
    ours = _fastest(lambda: index.search("paired", query, 32))
    index.search("wet", query, 32)
    held = _resident() - before
    vectors = index.vectors("paired")
    numpys = _fastest(lambda: np.argpartition(np.square(vectors - query).sum(axis=1), 32), times=5)
    print(f"\n{count} parents: query {ours:.3f} ms ({ours / GOALS_MS[count]:.2f} of the goal),", end=" ")
    print(f"{numpys / ours:.1f}x as fast as numpy; opened in {opened:.1f} ms, {held / 1e6:.0f} MB resident")
    for every in (2, 10, 1000):
        ids = np.arange(0, count, every)
        filtered = _fastest(lambda ids=ids: index.search("paired", query, 32, index.select(ids)), times=5)
        print(f"  1 in {every} allowed: {filtered:.2f} ms ({filtered / ours:.1f}x)")
        assert filtered < FILTERED_MS
    assert ours < GOALS_MS[count]
    assert held < MOST_BYTES


@pytest.mark.benchmark
def test_nominating_from_a_million() -> None:
    index = _filled(1_000_000)
    digests = [f"{2 * number:016x}" + "0" * 48 for number in range(len(index))]
    candidates = {digest: Candidate(digest, f"family {i // 20}") for i, digest in enumerate(digests)}
    query = _queries(1)[0]
    nominees = nominate(index, "paired", query, candidates)
    spent = _fastest(lambda: nominate(index, "paired", query, candidates), times=3)
    print(f"\n{len(nominees)} nominees of a million candidates in {spent:.0f} ms")
    assert len(nominees) == 32
    assert len({nominee.family for nominee in nominees}) >= 11


@pytest.mark.benchmark
def test_lists_against_the_exact_answer(tmp_path: Path) -> None:
    count, queries = 2_000_000, _queries(50)
    exact, lists = _filled(count, exact_up_to=count), _filled(count)
    assert exact.is_exact
    assert not lists.is_exact
    shared = [
        len({i for i, _ in exact.search("paired", q, 32)} & {i for i, _ in lists.search("paired", q, 32)})
        for q in queries
    ]
    recall = float(np.mean(shared)) / 32
    slow, fast = (
        _fastest(lambda index=index: [index.search("paired", q, 32) for q in queries], times=3) / len(queries)
        for index in (exact, lists)
    )
    print(f"\n{count} parents: lists find {recall:.4f} of the nearest 32 in {fast:.2f} ms,", end=" ")
    print(f"{slow / fast:.0f}x as fast as comparing with all ({slow:.1f} ms)")
    ids = np.arange(0, count, 100)
    few = [
        len(
            {i for i, _ in exact.search("paired", q, 32, exact.select(ids))}
            & {i for i, _ in lists.search("paired", q, 32, lists.select(ids))}
        )
        for q in queries[:10]
    ]
    print(f"  among 1 in 100: {np.mean(few) / 32:.4f}")
    assert recall > 0.98
    assert np.mean(few) / 32 > 0.98
    lists.save(tmp_path / "index")
    del exact, lists
    before = _resident()
    start = time.perf_counter()
    index = Index.load(tmp_path / "index", "benchmark")
    print(f"  opened in {1e3 * (time.perf_counter() - start):.0f} ms,", end=" ")
    index.search("paired", queries[0], 32)
    print(f"{(_resident() - before) / 1e6:.0f} MB resident")
