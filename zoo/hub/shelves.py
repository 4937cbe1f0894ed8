"""Shelves on this machine: lists and vectors of whole-zoo repositories, without their models.

Each lies in ``ZOO_HOME/shelves/<owner>--<name>/``, whole or not at all.
"""

from __future__ import annotations

import fnmatch
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registry import Filter, Registry
from registry.fields import Commit, Strict, Text
from registry.plain_files import read_plain
from zoo.errors import BadRequest, WrongContent, ZooError
from zoo.files import atomic_folder
from zoo.hub.address import Address, checked_repo
from zoo.hub.client import HubClient
from zoo.hub.lockfile import Locked
from zoo.hub.pulling import Sought
from zoo.hub.shelf import (
    MAX_SHELF_BYTES,
    MAX_VECTOR_BYTES,
    SHELF_NAME,
    VECTORS_NAME,
    Shelf,
    ShelfModel,
    shelf_from_bytes,
    vectors_from_bytes,
)

if TYPE_CHECKING:
    from zoo.capture import Capture

FOLDER, PLACE_NAME = "shelves", "place.json"


class Place(Strict):
    """Where a shelf is from."""

    repo: Text
    commit: Commit


@dataclass(frozen=True)
class Near:
    """A model on a shelf, and how far it is from a capture; None where no capture was given."""

    repo: str
    model: ShelfModel
    distance: float | None = None


def fetch_shelf(client: HubClient, address: Address) -> tuple[Address, Shelf]:
    """The list of a whole-zoo repository, held against git's hash.

    Raises:
        BadRequest: there is no such repository or list, or it is damaged.
        WrongContent: it came damaged twice.
        NetworkError: the Hub cannot be reached.
    """
    at = Address(address.repo, client.commit_of(address, SHELF_NAME))
    listed = client.listing(at, (SHELF_NAME,)).get(SHELF_NAME)
    if listed is not None and listed.size > MAX_SHELF_BYTES:
        raise WrongContent(f"{at.repo}: its {SHELF_NAME} has {listed.size} bytes, too many to be read")
    for again in (False, True):
        data = client.read(at, SHELF_NAME, MAX_SHELF_BYTES, again=again)
        if listed is None or not listed.size < 10_000_000 or listed.is_of(data):
            return at, shelf_from_bytes(data, at.repo)
        client.forget(at, SHELF_NAME)
    raise WrongContent(f"{at.repo}: its {SHELF_NAME} came damaged twice; try again")


def keep_shelf(registry: Registry, client: HubClient, address: Address) -> Shelf:
    """Fetch list and vectors of a whole-zoo repository, and keep them.

    Raises:
        WrongContent: the vectors are not what the list says.
        StoreError: the zoo cannot be written.
    """
    at, shelf = fetch_shelf(client, address)
    if shelf.vectors.bytes > MAX_VECTOR_BYTES:
        raise WrongContent(
            f"{at.repo}: its vectors would have {shelf.vectors.bytes} bytes, too many to be read"
        )
    data = client.read(at, VECTORS_NAME, MAX_VECTOR_BYTES)
    if hashlib.sha256(data).hexdigest() != shelf.vectors.sha256:
        client.forget(at, VECTORS_NAME)
        raise WrongContent(
            f"{at.repo}: {VECTORS_NAME} is not what its {SHELF_NAME} says; nothing of it is kept"
        )
    vectors_from_bytes(data, shelf, at.repo)
    folder = registry.home / FOLDER / at.repo.replace("/", "--")
    place = Place(repo=at.repo, commit=at.revision or "")
    with registry.store.lock(), registry.store.writing():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with atomic_folder(folder) as new:
            (new / SHELF_NAME).write_bytes(shelf.to_bytes())
            (new / VECTORS_NAME).write_bytes(data)
            (new / PLACE_NAME).write_bytes(place.model_dump_json().encode() + b"\n")
    return shelf


def kept_shelves(registry: Registry, repo: str | None = None) -> Iterator[tuple[Place, Shelf, Path]]:
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
        kept = _kept(registry, folder)
        if kept is not None:
            yield *kept, folder


def _kept(registry: Registry, folder: Path) -> tuple[Place, Shelf] | None:
    try:
        place = Place.model_validate_json(read_plain(folder / PLACE_NAME, 4096))
        return place, shelf_from_bytes(read_plain(folder / SHELF_NAME, MAX_SHELF_BYTES), str(folder))
    except (ZooError, ValueError) as error:
        registry.remark(f"{folder} is damaged and left out; pull it again ({error})")
        return None


def search_shelves(
    registry: Registry,
    words: str,
    wanted: Filter,
    *,
    repo: str | None = None,
    capture: Capture | None = None,
    limit: int = 50,
) -> list[Near]:
    """Models on the shelves of this machine that fit, the nearest to a capture first, or else by name.

    Raises:
        BadRequest: the list of ``repo`` was not pulled, or its vectors are of another version.
    """
    asked, found = words.casefold().split(), []
    point = _point(capture) if capture else None
    for place, shelf, folder in kept_shelves(registry, repo):
        fitting = [n for n, model in enumerate(shelf.models) if model.fits(wanted, asked)]
        distances = _distances(folder, shelf, place.repo, point) if point else None
        found += [
            Near(place.repo, shelf.models[n], float(distances[n]) if distances is not None else None)
            for n in fitting
        ]
    found.sort(key=lambda one: (one.distance or 0.0, one.model.name.casefold(), one.model.id, one.repo))
    return found[:limit]


def _point(capture: Capture) -> tuple[str, Any]:
    """The capture as a point: by both sides where the dry one is known, else by its sound alone."""
    from recommender.listening import shortened
    from recommender.paired import analyse_dry, paired_features
    from recommender.space import space
    from recommender.wet import wet_features

    heard = shortened(capture)
    if heard.dry is None:
        return "wet", space("wet").project(wet_features(heard.wet, capture.sample_rate))
    raw = paired_features(analyse_dry(heard.dry, capture.sample_rate), heard.wet)
    return "paired", space("paired").project(raw)


def _distances(folder: Path, shelf: Shelf, repo: str, point: tuple[str, Any]) -> Any:
    import numpy as np

    kind, query = point
    vectors = vectors_from_bytes(read_plain(folder / VECTORS_NAME, MAX_VECTOR_BYTES), shelf, repo)
    return np.linalg.norm(vectors[kind] - query, axis=1)


def shelf_models(client: HubClient, address: Address, only: str | None) -> list[Sought]:
    """Models of a whole-zoo repository to pull: all, or those whose name or id fits a pattern.

    Raises:
        BadRequest: nothing fits.
    """
    at, shelf = fetch_shelf(client, address)
    pattern = (only or "*").casefold()
    chosen = [
        model
        for model in shelf.models
        if fnmatch.fnmatchcase(model.name.casefold(), pattern) or (only and model.id.startswith(pattern))
    ]
    if not chosen:
        raise BadRequest(f"nothing in {at.repo} is called {only}; `zoo pull {at.repo} --index-only` lists it")
    commit = at.revision or ""
    return [
        Sought(
            Address(at.repo, commit, model.folder),
            Locked(repo=at.repo, commit=commit, id=model.id, manifest=model.manifest),
        )
        for model in chosen
    ]
