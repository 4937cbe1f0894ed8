"""The vectors under which the index knows a device: the paired one, and the wet-only one.

The wet-only vector is made of two halves: hand-made numbers in their space (`recommender.space`) and what the
learned encoder hears (`recommender.encoder`), each multiplied by its weight; squared distances add up.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from recommender.bands import Signal
from recommender.encoder import WEIGHTS_HASH, encode, network
from recommender.fingerprint import Fingerprint
from recommender.space import Kind, space, space_hash
from recommender.wet import wet_features

Vector = npt.NDArray[np.float32]

# Chosen on recordings and devices that taught neither half; `manifests/judge_encoder.py` prints the choice.
HAND_MADE, LEARNED = 0.35, 1.0
PIECE_SECONDS = 4.0  # what the encoder was taught on


def size(kind: Kind) -> int:
    """Numbers in a vector."""
    return space(kind).size + (network().size if kind == "wet" else 0)


def place(kind: Kind, fingerprint: Fingerprint) -> Vector:
    """The vector of a model, from its fingerprint, shape (size(kind),).

    Raises:
        KeyError, ValueError: this is no such fingerprint.
    """
    point = space(kind).place(fingerprint[kind])
    return point if kind == "paired" else join(point, fingerprint["heard"])


def wet_query(wet: Signal, sample_rate: int) -> Vector:
    """The wet-only vector of a recording of any length, shape (size("wet"),)."""
    length = round(PIECE_SECONDS * sample_rate)
    count = max(round(wet.size / length), 1)
    pieces = np.array_split(wet, count)
    raw = np.stack([wet_features(piece, sample_rate) for piece in pieces])
    heard = [encode(piece, sample_rate, row) for piece, row in zip(pieces, raw, strict=True)]
    return join(space("wet").place(raw), np.stack(heard))


def join(point: npt.NDArray[Any], heard: npt.NDArray[Any]) -> Vector:
    """Both halves: a point in the wet space, and the mean of embeddings, shape (sounds, size)."""
    if heard.ndim != 2 or heard.shape[1] != network().size:
        raise ValueError(f"embeddings of shape {heard.shape}, not (sounds, {network().size})")
    middle = heard.mean(axis=0, dtype=np.float64)
    return np.concatenate([HAND_MADE * point, LEARNED * middle]).astype(np.float32)


def vectors_key() -> str:
    """Names the spaces and weights that all vectors of an index must share."""
    return f"{space_hash()[:16]}-{WEIGHTS_HASH[:16]}-{HAND_MADE}-{LEARNED}"
