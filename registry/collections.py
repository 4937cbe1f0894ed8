"""Public collections of models: which files there are, where they lie, and what they must contain.

A collection is a JSON file that comes with the package. Everything in it is pinned: a repository at a commit,
and for every file its size and hash; what a server sends is held against that.
"""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal
from urllib.parse import quote, urlsplit

from pydantic import Field, ValidationError, model_validator

from registry.fields import Commit, InsidePath, Sha256, Strict, Text, complaint
from registry.filters import UNKNOWN, Filter
from registry.manifest import SAY_NOTHING, Device, Fact, FactSource, Manifest, Origin
from registry.plain_files import read_plain
from registry.quality import GainClass
from zoo.errors import BadRequest

MAX_COLLECTION_BYTES = 1 << 26
MAX_MODEL_BYTES = 64 << 20  # what the readers of formats accept
HERE = Path(__file__).resolve().parent


class CollectionFile(Strict):
    """A model file of a collection. Absent means unknown; ``facts_from`` says where a fact comes from."""

    path: InsidePath = Field(description="inside the repository")
    bytes: Annotated[int, Field(ge=1, le=MAX_MODEL_BYTES)]
    sha256: Sha256
    format: Text
    architecture: Text
    family: Literal["LSTM", "GRU", "WaveNet", "Slimmable"]
    hidden_size: Annotated[int, Field(ge=1)] | None = None
    sample_rate: Annotated[int, Field(ge=1)] = Field(description="Hz")
    sample_rate_assumed: bool = False
    device: Device = Device()
    gain_class: GainClass | None = None
    tone: tuple[Text, ...] = Field(default=(), max_length=32)
    licence: Text | None = Field(default=None, description="where it is not the collection's")
    facts_from: dict[Fact, FactSource] = Field({}, description="facts that the file itself does not state")
    id: Sha256 | None = Field(default=None, description="the model's, where its contents were read")

    @property
    def name(self) -> str:
        """The model's name, from its file's or its folder's."""
        path = PurePosixPath(self.path)
        return path.parent.name if path.stem in SAY_NOTHING and path.parent.name else path.stem


class Collection(Strict):
    """A collection: one repository at one commit."""

    schema_version: Literal[1] = 1
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
    title: Text
    repository: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,64}/[A-Za-z0-9._-]{1,128}$")]
    commit: Commit
    licence: Text = Field(description="SPDX, of every file that names no other")
    url: Text = Field(description="of the folder that all paths start from; https")
    hosts: tuple[Annotated[str, Field(pattern=r"^[a-z0-9.-]{1,253}$")], ...] = Field(
        min_length=1, max_length=8, description="the only hosts that may be asked, redirects included"
    )
    files: tuple[CollectionFile, ...] = Field(max_length=100_000)

    @model_validator(mode="after")
    def _sound(self) -> Collection:
        url = urlsplit(self.url)
        if url.scheme != "https" or url.netloc not in self.hosts or url.query or url.fragment:
            raise ValueError("the url must be https, on one of the hosts and nothing but a folder")
        if not self.url.endswith("/"):
            raise ValueError("the url must end with /")
        paths = [file.path for file in self.files]
        if paths != sorted(set(paths)):
            raise ValueError("the files must be sorted by path, each once")
        return self

    def url_of(self, file: CollectionFile) -> str:
        """Where a file is fetched from."""
        return self.url + quote(file.path)

    def origin_of(self, file: CollectionFile) -> Origin:
        """What the manifest of a model from this file says about it."""
        return Origin(
            file=PurePosixPath(file.path).name,
            sha256=file.sha256,
            format=file.format,
            repository=self.repository,
            commit=self.commit,
            path=file.path,
        )

    def choose(self, wanted: Filter | None = None, only: str | None = None) -> tuple[CollectionFile, ...]:
        """The files that fit, in their order.

        Args:
            wanted: as for the models of the zoo.
            only: a pattern with ``*`` and ``?`` for the path or the name; case does not matter.
        """
        return tuple(file for file in self.files if self._fits(file, wanted or Filter(), only))

    def _fits(self, file: CollectionFile, wanted: Filter, only: str | None) -> bool:
        device = " ".join(word for word in (file.device.make, file.device.model) if word).lower()
        names = (file.path.casefold(), file.name.casefold())
        return all((
            _is(wanted.device, device) or bool(wanted.device and device and wanted.device.lower() in device),
            _is(wanted.gain, file.gain_class),
            _is(wanted.licence, file.licence or self.licence),
            wanted.arch is None or _one_like((file.family, file.architecture), wanted.arch),
            wanted.hidden is None or wanted.hidden == file.hidden_size,
            wanted.rate is None or wanted.rate == file.sample_rate,
            wanted.name is None or _one_like(names[1:], wanted.name),
            only is None or _one_like(names, only),
        ))  # fmt: skip

    def to_bytes(self) -> bytes:
        """The collection as a file, a line for each of its files."""
        document = self.model_dump(mode="json", exclude={"files"})
        head = json.dumps(document, indent=1, ensure_ascii=False).removesuffix("\n}")
        lines = (
            json.dumps(file.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False)
            for file in self.files
        )
        return (head + ',\n "files": [\n  ' + ",\n  ".join(lines) + "\n ]\n}\n").encode()


def _is(wanted: str | None, value: str | None) -> bool:
    if wanted is None:
        return True
    return not value if wanted.lower() == UNKNOWN else wanted.lower() == (value or "").lower()


def _one_like(words: Iterable[str], pattern: str) -> bool:
    return any(fnmatch.fnmatchcase(word.casefold(), pattern.casefold()) for word in words)


def collection_from_bytes(data: bytes) -> Collection:
    """Read a collection that may come from anyone.

    Raises:
        BadRequest: not JSON, of another version, or a field is missing, unknown or out of bounds.
    """
    if len(data) > MAX_COLLECTION_BYTES:
        raise BadRequest(f"the collection has {len(data)} bytes; at most {MAX_COLLECTION_BYTES} are expected")
    try:
        return Collection.model_validate_json(data)
    except ValidationError as error:
        raise BadRequest(f"the collection is damaged at {complaint(error)}") from error


def collections() -> tuple[Collection, ...]:
    """The collections that come with the package, by name."""
    paths = sorted(path for path in _folder().glob("*.json") if path.name not in NOT_COLLECTIONS)
    return tuple(collection_from_bytes(read_plain(path, MAX_COLLECTION_BYTES)) for path in paths)


def collection(name: str) -> Collection:
    """The collection of that name.

    Raises:
        BadRequest: there is none; the sentence says which there are.
    """
    known = {entry.name: entry for entry in collections()}
    if name not in known:
        raise BadRequest(f"there is no collection {name!r}; there are {', '.join(known)}")
    return known[name]


NOT_COLLECTIONS = ("starter.json",)


def _folder() -> Path:
    """Beside the package in a wheel, ``manifests/`` in a checkout."""
    installed = HERE / "manifests"
    return installed if installed.is_dir() else HERE.parent / "manifests"


def bytes_of(files: Iterable[CollectionFile]) -> int:
    """Of all these files together; what lies in two places counts once."""
    return sum({file.sha256: file.bytes for file in files}.values())


def known_files(manifests: Iterable[Manifest]) -> dict[str, str]:
    """Sha-256 of every file that a model of the zoo came from -> id of the model."""
    return {
        origin.sha256: manifest.id for manifest in manifests for origin in manifest.origins if origin.sha256
    }
