"""The encoder's network in numpy: some hundred thousand multiplications a frame, so nothing else is needed.

Frames pass three layers (two of them convolutions over time, the first at every other frame); their mean and
spread over time, beside the hand-made numbers of `recommender.wet`, pass two more. A twin in torch is taught
by `recommender.encoder.learning`; a test says that both agree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

WEIGHTS_FILE = Path(__file__).with_name("encoder.safetensors")
# Sha-256 of the committed weights; a test computes it anew, `manifests/build_encoder.py` prints it.
WEIGHTS_HASH = "8639e4074f755f214276ae987a940c12e6baf59d4fb94fea3aa8f66fcf4d903d"
STRIDE = 2
FEWEST_FRAMES = 16  # a shorter signal is heard again and again
FURTHEST = 6.0  # standard deviations at which a hand-made number is held
SPREAD_FLOOR = 1e-4  # added to variances


@dataclass(frozen=True)
class Network:
    """Weights by name.

    Attributes:
        weights: ``frames.mean``, ``frames.deviation``, ``wet.mean``, ``wet.deviation`` (what to expect of the
            inputs), ``conv1``, ``conv2``, ``conv3``, ``dense1``, ``dense2``, each with ``.weight`` (out, in,
            taps) or (out, in) and ``.bias`` (out,).
    """

    weights: Mapping[str, Array]

    @property
    def size(self) -> int:
        """Numbers in an embedding."""
        return int(self.weights["dense2.bias"].size)

    def embed(self, frames: Array, raw: Array) -> npt.NDArray[np.float32]:
        """The embedding of one stretch of sound, shape (size,).

        Args:
            frames: of `recommender.encoder.frames`, shape (frames, FRAME_SIZE).
            raw: its `recommender.wet.wet_features`, shape (WET_SIZE,).
        """
        w = self.weights
        x = (enough(frames) - w["frames.mean"]) / w["frames.deviation"]
        for name, stride in (("conv1", STRIDE), ("conv2", 1), ("conv3", 1)):
            x = np.maximum(_convolve(x, w[f"{name}.weight"], stride) + w[f"{name}.bias"], 0.0)
        spread = np.sqrt(x.var(axis=0) + SPREAD_FLOOR)
        pooled = np.concatenate([x.mean(axis=0), spread, standard(raw, w)])
        hidden = np.maximum(w["dense1.weight"] @ pooled + w["dense1.bias"], 0.0)
        return np.asarray(w["dense2.weight"] @ hidden + w["dense2.bias"], dtype=np.float32)


def enough(frames: Array) -> Array:
    """The frames, repeated until there are `FEWEST_FRAMES`."""
    times = -(-FEWEST_FRAMES // len(frames))
    return np.tile(frames, (times, 1)) if times > 1 else frames


def standard(raw: Array, weights: Mapping[str, Array]) -> npt.NDArray[np.float32]:
    """Hand-made numbers in standard deviations, shape (..., WET_SIZE)."""
    standard = (raw - weights["wet.mean"]) / weights["wet.deviation"]
    return np.asarray(np.clip(np.nan_to_num(standard), -FURTHEST, FURTHEST), dtype=np.float32)


def _convolve(x: Array, weight: Array, stride: int) -> Array:
    """Shape (frames, in) to (frames', out); as in torch, no padding, and the kernel is not turned over."""
    outputs, inputs, taps = weight.shape
    windows = np.lib.stride_tricks.sliding_window_view(x, taps, axis=0)[::stride]
    return np.asarray(windows.reshape(-1, inputs * taps) @ weight.reshape(outputs, -1).T)


@cache
def network() -> Network:
    """The committed network."""
    from safetensors.numpy import load_file

    return Network(load_file(WEIGHTS_FILE))


def compute_weights_hash() -> str:
    """What `WEIGHTS_HASH` must be."""
    return hashlib.sha256(WEIGHTS_FILE.read_bytes()).hexdigest()
