"""Is every model in the store what its manifest says? Hash each file, load each model, follow each parent."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from registry import fingerprints
from registry.manifest import MANIFEST_NAME, Manifest
from registry.plain_files import record_of
from registry.store import ID, Store
from zoo.errors import StoreError, ZooError


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing that is wrong with a stored model.

    Attributes:
        id: the model, or the name of what lies in its place.
        reason: what was found and what was expected.
        name: the model's name, where its manifest can be read.
    """

    id: str
    reason: str
    name: str | None = None


def verify(store: Store, *, progress: Callable[[int, int], None] | None = None) -> tuple[Damage, ...]:
    """All damage in a store, sorted by id. Nothing is changed.

    ``progress`` hears how many models are done, and of how many.
    """
    paths = store.models.iterdir() if store.models.is_dir() else ()
    entries = sorted(path.name for path in paths if not path.name.startswith("."))
    manifests: dict[str, Manifest] = {}
    damage: list[Damage] = []
    for done, name in enumerate(entries, start=1):
        try:
            manifests[name] = _checked_manifest(store, name)
        except StoreError as error:
            damage.append(Damage(name, str(error)))
        else:
            damage.extend(
                Damage(name, reason, manifests[name].name)
                for reason in damage_in(store, manifests[name], store.folder(name))
            )
        if progress is not None:
            progress(done, len(entries))
    damage.extend(_cycles(manifests))
    return tuple(sorted(damage, key=lambda entry: (entry.id, entry.reason)))


def _checked_manifest(store: Store, name: str) -> Manifest:
    path = store.models / name
    if not ID.fullmatch(name):
        raise StoreError(f"{path}: does not belong here; every entry is named by a model's id")
    if path.is_symlink() or not path.is_dir():
        raise StoreError(f"{path}: is not a folder; links are refused")
    return store.manifest(name)


def damage_in(store: Store, manifest: Manifest, folder: Path) -> Iterator[str]:
    """What is wrong with one model's folder: a sentence for each file, or for the model as a whole."""
    sound = True
    for name, record in manifest.files.items():
        if reason := _file_damage(folder, name, record_size=record.bytes, record_sha256=record.sha256):
            sound = False
            yield reason
    for name in sorted(_stray(folder, manifest)):
        yield f"{name} is in the model's folder, but the manifest does not list it"
    if sound:
        try:
            store.load(manifest.id, folder)
        except ZooError as error:
            yield str(error)


def _file_damage(folder: Path, name: str, *, record_size: int, record_sha256: str) -> str | None:
    try:
        for inner in (folder / name).relative_to(folder).parents:
            if (folder / inner).is_symlink():
                return f"{name} lies behind a link; links are refused"
        found = record_of(folder / name)
    except StoreError as error:
        return str(error)
    if found.bytes != record_size:
        return f"{name} has {found.bytes} bytes; {record_size} are expected"
    if found.sha256 != record_sha256:
        return (
            f"{name} was changed: its sha-256 is {found.sha256[:12]}..., {record_sha256[:12]}... is expected"
        )
    return None


def _stray(folder: Path, manifest: Manifest) -> Iterator[str]:
    """Files that nobody vouches for; fingerprints are caches and hidden files are the system's own."""
    for path, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            inside = (Path(path) / name).relative_to(folder).as_posix()
            known = inside in manifest.files or inside == MANIFEST_NAME or fingerprints.is_fingerprint(inside)
            if not known and not name.startswith("."):
                yield inside


def _cycles(manifests: dict[str, Manifest]) -> Iterator[Damage]:
    """Models that are their own ancestors."""
    for model_id, manifest in manifests.items():
        ancestor, seen = manifest.parent, set[str]()
        while ancestor in manifests and ancestor not in seen:
            if ancestor == model_id:
                yield Damage(
                    model_id, "the model is its own ancestor; its parents go in a circle", manifest.name
                )
                break
            seen.add(ancestor)
            ancestor = manifests[ancestor].parent
