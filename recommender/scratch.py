"""The rival of every parent: a network that has learned nothing yet.

Its random states take part in the same trial as the parents. Where no parent explains the capture better than
they do, there is nothing to inherit, and training from scratch is the honest advice.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from zoo.architecture import Recurrent
from zoo.snapshot import Snapshot

HIDDEN_SIZE = 40
SEED = 0


@cache
def untrained() -> Snapshot:
    """An LSTM with PyTorch's initial weights, uniform within 1/sqrt(hidden size); always the same one."""
    architecture = Recurrent("LSTM", HIDDEN_SIZE, residual=True)
    rng = np.random.Generator(np.random.PCG64(SEED))
    bound = 1.0 / np.sqrt(HIDDEN_SIZE)
    weights = {
        name: rng.uniform(-bound, bound, shape).astype(np.float32)
        for name, shape in architecture.required_shapes().items()
    }
    return Snapshot(architecture, weights, sample_rate=48_000)
