"""Index speed and memory against its goals and a plain numpy scan.

``python -m pytest tests/benchmarks/bench_index.py -m benchmark -s``
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from recommender.index import Index

SIZES = (64, 32)
GOALS_MS = {10_000: 1.0, 1_000_000: 20.0}
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
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def _filled(count: int) -> Index:
    rng = np.random.Generator(np.random.PCG64(0))
    index = Index("benchmark", SIZES)
    for start in range(0, count, 10_000):
        rows = np.arange(start, start + 10_000)
        index.add(rows, *(rng.standard_normal((10_000, size), dtype=np.float32) for size in SIZES))
    return index


@pytest.mark.benchmark
@pytest.mark.parametrize("count", GOALS_MS)
def test_index(count: int) -> None:
    before = _resident()
    index = _filled(count)
    held = _resident() - before
    query = np.random.Generator(np.random.PCG64(1)).standard_normal(SIZES[0], dtype=np.float32)
    vectors = index.vectors("paired")
    ours = _fastest(lambda: index.search("paired", query, 32))
    numpys = _fastest(lambda: np.argpartition(np.square(vectors - query).sum(axis=1), 32), times=5)
    tenth = _fastest(lambda: index.search("paired", query, 32, allowed=range(0, count, 10)), times=5)
    print(f"\n{count} parents: query {ours:.3f} ms ({ours / GOALS_MS[count]:.2f} of the goal),", end=" ")
    print(
        f"{numpys / ours:.1f}x as fast as numpy, a tenth of them allowed {tenth:.2f} ms, {held / 1e6:.0f} MB"
    )
    assert ours < GOALS_MS[count]
    assert held < MOST_BYTES
