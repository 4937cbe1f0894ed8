"""Models with knobs: the position nearest to a capture."""

from __future__ import annotations

from itertools import product

import numpy as np

from training.data import Part, Signal
from zoo.engine import render_many
from zoo.knobs import with_knobs_fixed
from zoo.snapshot import Snapshot

MAX_SECONDS = 5
GRID = tuple(round(float(k), 1) for k in np.linspace(0.0, 1.0, 11))


def nearest_knobs(snapshot: Snapshot, part: Part) -> tuple[float, ...]:
    """The knob position, in tenths, whose sound at its best gain is nearest to the wet signal.

    Every position of up to two knobs is tried; of more, one knob after the other, twice round, from noon.
    """
    dry = np.concatenate(part.dry)[: MAX_SECONDS * snapshot.sample_rate]
    wet = np.concatenate(part.wet)[: dry.size]
    if snapshot.num_knobs <= 2:
        return _nearest(snapshot, dry, wet, list(product(GRID, repeat=snapshot.num_knobs)))
    knobs: tuple[float, ...] = (0.5,) * snapshot.num_knobs
    for index in 2 * list(range(snapshot.num_knobs)):
        knobs = _nearest(snapshot, dry, wet, [(*knobs[:index], v, *knobs[index + 1 :]) for v in GRID])
    return knobs


def _nearest(
    snapshot: Snapshot, dry: Signal, wet: Signal, positions: list[tuple[float, ...]]
) -> tuple[float, ...]:
    sounds = render_many([with_knobs_fixed(snapshot, position) for position in positions], dry)
    return positions[int(np.argmin([_unexplained(wet, sound) for sound in sounds]))]


def _unexplained(target: Signal, prediction: Signal) -> float:
    """1 - rho^2: the ESR that is left when the prediction may be scaled."""
    a, b = target.astype(np.float64), prediction.astype(np.float64)
    energy = float(np.dot(a, a) * np.dot(b, b))
    return 1.0 - float(np.dot(a, b)) ** 2 / energy if energy > 0.0 else 1.0
