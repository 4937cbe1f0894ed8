"""The manifest (``zoo.json``): everything that is known of one model, and a hash for each of its files.

``null`` means unknown. A fact that was measured, read from a file's name, or given by the user or by a
collection, is marked so in ``facts_from``; facts without a mark come from the model file itself.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, ValidationError, model_validator

from registry.fields import Bytes, Commit, InsidePath, Sha256, Strict, Text, complaint
from registry.quality import GainClass, Quality
from zoo.errors import BadRequest

MANIFEST_NAME = "zoo.json"
MAX_MANIFEST_BYTES = 1 << 20
MAX_ORIGINS = 256
SAY_NOTHING = ("model", "model_best")  # names that trainers give to every model

FactSource: TypeAlias = Literal["file name", "user", "collection", "measured"]
Fact: TypeAlias = Literal["name", "make", "model", "kind", "gain_class", "tone", "licence", "author"]


class Device(Strict):
    """What was captured."""

    make: Text | None = None
    model: Text | None = None
    kind: Text | None = Field(default=None, description="amp, pedal, amp_cab, ...")

    def __str__(self) -> str:
        return " ".join(word for word in (self.make, self.model) if word) or "unknown"


class FileRecord(Strict):
    """A file of the model and what it must contain."""

    sha256: Sha256
    bytes: Bytes


class Origin(Strict):
    """A file that this sound was imported from."""

    file: Text = Field(description="the file's own name, without folders")
    sha256: Sha256 | None = Field(
        default=None, description="of the file; of model.safetensors for a native folder"
    )
    format: Text | None = None
    repository: Text | None = None
    commit: Commit | None = None
    path: Text | None = Field(default=None, description="inside the repository")

    @property
    def name(self) -> str:
        """The file's name without its ending; where every file is called the same, its folder's."""
        name, folder = PurePosixPath(self.file).stem, PurePosixPath(self.path or "").parent.name
        return folder if name in SAY_NOTHING and folder else name


class Place(Strict):
    """Where a model is published, for good: a commit never changes."""

    repository: Text
    commit: Commit


class TrainingRecord(Strict):
    """How the model was made, as far as it is known."""

    data_seconds: Annotated[float, Field(ge=0)] | None = None
    seed: int | None = None
    epochs: Annotated[int, Field(ge=0)] | None = None
    esr: Annotated[float, Field(ge=0)] | None = Field(
        default=None, description="error-to-signal ratio on validation audio"
    )
    test_esr: Annotated[float, Field(ge=0)] | None = Field(
        default=None, description="error-to-signal ratio on audio that neither training nor validation saw"
    )
    test_emphasised_esr: Annotated[float, Field(ge=0)] | None = Field(
        default=None, description="the same after pre-emphasis"
    )
    test_mr_stft: Annotated[float, Field(ge=0)] | None = Field(
        default=None, description="multi-resolution STFT distance on the same audio"
    )
    losses: tuple[tuple[Annotated[int, Field(ge=0)], Annotated[float, Field(ge=0)]], ...] = Field(
        default=(), max_length=10_000, description="(epoch, validation loss), the start being epoch 0"
    )


class Manifest(Strict):
    """One model: what it is, where it came from, which files it consists of."""

    schema_version: Literal[1] = 1
    id: Sha256 = Field(description="Snapshot.digest: sha-256 of all that makes the sound")
    name: Text
    device: Device = Device()
    gain_class: GainClass | None = None
    tone: tuple[Text, ...] = Field(
        default=(), max_length=32, description="words for the sound: bright, boosted, ..."
    )
    architecture: Text = Field(description="as people write it: LSTM-40, WaveNet-16/8")
    family: Literal["LSTM", "GRU", "WaveNet", "Slimmable"]
    hidden_size: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="of LSTM and GRU; null for others"
    )
    num_knobs: Annotated[int, Field(ge=0)] = 0
    num_parameters: Annotated[int, Field(ge=0)]
    sample_rate: Annotated[int, Field(ge=1)] = Field(description="Hz")
    sample_rate_assumed: bool = False
    input_gain_db: float = 0.0
    output_gain_db: float = 0.0
    loudness_db: float | None = None
    input_level_dbu: float | None = None
    output_level_dbu: float | None = None
    licence: Text | None = None
    author: Text | None = None
    date: Text | None = None
    origins: tuple[Origin, ...] = Field(default=(), max_length=MAX_ORIGINS)
    parent: Sha256 | None = Field(default=None, description="id of the model this one was fine-tuned from")
    parent_at: Place | None = Field(default=None, description="where the parent was when this was pushed")
    training: TrainingRecord | None = None
    quality: Quality | None = Field(
        default=None, description="what was measured when the model entered; null for one that never was"
    )
    facts_from: dict[Fact, FactSource] = Field({}, description="facts that the model file does not state")
    files: dict[InsidePath, FileRecord] = Field(max_length=64)

    @model_validator(mode="after")
    def _sound(self) -> Manifest:
        if self.parent == self.id:
            raise ValueError("the model names itself as its parent")
        if self.parent_at and not self.parent:
            raise ValueError("it says where its parent is, but not which model that is")
        if MANIFEST_NAME in self.files:
            raise ValueError(f"{MANIFEST_NAME} cannot hold its own hash")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The name and every other name the sound was imported under, each once."""
        return tuple(dict.fromkeys((self.name, *(origin.name for origin in self.origins))))

    @property
    def short_id(self) -> str:
        """The first 12 digits of the id, as people see it."""
        return self.id[:12]

    def changed(self, **changes: Any) -> Manifest:
        """A checked copy with some fields changed.

        Raises:
            BadRequest: as `new_manifest`.
        """
        return new_manifest(**{**dict(self), **changes})

    def to_bytes(self) -> bytes:
        """The content of ``zoo.json``: the same bytes for the same manifest."""
        return (self.model_dump_json(indent=2) + "\n").encode()


def manifest_from_bytes(data: bytes) -> Manifest:
    """Read a manifest that may come from anyone.

    Raises:
        BadRequest: too large, not JSON, of another version, or a field is missing, unknown or out of bounds;
            the sentence names the field.
    """
    if len(data) > MAX_MANIFEST_BYTES:
        raise BadRequest(f"the manifest has {len(data)} bytes; at most {MAX_MANIFEST_BYTES} are expected")
    try:
        return Manifest.model_validate_json(data)
    except ValidationError as error:
        raise BadRequest(f"the manifest is damaged at {complaint(error)}") from error


def new_manifest(**fields: Any) -> Manifest:
    """A manifest of these fields.

    Raises:
        BadRequest: a field is out of bounds; the sentence names it.
    """
    try:
        return Manifest.model_validate(fields)
    except ValidationError as error:
        raise BadRequest(f"no manifest can say this of a model: {complaint(error)}") from error
