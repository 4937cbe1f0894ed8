"""Makes LSTMs and GRUs for the tests."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from zoo.architecture import Recurrent
from zoo.snapshot import Snapshot

# Every way that a layer can be packed: below, at and above multiples of 4, 8 and 16 lanes and their halves
# and quarters, one block and many, weights within the first-level cache and beyond.
HIDDEN_SIZES = (
    1,
    2,
    3,
    4,
    5,
    6,
    8,
    9,
    11,
    12,
    13,
    16,
    18,
    20,
    21,
    24,
    25,
    32,
    33,
    36,
    40,
    48,
    50,
    64,
    72,
    96,
    130,
)


def with_random_weights(
    architecture: Recurrent, seed: int = 0, scale: float = 1.0, **kwargs: float
) -> Snapshot:
    """Weights as a trained network has them, and a state to start from that is not zero."""
    rng = np.random.default_rng(seed)
    shapes = {**architecture.required_shapes(), **architecture.optional_shapes()}
    weights = {}
    for name, shape in shapes.items():
        spread = scale / np.sqrt(architecture.hidden_size) if "weight_hh" in name or "lin" in name else scale
        weights[name] = rng.normal(0.0, spread, shape).astype(np.float32)
    return Snapshot(architecture, weights, 48_000, **kwargs)  # type: ignore[arg-type]


def noise(samples: int, seed: int = 0) -> np.ndarray:
    """Loud noise with silences in it."""
    rng = np.random.default_rng(seed)
    signal = rng.normal(0.0, 0.3, samples) * (rng.random(samples) < 0.9)
    return signal.astype(np.float32)


architectures = st.builds(
    Recurrent,
    cell=st.sampled_from(["LSTM", "GRU"]),
    hidden_size=st.integers(1, 70),
    input_size=st.integers(1, 4),
    num_layers=st.integers(1, 3),
    residual=st.booleans(),
)
