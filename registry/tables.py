"""The catalogue's tables in SQLite: opened in WAL mode, stamped with a version, written in transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from registry.manifest import Manifest

SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE models (
    id TEXT PRIMARY KEY, stamp TEXT NOT NULL, manifest BLOB, damage TEXT,
    folded TEXT, device TEXT, gain_class TEXT, family TEXT, architecture TEXT,
    hidden_size INTEGER, sample_rate INTEGER, licence TEXT
) WITHOUT ROWID;
CREATE TABLE names (name TEXT NOT NULL, folded TEXT NOT NULL, id TEXT NOT NULL);
CREATE INDEX names_folded ON names (folded);
CREATE INDEX names_id ON names (id);
"""


def connect(path: str) -> sqlite3.Connection:
    """An open catalogue of this version; `sqlite3.DatabaseError` when the file is something else."""
    database = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        version = database.execute("PRAGMA user_version").fetchone()[0]
        empty = not database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if version == 0 and empty:
            database.executescript(
                f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
            )
        elif version != SCHEMA_VERSION:
            raise sqlite3.DatabaseError(f"version {version} was found, {SCHEMA_VERSION} is expected")
    except sqlite3.Error:
        database.close()
        raise
    return database


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """All of the block or nothing of it."""
    with closing(database.cursor()) as cursor:
        cursor.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            cursor.execute("ROLLBACK")
            raise
        cursor.execute("COMMIT")


def delete(database: sqlite3.Connection, model_id: str) -> None:
    """Forget a model."""
    database.execute("DELETE FROM models WHERE id = ?", (model_id,))
    database.execute("DELETE FROM names WHERE id = ?", (model_id,))


def insert(database: sqlite3.Connection, stamp: str, manifest: Manifest) -> None:
    """Note a model with its manifest."""
    delete(database, manifest.id)
    device = " ".join(word for word in (manifest.device.make, manifest.device.model) if word).lower() or None
    database.execute(
        "INSERT INTO models VALUES (?, ?, ?, NULL, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            manifest.id,
            stamp,
            manifest.to_bytes(),
            manifest.name.casefold(),
            device,
            manifest.gain_class,
            manifest.family,
            manifest.architecture,
            manifest.hidden_size,
            manifest.sample_rate,
            manifest.licence,
        ),
    )
    names = [(name, name.casefold(), manifest.id) for name in manifest.names]
    database.executemany("INSERT INTO names VALUES (?, ?, ?)", names)


def insert_damaged(database: sqlite3.Connection, stamp: str, model_id: str, damage: str) -> None:
    """Note a model that cannot be read, so that it is not tried again until it changes."""
    delete(database, model_id)
    database.execute("INSERT INTO models (id, stamp, damage) VALUES (?, ?, ?)", (model_id, stamp, damage))
