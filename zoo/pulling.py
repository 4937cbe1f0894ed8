"""Pulls the models of a public collection into the zoo: fetched, proved by their hash, examined, entered.

What is there already is not asked for again. Everything that was fetched is kept until it has entered, so
that an interrupted pull goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Lock

from registry import Facts, Manifest, Registry
from registry.background import Background
from registry.collections import Collection, CollectionFile, bytes_of, known_files
from registry.download import Downloader
from registry.entering import Arrival, Imported, Visitor, enter_all
from registry.hosts import allowed
from registry.importing import read_arrival
from registry.part import Wanted
from zoo.engine import processors
from zoo.errors import ModelFileError, StoreError, WrongContent
from zoo.gate import at_the_gate

CONNECTIONS = 4
FOLDER = "downloads"

Heard = Callable[[str, int, int], None]
"""Hears what is being done, how much of it is done, and of how much: bytes fetched, models listened to."""


def pull_files(
    registry: Registry,
    collection: Collection,
    files: Sequence[CollectionFile],
    *,
    mirror: str | None = None,
    progress: Heard | None = None,
) -> Iterator[Imported]:
    """Pull files of a collection; a verdict for each, in their order.

    Args:
        registry: where they go.
        collection: where they come from.
        files: of the collection.
        mirror: asked in place of the collection's hosts; TONEZOO_MIRROR when absent.
        progress: hears of bytes and of models.

    Raises:
        BadRequest: the mirror is not to be trusted.
        StoreError: the disk is full, or the zoo cannot be written; what came in before stays.
        EngineMissing: the native engine is not installed.
    """
    asked = allowed(collection.hosts, mirror)
    heard = progress or (lambda *_: None)
    with _downloads(registry) as folder:
        manifests = {model.id: model for model in registry.list()}
        there = known_files(manifests.values())
        missing = [file for file in files if file.sha256 not in there]
        downloader = Downloader(folder, asked)
        fetching = _Fetching(
            downloader, collection, missing, lambda n, of: heard("fetching kB", n // 1000, of // 1000)
        )
        visitors = (
            _known(registry, collection, file, manifests[there[file.sha256]])
            if file.sha256 in there
            else Visitor(file.path, _Reading(collection, file, fetching))
            for file in files
        )
        try:
            with at_the_gate(registry) as gate:
                entered = enter_all(registry, visitors, gate=gate, threads=processors(), stop=fetching.close)
                for done, (file, verdict) in enumerate(zip(files, entered, strict=True), start=1):
                    yield verdict
                    fetching.done(file, verdict)
                    heard("listening", done, len(files))
        finally:
            fetching.close()


@contextmanager
def _downloads(registry: Registry) -> Iterator[Path]:
    """The folder of downloads, for one pull at a time; another one waits its turn."""
    from filelock import FileLock, Timeout

    folder = registry.home / FOLDER
    lock = FileLock(folder / "lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        registry.remark("another pull is at work in this zoo; waiting for it")
        lock.acquire()
    except OSError as error:
        raise StoreError(
            f"{folder} cannot be written ({error.strerror or error}); "
            "free space, fix permissions or set ZOO_HOME"
        ) from error
    try:
        yield folder
    finally:
        lock.release()


class _Fetching:
    """The downloads of one pull: a few connections, each file once, whichever path it stands under."""

    def __init__(
        self,
        downloader: Downloader,
        collection: Collection,
        files: Sequence[CollectionFile],
        heard: Callable[[int, int], None],
    ) -> None:
        self._downloader = downloader
        self._pool: Background[Path] = Background(CONNECTIONS)
        self._there: dict[str, int] = {}
        self._heard = heard
        self._lock = Lock()
        self._jobs: dict[str, Future[Path]] = {}
        self._users: dict[str, int] = {}
        self._total = bytes_of(files)
        for file in files:
            self._users[file.sha256] = self._users.get(file.sha256, 0) + 1
            if file.sha256 not in self._jobs:
                wanted = Wanted(collection.url_of(file), file.bytes, file.sha256)
                self._jobs[file.sha256] = self._pool.submit(partial(self._fetch, wanted))

    def _fetch(self, wanted: Wanted) -> Path:
        def heard(size: int) -> None:
            with self._lock:
                self._there[wanted.sha256] = size
                self._heard(sum(self._there.values()), self._total)

        return self._downloader.fetch(wanted, heard)

    def path(self, file: CollectionFile) -> Path:
        """The file itself, as soon as it is there; raises what `Downloader.fetch` does."""
        return self._jobs[file.sha256].result()

    def done(self, file: CollectionFile, verdict: Imported) -> None:
        """Nobody needs the file under this path any more."""
        job = self._jobs.get(file.sha256)
        if job is None or verdict.status == "not fetched":
            return
        self._users[file.sha256] -= 1
        if not self._users[file.sha256] and job.exception() is None:
            job.result().unlink(missing_ok=True)

    def close(self) -> None:
        """Nobody waits for a download any more; parts stay for the next pull."""
        if all(job.done() for job in self._jobs.values()):
            self._downloader.close()
        self._downloader.stop()
        self._pool.close()


class _Reading:
    """Reads the model in a fetched file, and tells where it comes from."""

    def __init__(self, collection: Collection, file: CollectionFile, fetching: _Fetching) -> None:
        self._collection, self._file, self._fetching = collection, file, fetching

    def __call__(self) -> Arrival:
        path = self._fetching.path(self._file)
        try:
            arrival = read_arrival(path, _facts(self._collection, self._file))
        except ModelFileError as error:  # the person knows the file by another name
            raise ModelFileError(self._file.path, error.reason) from error
        if self._file.id is not None and arrival.snapshot.digest != self._file.id:
            raise WrongContent("it holds another model than the collection says")
        return replace(arrival, origin=self._collection.origin_of(self._file))


def _facts(collection: Collection, file: CollectionFile) -> Facts:
    return Facts(licence=file.licence or collection.licence, source="collection")


def _known(registry: Registry, collection: Collection, file: CollectionFile, model: Manifest) -> Visitor:
    """A file that a model of the zoo came from: nothing is fetched, its place in the collection is noted."""
    origin = collection.origin_of(file)

    def read() -> Arrival | Imported:
        if origin in model.origins:
            return Imported(file.path, "already there", model.id, model.name)
        return Arrival(registry.load(model.id), origin, _facts(collection, file))

    return Visitor(file.path, read)
