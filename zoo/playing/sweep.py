"""A short signal that reaches every part of a network, for test vectors. Mono float32, full scale = 1.0."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def rising_sweep(samples: int) -> npt.NDArray[np.float32]:
    """A rising sweep with noise, from silence to full scale; shape (samples,)."""
    t = np.arange(samples) / samples
    sweep = np.sin(2.0 * np.pi * (4.0 * t + 200.0 * t**3))
    noise = np.random.default_rng(0).uniform(-0.2, 0.2, samples)
    signal: npt.NDArray[np.float32] = ((0.8 * sweep + noise) * t).astype(np.float32)
    return signal
