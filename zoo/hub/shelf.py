"""A shelf: one repository that holds many models, with a list of them and a vector for each.

``shelf.json`` lists the models and vouches for ``vectors.safetensors`` and every model's own ``zoo.json``;
each model lies in ``models/<id>/``. Vectors are points of `recommender.space`: ``paired`` (models, size) and
``wet`` (models, size), float32, rows in the order of the list.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field, ValidationError, model_validator
from safetensors import SafetensorError

from registry.fields import Sha256, Strict, Text, complaint
from registry.filters import Filter
from registry.manifest import FileRecord, Manifest
from registry.quality import GainClass
from zoo.errors import BadRequest, WrongContent

SHELF_NAME, VECTORS_NAME = "shelf.json", "vectors.safetensors"
MAX_SHELF_BYTES = 128 << 20
MAX_VECTOR_BYTES = 256 << 20
Vectors = dict[str, npt.NDArray[np.float32]]
KINDS: tuple[Literal["paired"], Literal["wet"]] = ("paired", "wet")


class ShelfModel(Strict):
    """A model on the shelf, as far as it is searched by."""

    id: Sha256
    name: Text
    device: Text | None = None
    gain_class: GainClass | None = None
    architecture: Text
    family: Text
    sample_rate: Annotated[int, Field(ge=1)] = Field(description="Hz")
    licence: Text
    manifest: Sha256 = Field(description="sha-256 of its zoo.json")

    @property
    def folder(self) -> str:
        """Where it lies in the repository."""
        return f"models/{self.id}"

    def fits(self, wanted: Filter, words: list[str]) -> bool:
        """Whether it is of the wanted kind, and all words are somewhere in it."""
        said = (self.name, self.device, self.gain_class, self.architecture, self.id)
        text = " ".join(filter(None, said)).casefold()
        asked = (
            (wanted.gain, self.gain_class),
            (wanted.licence, self.licence),
            (str(wanted.rate) if wanted.rate else None, str(self.sample_rate)),
        )
        named = wanted.arch is None or wanted.arch.lower() in (self.family.lower(), self.architecture.lower())
        device = wanted.device is None or wanted.device.casefold() in (self.device or "").casefold()
        exact = all(want is None or want.lower() == (have or "").lower() for want, have in asked)
        return named and device and exact and all(word in text for word in words)


class Shelf(Strict):
    """The list of models."""

    format: Literal["tonezoo-shelf"] = "tonezoo-shelf"
    version: Literal[1] = 1
    key: Text = Field(description="names probe, features and space behind the vectors")
    vectors: FileRecord
    models: tuple[ShelfModel, ...] = Field(max_length=200_000)

    @model_validator(mode="after")
    def _sound(self) -> Shelf:
        ids = [model.id for model in self.models]
        if ids != sorted(set(ids)):
            raise ValueError("the models must be sorted by id, each once")
        return self

    def to_bytes(self) -> bytes:
        """The content of ``shelf.json``: the same bytes for the same shelf."""
        return (self.model_dump_json() + "\n").encode()


def shelf_from_bytes(data: bytes, place: str) -> Shelf:
    """Read a list that may come from anyone.

    Raises:
        BadRequest: too large, not JSON, or a field is missing, unknown or out of bounds.
    """
    if len(data) > MAX_SHELF_BYTES:
        raise BadRequest(
            f"{place}: its {SHELF_NAME} has {len(data)} bytes; at most {MAX_SHELF_BYTES} are read"
        )
    try:
        return Shelf.model_validate_json(data)
    except ValidationError as error:
        raise BadRequest(f"{place}: its {SHELF_NAME} is damaged at {complaint(error)}") from error


def entry_of(manifest: Manifest, sha256: str) -> ShelfModel:
    """A manifest as the list tells it; a licence must be known."""
    device = str(manifest.device)
    return ShelfModel(
        id=manifest.id,
        name=manifest.name,
        device=None if device == "unknown" else device,
        gain_class=manifest.gain_class,
        architecture=manifest.architecture,
        family=manifest.family,
        sample_rate=manifest.sample_rate,
        licence=manifest.licence or "",
        manifest=sha256,
    )


def key_of_vectors() -> str:
    """Names what vectors are made with here; those of another key cannot be compared."""
    from recommender.fingerprint import FINGERPRINT_KEY
    from recommender.space import space_hash

    return f"{FINGERPRINT_KEY}-{space_hash()[:16]}"


def vectors_from_bytes(data: bytes, shelf: Shelf, place: str) -> Vectors:
    """The vectors of a shelf, of the shapes that they must have.

    Raises:
        WrongContent: they are damaged, of other shapes, or not finite.
        BadRequest: they were made with other features than ours.
    """
    from safetensors.numpy import load

    from recommender.space import space

    if shelf.key != key_of_vectors():
        raise BadRequest(
            f"{place}: its vectors are of another version; update, or ask for it to be pushed anew"
        )
    expected = {kind: (len(shelf.models), space(kind).size) for kind in KINDS}
    try:
        vectors: Vectors = load(data)
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise WrongContent(f"{place}: its {VECTORS_NAME} is not a sound safetensors file") from error
    found = {name: array.shape for name, array in vectors.items()}
    if found != expected or any(array.dtype != np.float32 for array in vectors.values()):
        raise WrongContent(f"{place}: its {VECTORS_NAME} holds {found}; {expected} are expected")
    if not all(np.isfinite(array).all() for array in vectors.values()):
        raise WrongContent(f"{place}: its {VECTORS_NAME} holds NaN or infinity")
    return vectors
