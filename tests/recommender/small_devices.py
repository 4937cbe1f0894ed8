"""Small devices for the recommender's tests: made in a moment, the same every time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from zoo.architecture import Recurrent
from zoo.capture import Capture, Take
from zoo.engine import render
from zoo.snapshot import Snapshot

Signal = npt.NDArray[np.float32]


def make_device(seed: int, *, knobs: int = 0, rate: int = 44_100) -> Snapshot:
    """An LSTM-6 with random weights, driven hard enough to distort."""
    architecture = Recurrent("LSTM", 6, input_size=1 + knobs)
    rng = np.random.Generator(np.random.PCG64(seed))
    shapes = architecture.required_shapes()
    weights = {name: rng.normal(0.0, 0.6, shape).astype(np.float32) for name, shape in shapes.items()}
    weights["rec.weight_ih_l0"] *= np.float32(6.0)
    return Snapshot(architecture, weights, sample_rate=rate)


def capture_of(
    device: Snapshot,
    dry: Signal,
    *,
    gain_db: float = 0.0,
    input_gain_db: float = 0.0,
    knobs: Sequence[float] | None = None,
    rate: int = 44_100,
) -> Capture:
    """What recording ``device`` would give, the wet side scaled by ``gain_db``."""
    played = render(device, dry * np.float32(10 ** (input_gain_db / 20)), knobs=knobs)
    wet = ((played - played.mean()) * np.float32(10 ** (gain_db / 20))).astype(np.float32)
    return Capture(wet, dry, rate, "test", (Take("test", 0, dry.size),))
