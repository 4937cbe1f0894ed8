"""Fetches a model from a repository and proves it: manifest, then every file against it, then the sound.

Nothing is believed but what hashes to what was promised; a file that does not is fetched once more, then
dropped from the client's cache and refused.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from registry.manifest import MANIFEST_NAME, MAX_MANIFEST_BYTES, FileRecord, Manifest, manifest_from_bytes
from zoo.errors import BadRequest, ModelFileError, WrongContent
from zoo.formats import native
from zoo.formats.json_file import MAX_BYTES
from zoo.hub.address import Address
from zoo.hub.client import HubClient, Listed
from zoo.hub.lockfile import Locked
from zoo.hub.packs import files_in_pack
from zoo.hub.shelf import SHELF_NAME, Pack
from zoo.snapshot import Snapshot

LIMITS = {"config.json": MAX_BYTES, "model.safetensors": native.MAX_WEIGHT_BYTES}


@dataclass(frozen=True, eq=False)
class Promise:
    """What a repository says it holds.

    Attributes:
        address: at the commit that was found.
        manifest: the stranger's.
        sha256: of the manifest's file.
        pack: the file in which the model lies with others, if it does.
        files: what came out of it.
    """

    address: Address
    manifest: Manifest
    sha256: str
    pack: str | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def locked(self) -> Locked:
        """The line of ``zoo.lock``."""
        commit = self.address.revision or ""
        return Locked(repo=self.address.repo, commit=commit, id=self.manifest.id, manifest=self.sha256)


def promise_of(client: HubClient, address: Address, locked: Locked | None = None) -> Promise:
    """Read a repository's manifest at the commit that its revision is at.

    Args:
        client: the Hub.
        address: of the repository.
        locked: what the manifest must be.

    Raises:
        WrongContent: it is not what the lockfile says, or its files are not of the size that it says.
        BadRequest: there is no such repository, or its manifest is damaged.
        NetworkError: the Hub cannot be reached.
    """
    commit = locked.commit if locked else client.commit_of(address, MANIFEST_NAME)
    at = Address(address.repo, commit)
    listed = _listed(client, at)
    data = _manifest_bytes(client, address, at, listed.get(MANIFEST_NAME))
    promise = _promised(client, at, data, locked)
    _check_sizes(at, promise.manifest, {path: file.size for path, file in listed.items()})
    return promise


def promise_in_pack(client: HubClient, at: Address, locked: Locked, pack: Pack) -> Promise:
    """The manifest of a model that lies in a pack of a whole-zoo repository, and the files with it.

    Raises:
        WrongContent: the pack is not what the shelf says, or the manifest is not what its list says.
    """
    data = proved(client, at, pack.path, pack.file, SHELF_NAME)
    files = files_in_pack(data, locked.id, f"{at.repo}: {pack.path}")
    promise = _promised(client, at, files[MANIFEST_NAME], locked)
    _check_sizes(at, promise.manifest, {name: len(content) for name, content in files.items()})
    return replace(promise, pack=pack.path, files=files)


def _promised(client: HubClient, at: Address, data: bytes, locked: Locked | None) -> Promise:
    """The manifest in these bytes, if it is what it must be."""
    if locked is not None and hashlib.sha256(data).hexdigest() != locked.manifest:
        client.forget(at, MANIFEST_NAME)
        raise WrongContent(
            f"{at.repo}: its {MANIFEST_NAME} is not the one that was promised; nothing of it is kept"
        )
    try:
        manifest = manifest_from_bytes(data)
    except BadRequest as error:
        raise BadRequest(f"{at.repo}: {error}") from error
    if locked and manifest.id != locked.id:
        raise WrongContent(f"{at.repo} holds another model than was promised; nothing of it is kept")
    return Promise(at, manifest, hashlib.sha256(data).hexdigest())


def _listed(client: HubClient, at: Address) -> dict[str, Listed]:
    """What the Hub says of a model's files; nothing, offline."""
    listed = client.listing(at, (MANIFEST_NAME, *LIMITS, SHELF_NAME))
    if SHELF_NAME in listed and MANIFEST_NAME not in listed:
        raise BadRequest(
            f"{at.repo} holds a whole zoo; add --index-only, or --only with a name, a pattern or an id"
        )
    return listed


def _manifest_bytes(client: HubClient, asked: Address, at: Address, listed: Listed | None) -> bytes:
    """The manifest's bytes, held against git's hash where the Hub can be asked for that."""
    if listed is not None and listed.size > MAX_MANIFEST_BYTES:
        raise WrongContent(
            f"{at.repo}: its {MANIFEST_NAME} has {listed.size} bytes; at most {MAX_MANIFEST_BYTES} are read"
        )
    for again in (False, True):
        data = client.read(at, MANIFEST_NAME, MAX_MANIFEST_BYTES, again=again)
        if listed is None or listed.is_of(data):
            if not client.offline:  # so that the cache knows it by the revision's name, too
                client.read(Address(at.repo, asked.revision or "main"), MANIFEST_NAME, MAX_MANIFEST_BYTES)
            return data
        client.forget(at, MANIFEST_NAME)
    raise WrongContent(f"{at.repo}: its {MANIFEST_NAME} came damaged twice; nothing of it is kept, try again")


def _check_sizes(at: Address, manifest: Manifest, sizes: dict[str, int]) -> None:
    """Before anything large is fetched: is it there, bounded, and of the size that the manifest says?"""
    for name, limit in LIMITS.items():
        record = manifest.files.get(name)
        if record is None:
            raise WrongContent(f"{at.repo}: its {MANIFEST_NAME} does not vouch for {name}, so it is refused")
        if record.bytes > limit:
            raise WrongContent(
                f"{at.repo}: {name} is said to have {record.bytes} bytes; at most {limit} are read"
            )
        if sizes and sizes.get(name) != record.bytes:
            there = sizes.get(name, "no")
            raise WrongContent(
                f"{at.repo}: {name} has {there} bytes, but its {MANIFEST_NAME} says {record.bytes}"
            )


def fetch(client: HubClient, promise: Promise) -> Snapshot:
    """The model that was promised.

    Raises:
        WrongContent: a file is not what the manifest says, or the model is another.
        ModelFileError, SnapshotError, UnsupportedModel: the files make no model.
    """
    files = {name: _file_of(client, promise, name) for name in LIMITS}
    with tempfile.TemporaryDirectory(prefix="zoo-pull-") as scratch:
        folder = Path(scratch)
        for name, data in files.items():
            (folder / name).write_bytes(data)
        try:
            snapshot = native.read(folder)
        except ModelFileError as error:  # the person knows the file by another name
            raise type(error)(f"{promise.address.repo}/{error.path.name}", error.reason) from error
    if snapshot.digest != promise.manifest.id:
        raise WrongContent(
            f"{promise.address.repo} holds another model than its {MANIFEST_NAME} says; nothing of it is kept"
        )
    return snapshot


def _file_of(client: HubClient, promise: Promise, name: str) -> bytes:
    record, place = promise.manifest.files[name], promise.address.repo
    if not promise.files:
        return proved(client, promise.address, name, record, MANIFEST_NAME)
    data = promise.files[name]
    if hashlib.sha256(data).hexdigest() != record.sha256:
        raise _other(place, name, data, record, MANIFEST_NAME)
    return data


def proved(client: HubClient, at: Address, path: str, record: FileRecord, says: str) -> bytes:
    """A file's bytes, if they are what ``record`` says; a second attempt passes by the client's cache.

    Args:
        client: the Hub.
        at: the repository, at a commit.
        path: in it.
        record: what the file must be.
        says: the file that says so.

    Raises:
        WrongContent: it is not.
        BadRequest, NetworkError, StoreError: as `HubClient`.
    """
    for again in (False, True):
        data = client.read(at, path, record.bytes, again=again)
        if hashlib.sha256(data).hexdigest() == record.sha256:
            return data
        client.forget(at, path)
        if client.offline:
            break
    raise _other(at.repo, path, data, record, says)


def _other(place: str, path: str, data: bytes, record: FileRecord, says: str) -> WrongContent:
    found = hashlib.sha256(data).hexdigest()
    return WrongContent(
        f"{place}: {path} has the sha-256 {found[:12]}..., but its {says} says {record.sha256[:12]}...; "
        "nothing of it is kept"
    )
