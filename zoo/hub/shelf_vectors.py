"""The vectors of a shelf's part: written, and read from anyone.

``paired`` (models, size) and ``wet`` (models, size), float32: points of `recommender.space`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError

from zoo.errors import BadRequest, WrongContent
from zoo.hub.shelf import Part, Shelf

KINDS: tuple[Literal["paired"], Literal["wet"]] = ("paired", "wet")
Vectors = dict[str, npt.NDArray[np.float32]]


def key_of_vectors() -> str:
    """Names what vectors are made with here; those of another key cannot be compared."""
    from recommender.fingerprint import FINGERPRINT_KEY
    from recommender.space import space_hash

    return f"{FINGERPRINT_KEY}-{space_hash()[:16]}"


def check_key(shelf: Shelf, place: str) -> None:
    """Raises BadRequest: the vectors were made with other features than ours."""
    if shelf.key != key_of_vectors():
        raise BadRequest(
            f"{place}: its vectors are of another version; update, or ask for it to be pushed anew"
        )


def most_bytes(models: int) -> int:
    """How large the vectors of so many models may be."""
    from recommender.space import space

    return models * sum(space(kind).size for kind in KINDS) * 4 + 4096


def vectors_to_bytes(points: Sequence[Vectors]) -> bytes:
    """The vectors of models, each given as a point of each kind."""
    from safetensors.numpy import save

    return save({kind: np.stack([point[kind] for point in points]).astype(np.float32) for kind in KINDS})


def vectors_from_bytes(data: bytes, part: Part, place: str) -> Vectors:
    """The vectors of a part, of the shapes that they must have.

    Raises:
        WrongContent: they are damaged, of other shapes, or not finite.
    """
    from safetensors.numpy import load

    from recommender.space import space

    place, expected = f"{place}: {part.vectors_path}", {}
    for kind in KINDS:
        expected[kind] = (part.models, space(kind).size)
    try:
        vectors: Vectors = load(data)
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise WrongContent(f"{place} is not a sound safetensors file") from error
    found = {name: array.shape for name, array in vectors.items()}
    if found != expected or any(array.dtype != np.float32 for array in vectors.values()):
        raise WrongContent(f"{place} holds {found}; {expected} are expected")
    if not all(np.isfinite(array).all() for array in vectors.values()):
        raise WrongContent(f"{place} holds NaN or infinity")
    return vectors
