"""Files that are whole or absent: written under a temporary name beside the target, fsynced, then renamed.

A reader never sees half a file, and a crash at any point leaves the old content or the new. What a crash
may leave behind is a hidden ``.name.XXXXXXXX.tmp`` beside the target.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from zoo.errors import WriteError


def write_atomically(path: str | Path, data: bytes) -> None:
    """Make ``path`` hold exactly ``data``, replacing what was there.

    Raises:
        WriteError: the disk is full, the folder is missing or may not be written; ``path`` is as before.
    """
    with atomic_file(path) as temporary:
        temporary.write_bytes(data)


@contextmanager
def atomic_file(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path to write; it becomes ``path`` when the block ends without an exception.

    Raises:
        WriteError: as `write_atomically`; every `OSError` in the block counts as one.
    """
    with _replaced(Path(path)) as temporary:
        yield temporary
        _sync(temporary)
        os.replace(temporary, path)  # noqa: PTH105 - atomic on POSIX


@contextmanager
def atomic_folder(path: str | Path) -> Iterator[Path]:
    """Yield an empty temporary folder to fill; it becomes ``path`` when the block ends without an exception.

    An existing folder is replaced whole. POSIX has no rename over a full folder, so the old one is moved
    aside first; a crash between the two renames leaves it beside the target as ``.name.XXXXXXXX.tmp``.

    Raises:
        WriteError: as `write_atomically`, or ``path`` is something else than a folder.
    """
    target = Path(path)
    with _replaced(target) as temporary:
        temporary.mkdir()
        yield temporary
        for folder, _, names in os.walk(temporary, topdown=False):
            for name in (*names, "."):
                _sync(Path(folder) / name)
        _swap(temporary, target)


@contextmanager
def _replaced(target: Path) -> Iterator[Path]:
    temporary = _beside(target)
    try:
        yield temporary
        _sync(target.parent)
    except OSError as error:
        raise WriteError(target, f"cannot be written ({error.strerror or error})") from error
    finally:
        _discard(temporary)


def _beside(target: Path) -> Path:
    return target.parent / f".{target.name[:100]}.{secrets.token_hex(4)}.tmp"


def _swap(temporary: Path, target: Path) -> None:
    """Move a full folder to ``target``, and what stood there out of the way and away."""
    if not os.path.lexists(target):
        temporary.rename(target)
        return
    if target.is_symlink() or not target.is_dir():
        raise NotADirectoryError("a file of that name is there; a folder or nothing is expected")
    aside = _beside(target)
    target.rename(aside)
    try:
        temporary.rename(target)
    except OSError:
        aside.rename(target)
        raise
    _discard(aside)


def _discard(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
