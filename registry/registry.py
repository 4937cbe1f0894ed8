"""The registry: models by content, found by id or name. It joins the store, the catalogue and the facts."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from registry import fingerprints
from registry.catalogue import Catalogue
from registry.facts import Facts, describe, merge
from registry.filters import Filter
from registry.finding import Located, the_one
from registry.home import home_folder
from registry.manifest import FileRecord, Manifest, Origin
from registry.plain_files import record_of
from registry.quality import GainClass, Quality
from registry.store import Store
from registry.verify import Damage, damage_in, verify
from zoo.errors import NotInZoo, StoreError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from zoo.snapshot import Snapshot

    Arrays: TypeAlias = dict[str, npt.NDArray[np.generic]]

Manifests: TypeAlias = "list[Manifest]"
_log = logging.getLogger("tonezoo.registry")


class Registry:
    """The zoo on this machine.

    Safe under several threads and processes at once, and under a kill at any point: a model is there whole
    or not at all.

    Args:
        home: the zoo's folder; ``ZOO_HOME`` or the user's data folder when absent.
        remark: hears what a person should know but need not act on; logged when absent.

    Raises:
        StoreError: (all methods) the disk is full, a permission is missing, or a file is damaged.
    """

    def __init__(
        self, home: str | Path | None = None, *, remark: Callable[[str], None] | None = None
    ) -> None:
        self.remark = remark or _log.warning
        self.store = Store(home_folder(home))
        self._catalogue = Catalogue(self.store, self.remark)

    @property
    def home(self) -> Path:
        """The zoo's folder."""
        return self.store.home

    def __enter__(self) -> Registry:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the catalogue's file."""
        self._catalogue.close()

    def add(
        self,
        snapshot: Snapshot,
        *,
        origin: Origin | None = None,
        facts: Facts | None = None,
        quality: Quality | None = None,
        told: Manifest | None = None,
    ) -> tuple[Manifest, bool]:
        """Store a model, or note one more origin of a sound that is there already.

        A stored model that turns out damaged is written anew.

        Args:
            snapshot: the model.
            origin: the file it came from.
            facts: what a person or a collection says of it.
            quality: what was measured of it.
            told: the manifest it brought along; believed in all but its files and its quality.

        Returns:
            Its manifest, and whether the sound is new.
        """

        def described(files: dict[str, FileRecord]) -> Manifest:
            manifest = describe(snapshot, files, origin, facts, quality)
            return merge(manifest, told.changed(quality=None)) if told else manifest

        with self.store.lock():
            old = self._sound_manifest(snapshot.digest)
            if old is None:
                manifest = self.store.write_model(snapshot, described)
            else:
                manifest = merge(old, described(dict(old.files)))
                if manifest == old:
                    return old, False
                self.store.write_manifest(manifest)
            self._catalogue.put(manifest)
        return manifest, old is None

    def adopt(self, folder: Path) -> tuple[Manifest, bool]:
        """Copy a model that lies in a folder of the store's own layout, after checking every byte of it.

        Returns:
            Its manifest, and whether the sound is new.

        Raises:
            StoreError: the folder is not what its manifest says.
        """
        theirs = self.store.manifest(folder.name, folder)
        if reason := next(damage_in(self.store, theirs, folder), None):
            raise StoreError(f"{folder}: {reason}")
        with self.store.lock():
            old = self._sound_manifest(theirs.id)
            caches = [path.name for path in folder.iterdir() if fingerprints.is_fingerprint(path.name)]
            if old is None:
                manifest = theirs
                self.store.copy_in(folder, theirs, sorted([*theirs.files, *caches]))
            else:
                manifest = merge(old, theirs)
                self.store.write_manifest(manifest)
                fingerprints.copy_missing(self.store, folder, theirs.id, caches)
            self._catalogue.put(manifest)
        return manifest, old is None

    def get(self, model_id: str) -> Manifest | None:
        """The manifest of the model with exactly this id, or None."""
        return next(iter(self._catalogue.matches(model_id)), None)

    def _sound_manifest(self, model_id: str) -> Manifest | None:
        """The manifest of a stored model whose files are what it says; None when there is no such model."""
        try:
            manifest = self.store.manifest(model_id)
            folder = self.store.folder(model_id)
            sound = all(record_of(folder / path) == record for path, record in manifest.files.items())
        except StoreError:
            return None
        return manifest if sound else None

    def find(self, query: str) -> Manifest:
        """The model with that id, that name, or an id that starts with these digits (4 at least).

        Raises:
            NotInZoo: there is none, or several; the sentence lists the candidates.
        """
        return the_one(self._catalogue, query)

    def load(self, query: str) -> Snapshot:
        """The model itself, proved to be the one its id names. ``query`` as in `find`."""
        return self.store.load(query if len(query) == 64 else self.find(query).id)

    def list(self, wanted: Filter | None = None) -> Manifests:
        """The manifests that fit ``wanted``, sorted by name and then id."""
        return self._catalogue.select(wanted)

    def locate(self, query: str) -> Located:
        """As `find`, but damaged models can be found too, by id or the start of it.

        Raises:
            NotInZoo: as `find`.
        """
        try:
            manifest = self.find(query)
        except NotInZoo:
            known = {manifest.id for manifest in self.list()}
            damaged = [i for i in self.store.ids() if i not in known and i.startswith(query.lower())]
            if len(query) < 4 or len(damaged) != 1:
                raise
            return Located(damaged[0], None)
        return Located(manifest.id, manifest.name)

    def remove(self, queries: Iterable[str]) -> tuple[Located, ...]:
        """Delete models, damaged ones too; none of them when one cannot be found. Returns what is gone.

        Raises:
            NotInZoo: as `find`.
        """
        chosen = dict.fromkeys(map(self.locate, queries))
        with self.store.lock():
            for model in chosen:
                self.store.remove(model.id)
                self._catalogue.delete(model.id)
        return tuple(chosen)

    def verify(self, *, progress: Callable[[int, int], None] | None = None) -> tuple[Damage, ...]:
        """Hash every file and load every model; what is wrong, by id. ``progress`` hears (done, total)."""
        return verify(self.store, progress=progress)

    def rebuild(self) -> None:
        """Make the catalogue again from the store."""
        self._catalogue.rebuild()

    def put_fingerprint(self, model_id: str, key: str, arrays: fingerprints.Arrays) -> None:
        """Keep the arrays that the recommender computed for a model under ``key``."""
        with self.store.lock():
            fingerprints.write_fingerprint(self.store, model_id, key, arrays)

    def note_gain_class(self, model_id: str, gain_class: GainClass) -> None:
        """Enter what was measured where nobody said anything; any word of a file or a user outweighs it."""
        with self.store.lock():
            manifest = self._sound_manifest(model_id)
            if manifest is None or manifest.gain_class is not None:
                return
            sources = {**manifest.facts_from, "gain_class": "measured"}
            manifest = manifest.changed(gain_class=gain_class, facts_from=sources)
            self.store.write_manifest(manifest)
            self._catalogue.put(manifest)

    def fingerprint(self, model_id: str, key: str) -> Arrays | None:
        """The arrays kept for a model under ``key``, or None."""
        return fingerprints.read_fingerprint(self.store, model_id, key)

    def fingerprints(self, key: str) -> Iterator[tuple[Manifest, Arrays]]:
        """Every model that has a fingerprint of this key, with it, sorted by id."""
        for manifest in sorted(self.list(), key=lambda manifest: manifest.id):
            if (arrays := self.fingerprint(manifest.id, key)) is not None:
                yield manifest, arrays

    def without_fingerprint(self, key: str) -> Manifests:
        """The models that have no fingerprint of this key, sorted as in `list`."""
        return [manifest for manifest in self.list() if self.fingerprint(manifest.id, key) is None]
