"""Reading files that anyone may have put there: plain ones of bounded size, never through a link."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from registry.manifest import FileRecord
from zoo.errors import StoreError

MAX_FILE_BYTES = 1 << 30


def record_of(path: Path) -> FileRecord:
    """Hash and size of a file, read in pieces; links and special files are refused.

    Raises:
        StoreError: missing, not a plain file, or larger than any file of a model.
    """
    size, sha = plain_status(path, MAX_FILE_BYTES).st_size, hashlib.sha256()
    with _open_plain(path) as stream:
        while piece := os.read(stream, 1 << 20):
            sha.update(piece)
    return FileRecord(sha256=sha.hexdigest(), bytes=size)


def read_plain(path: Path, limit: int) -> bytes:
    """The content of a plain file of at most ``limit`` bytes.

    Raises:
        StoreError: as `record_of`.
    """
    plain_status(path, limit)
    with _open_plain(path) as stream:
        pieces = []
        while limit >= 0 and (piece := os.read(stream, min(limit + 1, 1 << 20))):
            pieces.append(piece)
            limit -= len(piece)
    return b"".join(pieces)


@contextmanager
def _open_plain(path: Path) -> Iterator[int]:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise StoreError(f"{path}: cannot be read ({error.strerror})") from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def plain_status(path: Path, limit: int) -> os.stat_result:
    """What the system says of a plain file of at most ``limit`` bytes.

    Raises:
        StoreError: as `record_of`.
    """
    try:
        status = path.lstat()
    except OSError as error:
        raise StoreError(f"{path}: cannot be read ({error.strerror})") from error
    if not stat.S_ISREG(status.st_mode):
        raise StoreError(f"{path}: is not a plain file; links and special files are refused")
    if status.st_size > limit:
        raise StoreError(f"{path}: has {status.st_size} bytes; at most {limit} are expected")
    return status
