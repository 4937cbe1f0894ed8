"""The catalogue: a SQLite cache of all manifests, for listing and finding without opening every folder.

The store is the truth. Each time the catalogue is opened it is brought in line with the store, so that
whatever a killed process left undone is done; a damaged one is thrown away, rebuilt, and says so.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import nullcontext, suppress
from typing import TypeVar

from registry import tables
from registry.filters import Filter
from registry.manifest import Manifest, manifest_from_bytes
from registry.store import Store
from zoo.errors import BadRequest, StoreError

T = TypeVar("T")


class Catalogue:
    """All manifests of a store, searchable; shared by threads and processes.

    Raises:
        StoreError: (all methods) the disk is full or another process keeps the catalogue locked.
    """

    def __init__(self, store: Store, remark: Callable[[str], None]) -> None:
        self.store = store
        self.path = store.home / "catalogue.sqlite"
        self._remark = remark
        self._thread = threading.RLock()
        self._database = self._open()
        self.sync()

    def _open(self) -> sqlite3.Connection:
        """The file, or a catalogue in memory where the zoo may only be read."""
        try:
            with self.store.lock():  # nobody replaces the file while it is opened
                return self._open_file()
        except StoreError as error:
            self._remark(f"the catalogue is kept in memory, for this run only: {error}")
            return tables.connect(":memory:")

    def _open_file(self) -> sqlite3.Connection:
        fresh = not self.path.exists()
        try:
            return tables.connect(str(self.path))
        except sqlite3.OperationalError as error:
            raise self._refused(error) from error
        except sqlite3.DatabaseError as error:
            if not fresh:
                self._remark(
                    f"the catalogue was damaged or of another version ({error}); it is rebuilt from the store"
                )
            self._delete_file()
            return tables.connect(str(self.path))

    def _delete_file(self) -> None:
        with self.store.writing():
            for ending in ("", "-wal", "-shm"):
                self.path.with_name(self.path.name + ending).unlink(missing_ok=True)

    def rebuild(self, reason: str = "as asked") -> None:
        """Throw the catalogue away and make it again from the store."""
        self._remark(f"the catalogue is rebuilt from the store ({reason})")
        with self.store.lock(), self._thread:
            with suppress(sqlite3.Error):
                self._database.close()
            self._delete_file()
            self._database = tables.connect(str(self.path))
            self._read_store(self._database)

    def close(self) -> None:
        """Let go of the file."""
        with self._thread:
            self._database.close()

    def sync(self) -> None:
        """Bring the catalogue in line with the store; cheap when it is."""
        if self._run(_stamps) != self.store.stamps():
            with nullcontext() if self._in_memory else self.store.lock():
                self._run(self._read_store)
        damaged = self._run(
            lambda db: db.execute("SELECT id, damage FROM models WHERE damage NOT NULL").fetchall()
        )
        for model_id, damage in sorted(damaged):
            self._remark(f"model {model_id[:12]} is damaged and left out ({damage}); see `zoo verify`")

    @property
    def _in_memory(self) -> bool:
        return not self._database.execute("PRAGMA database_list").fetchone()[2]

    def _read_store(self, database: sqlite3.Connection) -> None:
        stamps, known = self.store.stamps(), _stamps(database)
        with tables.transaction(database):
            for model_id in known.keys() - stamps.keys():
                tables.delete(database, model_id)
            for model_id in sorted(i for i, stamp in stamps.items() if known.get(i) != stamp):
                self._read_in(database, model_id, stamps[model_id])

    def _read_in(self, database: sqlite3.Connection, model_id: str, stamp: str) -> None:
        try:
            tables.insert(database, stamp, self.store.manifest(model_id))
        except StoreError as error:
            tables.insert_damaged(database, stamp, model_id, str(error))

    def put(self, manifest: Manifest) -> None:
        """Note a model as the store has it now. Needs the store's lock."""
        stamp = self.store.stamp(manifest.id)

        def work(database: sqlite3.Connection) -> None:
            with tables.transaction(database):
                tables.insert(database, stamp, manifest)

        self._run(work)

    def delete(self, model_id: str) -> None:
        """Forget a model. Needs the store's lock."""

        def work(database: sqlite3.Connection) -> None:
            with tables.transaction(database):
                tables.delete(database, model_id)

        self._run(work)

    def select(self, wanted: Filter | None = None) -> list[Manifest]:
        """The manifests that fit, by name and then id."""
        where, values = (wanted or Filter()).to_sql()
        return self._manifests(f"{where} ORDER BY folded, id", values)

    def matches(self, query: str) -> list[Manifest]:
        """The models of that id, of a name that is exactly ``query``, or of an id that starts so."""
        digits = query.lower() if len(query) >= 4 and not query.strip("0123456789abcdefABCDEF") else "-"
        for condition, value in (("id = ?", query), ("id IN (SELECT id FROM names WHERE name = ?)", query)):
            if found := self._manifests(f"{condition} ORDER BY folded, id", [value]):
                prefixed = [] if condition == "id = ?" else self.with_prefix(digits)
                return found + [manifest for manifest in prefixed if manifest not in found]
        folded = "id IN (SELECT id FROM names WHERE folded = ?) ORDER BY folded, id"
        return self.with_prefix(digits) or self._manifests(folded, [query.casefold()])

    def with_prefix(self, digits: str) -> list[Manifest]:
        """The models whose id starts with ``digits``."""
        return self._manifests("id >= ? AND id < ? ORDER BY folded, id", [digits, digits + "g"])

    def names(self) -> list[str]:
        """Every name in the zoo, once, sorted."""
        rows = self._run(lambda db: db.execute("SELECT DISTINCT name FROM names ORDER BY name").fetchall())
        return [name for (name,) in rows]

    def _manifests(self, condition: str, values: list[str | int]) -> list[Manifest]:
        sql = f"SELECT manifest FROM models WHERE manifest NOT NULL AND {condition}"  # noqa: S608 - our own clauses
        return self._run(lambda db: [manifest_from_bytes(row[0]) for row in db.execute(sql, values)])

    def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do ``work`` on the database; if that turns out damaged, once more after rebuilding it."""
        try:
            with self._thread:
                return work(self._database)
        except sqlite3.OperationalError as error:
            if "no such" not in str(error):
                raise self._refused(error) from error
            damage: Exception = error
        except (sqlite3.DatabaseError, BadRequest) as error:
            damage = error
        self.rebuild(str(damage))
        with self._thread:
            return work(self._database)

    def _refused(self, error: sqlite3.Error) -> StoreError:
        return StoreError(f"{self.path}: the catalogue cannot be used ({error}); free space or set ZOO_HOME")


def _stamps(database: sqlite3.Connection) -> dict[str, str]:
    return dict(database.execute("SELECT id, stamp FROM models"))
