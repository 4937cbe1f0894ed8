"""The paper's figures 3, 6, 7 and 8, drawn from what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count, groupby

import numpy as np
import numpy.typing as npt

from zoo.reports.charts import COLOURS, Axis, Curve, line_chart
from zoo.reports.markup import Markup
from zoo.settling import LISTENING_SECONDS, LOWEST_DB, SETTLED_DB
from zoo.studying.files import MASK_SEARCH
from zoo.studying.measured import CellReport, Sparse

KEPT = Axis("weights kept (%)", 0.4, 100.0, (0.5, 1, 2, 5, 10, 20, 50, 100), log=True)
MILLISECONDS = Axis("ms after an impulse", 0.0, 200.0, (0, 50, 100, 150, 200))
LEVEL = Axis("dB", LOWEST_DB, 0.0, (-80, SETTLED_DB, -40, -20, 0))


def search_and_final(cell: CellReport) -> Markup:
    """Fig. 3: the loss that the mask search ends an iteration with, and that of the retrained models."""
    trained = [100 * (1.0 - record.trained_sparsity) for record in cell.records]
    ends = [100 * record.validation for record in cell.records]
    retrained = [m.row for m in cell.rows if m.row.kind == MASK_SEARCH and m.row.weights]
    kept = [100.0, *(100 * (1.0 - row.pruned) for row in retrained)]
    final = [100 * row.test_loss for row in (cell.unpruned, *retrained)]
    curves = [
        Curve("validation loss at an iteration's end", np.array(trained), np.array(ends), 1),
        Curve("test loss after full retraining", np.array(kept), np.array(final), 2, "dashed"),
    ]
    title = f"{cell.device}, hidden size {cell.size}: loss over pruning"
    return line_chart(curves, KEPT, _logarithmic("loss (%)", [*ends, *final]), title=title)


def units_left(cells: Sequence[CellReport]) -> list[tuple[int, Markup]]:
    """Fig. 6: active units over pruning, for each hidden size."""
    drawn = []
    for size, group in groupby(sorted(cells, key=lambda c: c.size), key=lambda c: c.size):
        curves = [
            Curve(
                cell.device,
                np.array([100.0, *(100 * (1.0 - r.sparsity) for r in cell.records)]),
                np.array([size, *(r.hidden for r in cell.records)]),
                colour,
            )
            for cell, colour in zip(group, _colours(), strict=False)
            if cell.records
        ]
        ticks = tuple(float(round(size * share)) for share in (0.0, 0.25, 0.5, 0.75, 1.0))
        axis = Axis("units left", 0.0, float(size), ticks)
        drawn.append((size, line_chart(curves, KEPT, axis, title=f"units left of {size} over pruning")))
    return drawn


def ringing(cells: Iterable[CellReport]) -> Markup:
    """Fig. 7: how the unpruned models settle after an impulse; of each device, the largest."""
    largest = {cell.device: cell for cell in sorted(cells, key=lambda cell: cell.size)}
    curves = [
        Curve(name, 1000 * cell.settling.times, cell.settling.decibels, colour)
        for (name, cell), colour in zip(largest.items(), _colours(), strict=False)
    ]
    assert MILLISECONDS.high <= 1000 * LISTENING_SECONDS
    shown = [Curve(c.name, *_within(c.x, c.y, MILLISECONDS.high), c.colour) for c in curves]
    return line_chart(shown, MILLISECONDS, LEVEL, title="level after an impulse, unpruned models")


def dense_and_sparse(points: Sequence[Sparse]) -> Markup:
    """Fig. 8: plain loops, dense and sparse, times the unpruned network's dense loop."""
    kept = np.array([100 * (1.0 - point.pruned) for point in points])
    curves = [
        Curve("all units, zeros skipped", kept, np.array([p.whole_sparse for p in points]), 1),
        Curve(
            "useless units removed, zeros multiplied", kept, np.array([p.compact_dense for p in points]), 2
        ),
        Curve("useless units removed, zeros skipped", kept, np.array([p.compact_sparse for p in points]), 3),
    ]
    axis = _logarithmic("times the dense time", [float(v) for curve in curves for v in curve.y])
    return line_chart(curves, KEPT, axis, title="time of dense and sparse loops over pruning")


def _within(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], most: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    return x[x <= most], y[x <= most]


def _logarithmic(label: str, values: Sequence[float]) -> Axis:
    """From a power of ten to another, or nearer where they span little."""
    low, high = max(min(values), 1e-6), max(*values, 1e-5)
    ticks = [digit * 10.0**power for power in range(-6, 4) for digit in (1, 2, 5)]
    below = max((tick for tick in ticks if tick <= low), default=ticks[0])
    above = min((tick for tick in ticks if tick >= high), default=ticks[-1])
    if above <= below:
        above = below * 10.0
    return Axis(label, below, above, tuple(tick for tick in ticks if below <= tick <= above), log=True)


def _colours() -> Iterable[int]:
    return (1 + n % (COLOURS - 1) for n in count())
