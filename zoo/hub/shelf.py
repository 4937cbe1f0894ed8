"""A shelf: one repository that holds a whole zoo, with a list of its models and a vector for each.

``shelf.json`` names all other files, by their hashes: the index in parts, each a list and the vectors for it,
and the models in packs (`zoo.hub.packs`). A part or pack holds the models whose ids begin with certain
digits, and its hash is in its name: who adds a model changes one part and one pack, and a new one never takes
the place of one that somebody is reading. 100 000 models are about 4100 files; the Hub asks for fewer than
100 000 in a repository, 10 000 in a folder and 100 in a commit.

Vectors are points of `recommender.space`: ``paired`` (models, size) and ``wet`` (models, size), float32, rows
in the order of the list.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from registry.fields import Sha256, Strict, Text, complaint
from registry.filters import Filter
from registry.manifest import FileRecord, Manifest
from registry.quality import GainClass
from zoo.errors import BadRequest, WrongContent

SHELF_NAME = "shelf.json"
MAX_SHELF_BYTES = 8 << 20
MOST_MODELS = 1_000_000
MOST_BYTES_LISTED = 8192  # of a list, for each model

Digits = Annotated[str, Field(pattern=r"^[0-9a-f]{0,4}$")]


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


class Part(Strict):
    """Some of the index."""

    digits: Digits = Field(description="with which the ids of its models begin")
    models: Annotated[int, Field(ge=1)]
    listed: FileRecord
    vectors: FileRecord

    @property
    def list_path(self) -> str:
        """The list's path in the repository."""
        return f"index/{_stem(self.digits, self.listed)}.json"

    @property
    def vectors_path(self) -> str:
        """The vectors' path in the repository."""
        return f"index/{_stem(self.digits, self.vectors)}.safetensors"


class Pack(Strict):
    """Some of the models."""

    digits: Digits = Field(description="with which the ids of its models begin")
    file: FileRecord

    @property
    def path(self) -> str:
        """Its path in the repository."""
        return f"packs/{_stem(self.digits, self.file)}.safetensors"


def _stem(digits: str, record: FileRecord) -> str:
    return f"{digits or 'all'}-{record.sha256[:16]}"


class Shelf(Strict):
    """What is on the shelf, and the hashes of all that belongs to it."""

    format: Literal["tonezoo-shelf"] = "tonezoo-shelf"
    version: Literal[1] = 1
    key: Text = Field(description="names probe, features and space behind the vectors")
    models: Annotated[int, Field(ge=1, le=MOST_MODELS)]
    parts: tuple[Part, ...] = Field(max_length=4096)
    packs: tuple[Pack, ...] = Field(max_length=65_536)

    @model_validator(mode="after")
    def _sound(self) -> Shelf:
        for kind in (self.parts, self.packs):
            digits = [one.digits for one in kind]
            if digits != sorted(set(digits)) or len({len(one) for one in digits}) > 1:
                raise ValueError("parts and packs must be sorted by digits, equally many, each once")
        if sum(part.models for part in self.parts) != self.models:
            raise ValueError("the parts do not hold as many models as the shelf")
        return self

    def files(self) -> dict[str, FileRecord]:
        """All files that it names, by their paths."""
        index = {part.list_path: part.listed for part in self.parts}
        vectors = {part.vectors_path: part.vectors for part in self.parts}
        return {**index, **vectors, **{pack.path: pack.file for pack in self.packs}}

    def pack_of(self, model: str) -> Pack | None:
        """The pack that a model must be in."""
        size = len(self.packs[0].digits) if self.packs else 0
        return next((pack for pack in self.packs if pack.digits == model[:size]), None)

    def to_bytes(self) -> bytes:
        """The content of ``shelf.json``: the same bytes for the same shelf."""
        return (self.model_dump_json() + "\n").encode()


class ShelfList(Strict):
    """The models of one part."""

    models: tuple[ShelfModel, ...]

    def to_bytes(self) -> bytes:
        """The same bytes for the same list."""
        return (self.model_dump_json() + "\n").encode()


def shelf_from_bytes(data: bytes, place: str) -> Shelf:
    """Read a shelf that may come from anyone.

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


def models_from_bytes(data: bytes, part: Part, place: str) -> tuple[ShelfModel, ...]:
    """Read the list of a part.

    Raises:
        WrongContent: it is damaged, or holds other models than it may.
    """
    try:
        models = ShelfList.model_validate_json(data).models
    except ValidationError as error:
        raise WrongContent(f"{place}: {part.list_path} is damaged at {complaint(error)}") from error
    ids = [model.id for model in models]
    if len(ids) != part.models or ids != sorted(set(ids)) or not all(i.startswith(part.digits) for i in ids):
        raise WrongContent(f"{place}: {part.list_path} does not list the {part.models} models that it should")
    return models


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
