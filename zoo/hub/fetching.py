"""Fetches a model from a repository and proves it: manifest, then every file against it, then the sound.

Nothing is believed but what hashes to what was promised; a file that does not is fetched once more, then
dropped from the client's cache and refused.
"""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

from registry.manifest import MANIFEST_NAME, MAX_MANIFEST_BYTES, FileRecord, Manifest, manifest_from_bytes
from zoo.errors import BadRequest, ModelFileError, WrongContent
from zoo.formats import native
from zoo.formats.json_file import MAX_BYTES
from zoo.hub.address import Address
from zoo.hub.client import HubClient, Listed
from zoo.hub.lockfile import Locked
from zoo.hub.shelf import SHELF_NAME
from zoo.snapshot import Snapshot

LIMITS = {"config.json": MAX_BYTES, "model.safetensors": native.MAX_WEIGHT_BYTES}


@dataclass(frozen=True, eq=False)
class Promise:
    """What a repository says it holds.

    Attributes:
        address: at the commit that was found.
        manifest: the stranger's.
        sha256: of the manifest's file.
    """

    address: Address
    manifest: Manifest
    sha256: str

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
    at = Address(address.repo, commit, address.folder)
    listed = _listed(client, at)
    data = _manifest_bytes(client, address, at, listed.get(MANIFEST_NAME))
    if locked is not None and hashlib.sha256(data).hexdigest() != locked.manifest:
        client.forget(at, at.path(MANIFEST_NAME))
        raise WrongContent(
            f"{at.repo}: its {MANIFEST_NAME} is not the one that was promised; nothing of it is kept"
        )
    try:
        manifest = manifest_from_bytes(data)
    except BadRequest as error:
        raise BadRequest(f"{at.repo}: {error}") from error
    if locked and manifest.id != locked.id:
        raise WrongContent(f"{at.repo} holds another model than was promised; nothing of it is kept")
    _check_sizes(at, manifest, {path: file.size for path, file in listed.items()})
    return Promise(at, manifest, hashlib.sha256(data).hexdigest())


def _listed(client: HubClient, at: Address) -> dict[str, Listed]:
    """What the Hub says of a model's files, by their names; nothing, offline."""
    wanted = {at.path(name): name for name in (MANIFEST_NAME, *LIMITS)}
    listed = client.listing(at, (*wanted, SHELF_NAME))
    if SHELF_NAME in listed and at.path(MANIFEST_NAME) not in listed:
        raise BadRequest(
            f"{at.repo} holds a whole zoo; add --index-only, or --only with a name, a pattern or an id"
        )
    return {wanted[path]: file for path, file in listed.items() if path in wanted}


def _manifest_bytes(client: HubClient, asked: Address, at: Address, listed: Listed | None) -> bytes:
    """The manifest's bytes, held against git's hash where the Hub can be asked for that."""
    if listed is not None and listed.size > MAX_MANIFEST_BYTES:
        raise WrongContent(
            f"{at.repo}: its {MANIFEST_NAME} has {listed.size} bytes; at most {MAX_MANIFEST_BYTES} are read"
        )
    for again in (False, True):
        data = client.read(at, at.path(MANIFEST_NAME), MAX_MANIFEST_BYTES, again=again)
        if listed is None or listed.is_of(data):
            if not client.offline and not at.folder:  # so that the cache knows it by the revision's name, too
                client.read(Address(at.repo, asked.revision or "main"), MANIFEST_NAME, MAX_MANIFEST_BYTES)
            return data
        client.forget(at, at.path(MANIFEST_NAME))
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
    files = {name: _proved(client, promise.address, name, promise.manifest.files[name]) for name in LIMITS}
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


def _proved(client: HubClient, at: Address, name: str, record: FileRecord) -> bytes:
    """A file's bytes, if they are what the manifest says; a second attempt passes by the client's cache."""
    for again in (False, True):
        data = client.read(at, at.path(name), LIMITS[name], again=again)
        found = hashlib.sha256(data).hexdigest()
        if found == record.sha256:
            return data
        client.forget(at, at.path(name))
        if client.offline:
            break
    raise WrongContent(
        f"{at.repo}: {name} has the sha-256 {found[:12]}..., but its {MANIFEST_NAME} says "
        f"{record.sha256[:12]}...; nothing of it is kept"
    )
