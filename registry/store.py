"""The content-addressed store, a folder for each model: ``ZOO_HOME/models/<id>/``.

A folder holds ``config.json``, ``model.safetensors``, ``zoo.json`` (the manifest) and fingerprints.
The id is the digest of the sound, so the same sound is stored once. A model's folder appears whole, by one
rename, under one lock; whoever takes the lock also clears what a killed writer left behind. Nothing read
from the store is trusted: sizes are capped, links are not followed, and a model must hash to its own id.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from registry.manifest import MANIFEST_NAME, MAX_MANIFEST_BYTES, FileRecord, Manifest, manifest_from_bytes
from registry.plain_files import MAX_FILE_BYTES, plain_status, read_plain, record_of
from zoo.errors import StoreError, WriteError, ZooError

if TYPE_CHECKING:
    from zoo.snapshot import Snapshot

ID = re.compile(r"[0-9a-f]{64}")
LOCK_SECONDS = 300.0
_LEFTOVER = re.compile(r"\..+\.tmp")


class Store:
    """The folder of models. Reading needs no lock; writing takes `lock`.

    Raises:
        StoreError: (all methods) the disk is full, a permission is missing, or a file is damaged.
    """

    def __init__(self, home: Path) -> None:
        from filelock import FileLock

        self.home = home
        self.models = home / "models"
        self._mark = home / "writing"  # there while somebody writes, and after somebody died writing
        self._lock = FileLock(home / "lock", timeout=LOCK_SECONDS)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the zoo for writing, alone among processes and threads; clears what a killed writer left."""
        with self.writing():
            self.models.mkdir(parents=True, exist_ok=True)
        with self.writing(), self._lock:
            if self._lock.lock_counter > 1:
                yield
                return
            if self._mark.exists():
                self._clear_leftovers()
            with suppress(OSError):  # on a full disk, removing must still be possible
                self._mark.touch()
            yield
            self._mark.unlink(missing_ok=True)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Turn what the system refuses into a `StoreError`."""
        try:
            yield
        except WriteError as error:
            raise self._refused(error.reason) from error
        except TimeoutError as error:
            raise StoreError(
                f"another process keeps the zoo at {self.home} locked; end it and try again"
            ) from error
        except OSError as error:
            raise self._refused(f"cannot be written ({error.strerror or error})") from error

    def _refused(self, reason: str) -> StoreError:
        return StoreError(f"the zoo at {self.home} {reason}; free space, fix permissions or set ZOO_HOME")

    def _clear_leftovers(self) -> None:
        for folder in (str(self.models), *(path for _, path in self._folders())):
            for entry in os.scandir(folder):
                if _LEFTOVER.fullmatch(entry.name):
                    _delete(Path(entry.path))

    def _folders(self) -> Iterator[tuple[str, str]]:
        """Name and path of the folders whose name is an id; links do not count."""
        with os.scandir(self.models) as entries:
            for entry in entries:
                if ID.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False):
                    yield entry.name, entry.path

    def ids(self) -> list[str]:
        """Whatever lies in the store under an id, damaged or not, sorted."""
        paths = self.models.iterdir() if self.models.is_dir() else ()
        return sorted(path.name for path in paths if ID.fullmatch(path.name))

    def folder(self, model_id: str) -> Path:
        """Where a model lies or would lie."""
        if not ID.fullmatch(model_id):
            raise StoreError(f"{model_id[:80]!r} is no id; 64 hexadecimal digits are expected")
        return self.models / model_id

    def stamps(self) -> dict[str, str]:
        """The `stamp` of every stored model."""
        if not self.models.is_dir():
            return {}
        return {name: _stamp(f"{path}/{MANIFEST_NAME}") for name, path in self._folders()}

    def stamp(self, model_id: str) -> str:
        """A word that changes whenever the model's manifest does."""
        return _stamp(f"{self.folder(model_id)}/{MANIFEST_NAME}")

    def manifest(self, model_id: str, folder: Path | None = None) -> Manifest:
        """Read and check a model's manifest, from the store or from ``folder``."""
        path = (folder or self.folder(model_id)) / MANIFEST_NAME
        try:
            manifest = manifest_from_bytes(read_plain(path, MAX_MANIFEST_BYTES))
        except ZooError as error:
            raise StoreError(f"{path}: {error}") from error
        if manifest.id != model_id:
            raise StoreError(f"{path}: the manifest is of another model ({manifest.short_id})")
        return manifest

    def write_model(
        self, snapshot: Snapshot, describe: Callable[[dict[str, FileRecord]], Manifest]
    ) -> Manifest:
        """Store a new model whole; ``describe`` makes its manifest from the files' hashes. Needs the lock."""
        from zoo.files import atomic_folder
        from zoo.formats import write_model

        with self.writing(), atomic_folder(self.folder(snapshot.digest)) as folder:
            write_model(snapshot, folder, "native")
            records = {path.name: record_of(path) for path in sorted(folder.iterdir())}
            manifest = describe(records)
            (folder / MANIFEST_NAME).write_bytes(manifest.to_bytes())
        return manifest

    def write_manifest(self, manifest: Manifest) -> None:
        """Replace the manifest of a stored model. Needs the lock."""
        self.write_file(manifest.id, MANIFEST_NAME, manifest.to_bytes())

    def write_file(self, model_id: str, name: str, data: bytes) -> None:
        """Write one file into a stored model's folder. Needs the lock."""
        from zoo.files import write_atomically

        with self.writing():
            write_atomically(self.folder(model_id) / name, data)

    def write_home_file(self, name: str, data: bytes) -> None:
        """Write a file beside the models. Needs the lock."""
        from zoo.files import write_atomically

        with self.writing():
            write_atomically(self.home / name, data)

    def copy_in(self, source: Path, manifest: Manifest, names: Iterable[str]) -> None:
        """Store a copy of a model's folder: the files called ``names`` and the manifest. Needs the lock."""
        from zoo.files import atomic_folder

        with self.writing(), atomic_folder(self.folder(manifest.id)) as folder:
            for name in names:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(read_plain(source / name, MAX_FILE_BYTES))
            (folder / MANIFEST_NAME).write_bytes(manifest.to_bytes())

    def load(self, model_id: str, folder: Path | None = None) -> Snapshot:
        """Read a model, from the store or from ``folder``, and prove that it is the one its id names."""
        from zoo.formats import read_model

        folder = folder or self.folder(model_id)
        try:
            for name in ("config.json", "model.safetensors"):
                plain_status(folder / name, MAX_FILE_BYTES)
            snapshot = read_model(folder)
        except ZooError as error:
            raise StoreError(
                f"model {model_id[:12]} is damaged ({error}); remove it and import it again"
            ) from error
        if snapshot.digest != model_id:
            raise StoreError(f"model {model_id[:12]} is damaged: its weights are not what its id says")
        return snapshot

    def remove(self, model_id: str) -> None:
        """Delete a model: out of sight by one rename, then file by file. Needs the lock."""
        folder = self.folder(model_id)
        aside = folder.with_name(f".{model_id}.tmp")
        with self.writing():
            _delete(aside)
            folder.rename(aside)
            _delete(aside)


def _stamp(manifest: str) -> str:
    try:
        status = os.lstat(manifest)
    except OSError:
        return "none"
    return f"{status.st_mtime_ns}-{status.st_size}-{status.st_ino}"


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
