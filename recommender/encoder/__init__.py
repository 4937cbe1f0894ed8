"""The learned part of the wet-only vector: a small network that hears the device and not the playing.

`encode` is all that a suggestion needs; it imports neither torch nor anything of `learning`, which trains the
weights beside this file (``python manifests/build_encoder.py``).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from recommender.bands import Signal
from recommender.encoder.frames import frames
from recommender.encoder.network import WEIGHTS_HASH, network


def encode(wet: Signal, sample_rate: int, raw: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    """The embedding of a stretch of some three seconds, shape (network().size,); its level does not count.

    Args:
        wet: mono, shape (samples,).
        sample_rate: Hz.
        raw: its `recommender.wet.wet_features`.
    """
    return network().embed(frames(wet, sample_rate), raw)


__all__ = ["WEIGHTS_HASH", "encode", "network"]
