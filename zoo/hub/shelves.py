"""Shelves on this machine: lists and vectors of whole-zoo repositories, without their models.

Each lies in ``ZOO_HOME/shelves/<owner>--<name>/``, whole or not at all. What was fetched before an
interruption is in the cache of the Hub's client, part by part, and is not fetched again.
"""

from __future__ import annotations

import fnmatch
import hashlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from registry import Registry
from registry.fields import Commit, Strict, Text
from registry.manifest import FileRecord
from registry.plain_files import read_plain
from zoo.errors import BadRequest, WrongContent, ZooError
from zoo.files import atomic_folder
from zoo.hub.address import Address, checked_repo
from zoo.hub.client import HubClient
from zoo.hub.fetching import proved
from zoo.hub.lockfile import Locked
from zoo.hub.packs import MAX_PACK_BYTES
from zoo.hub.pulling import Sought
from zoo.hub.shelf import (
    MAX_SHELF_BYTES,
    MOST_BYTES_LISTED,
    SHELF_NAME,
    Part,
    Shelf,
    ShelfModel,
    models_from_bytes,
    shelf_from_bytes,
)
from zoo.hub.shelf_vectors import check_key, most_bytes, vectors_from_bytes

FOLDER, PLACE_NAME = "shelves", "place.json"


class ShelfPlace(Strict):
    """Where a shelf is from."""

    repo: Text
    commit: Commit


def fetch_shelf(client: HubClient, address: Address) -> tuple[Address, Shelf]:
    """What a whole-zoo repository says it holds, held against git's hash; and its commit.

    Raises:
        BadRequest: there is no such repository or shelf, or it is damaged.
        WrongContent: it came damaged twice, or is larger than its models allow.
        NetworkError: the Hub cannot be reached.
    """
    at = Address(address.repo, client.commit_of(address, SHELF_NAME))
    listed = client.listing(at, (SHELF_NAME,)).get(SHELF_NAME)
    if listed is not None and listed.size > MAX_SHELF_BYTES:
        raise WrongContent(f"{at.repo}: its {SHELF_NAME} has {listed.size} bytes, too many to be read")
    for again in (False, True):
        data = client.read(at, SHELF_NAME, MAX_SHELF_BYTES, again=again)
        if listed is None or listed.is_of(data):
            shelf = shelf_from_bytes(data, at.repo)
            _check_sizes(shelf, at.repo)
            if not client.offline:  # so that the cache knows it by the revision's name, too
                client.read(Address(at.repo, address.revision or "main"), SHELF_NAME, MAX_SHELF_BYTES)
            return at, shelf
        client.forget(at, SHELF_NAME)
    raise WrongContent(f"{at.repo}: its {SHELF_NAME} came damaged twice; try again")


def _check_sizes(shelf: Shelf, place: str) -> None:
    """Before anything is fetched: is it bounded by the number of models?"""
    limits = {part.list_path: (part.listed, MOST_BYTES_LISTED * part.models) for part in shelf.parts}
    limits |= {part.vectors_path: (part.vectors, most_bytes(part.models)) for part in shelf.parts}
    limits |= {pack.path: (pack.file, MAX_PACK_BYTES) for pack in shelf.packs}
    for path, (record, limit) in limits.items():
        if record.bytes > limit:
            raise WrongContent(
                f"{place}: {path} is said to have {record.bytes} bytes; at most {limit} are read"
            )


def fetch_list(client: HubClient, at: Address, part: Part) -> tuple[ShelfModel, ...]:
    """The models of a part, proved by its hash."""
    data = proved(client, at, part.list_path, part.listed, SHELF_NAME)
    return models_from_bytes(data, part, at.repo)


def keep_shelf(
    registry: Registry,
    client: HubClient,
    address: Address,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> Shelf:
    """Fetch lists and vectors of a whole-zoo repository, and keep them.

    Raises:
        WrongContent: lists or vectors are not what the shelf says.
        BadRequest: the vectors were made with other features than ours.
        StoreError: the zoo cannot be written.
    """
    at, shelf = fetch_shelf(client, address)
    check_key(shelf, at.repo)
    for done, part in enumerate(shelf.parts, start=1):
        fetch_list(client, at, part)
        vectors_from_bytes(proved(client, at, part.vectors_path, part.vectors, SHELF_NAME), part, at.repo)
        progress("fetching the index", done, len(shelf.parts))
    place = ShelfPlace(repo=at.repo, commit=at.revision or "")
    folder = registry.home / FOLDER / at.repo.replace("/", "--")
    with registry.store.lock(), registry.store.writing():
        folder.parent.mkdir(parents=True, exist_ok=True)
        for left in folder.parent.glob(".*.tmp"):  # by a kill; nobody else writes now
            shutil.rmtree(left, ignore_errors=True)
        with atomic_folder(folder) as new:
            (new / "index").mkdir()
            for part in shelf.parts:
                for path, record in ((part.list_path, part.listed), (part.vectors_path, part.vectors)):
                    (new / path).write_bytes(proved(client, at, path, record, SHELF_NAME))
            (new / SHELF_NAME).write_bytes(shelf.to_bytes())
            (new / PLACE_NAME).write_bytes(place.model_dump_json().encode() + b"\n")
    return shelf


def kept_shelves(registry: Registry, repo: str | None = None) -> Iterator[tuple[ShelfPlace, Shelf, Path]]:
    """The shelves on this machine, or that of one repository; damaged ones are remarked on.

    Raises:
        BadRequest: the list of ``repo`` was not pulled.
    """
    root = registry.home / FOLDER
    name = checked_repo(repo).replace("/", "--") if repo else "*--*"
    folders = sorted(path for path in root.glob(name) if path.is_dir() and not path.name.startswith("."))
    if repo and not folders:
        raise BadRequest(f"the list of {repo} is not here; `zoo pull {repo} --index-only` fetches it")
    for folder in folders:
        try:
            place = ShelfPlace.model_validate_json(read_plain(folder / PLACE_NAME, 4096))
            shelf = shelf_from_bytes(read_plain(folder / SHELF_NAME, MAX_SHELF_BYTES), str(folder))
        except (ZooError, ValueError) as error:
            registry.remark(f"{folder} is damaged and left out; pull it again ({error})")
            continue
        yield place, shelf, folder


def kept(folder: Path, path: str, record: FileRecord) -> bytes:
    """A file of a shelf on this machine.

    Raises:
        WrongContent: it is damaged.
    """
    data = read_plain(folder / path, record.bytes)
    if hashlib.sha256(data).hexdigest() != record.sha256:
        raise WrongContent(f"{folder / path} is damaged; pull the index again")
    return data


def shelf_models(client: HubClient, address: Address, only: str | None) -> list[Sought]:
    """Models of a whole-zoo repository to pull: all, or those whose name or id fits a pattern.

    Raises:
        BadRequest: nothing fits.
        WrongContent: a list is not what the shelf says, or a model is in no pack.
    """
    at, shelf = fetch_shelf(client, address)
    pattern, chosen = (only or "*").casefold(), []
    for part in shelf.parts:
        for model in fetch_list(client, at, part):
            named = fnmatch.fnmatchcase(model.name.casefold(), pattern)
            if named or (only and model.id.startswith(pattern)):
                chosen.append(_sought(at, shelf, model))
    if not chosen:
        raise BadRequest(f"nothing in {at.repo} is called {only}; `zoo pull {at.repo} --index-only` lists it")
    return chosen


def _sought(at: Address, shelf: Shelf, model: ShelfModel) -> Sought:
    pack = shelf.pack_of(model.id)
    if pack is None:
        raise WrongContent(f"{at.repo}: {model.id[:12]} is in no pack")
    locked = Locked(repo=at.repo, commit=at.revision or "", id=model.id, manifest=model.manifest)
    return Sought(at, locked, pack)
