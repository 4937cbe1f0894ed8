"""A file on its way here: it is called ``.part`` until it is whole and proved by its hash."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from registry.plain_files import record_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file: where it lies and what it must be."""

    url: str
    bytes: int
    sha256: str


class Part:
    """What there is of a wanted file.

    Args:
        folder: where it lies, under its hash.
        wanted: what it must become.
        heard: hears how many bytes of it are there.
    """

    def __init__(self, folder: Path, wanted: Wanted, heard: Callable[[int], None]) -> None:
        self.whole = folder / wanted.sha256
        self._path = folder / f"{wanted.sha256}.part"
        self._wanted, self._heard = wanted, heard

    def is_whole(self) -> bool:
        """Whether an earlier run left it complete, and nothing has happened to it since."""
        if not self.whole.exists():
            return False
        if self._is_promised(self.whole):
            self._heard(self._wanted.bytes)
            return True
        self.whole.unlink()
        return False

    def size(self) -> int:
        """How much of it there is; what is too long is damaged, counts as nothing and goes."""
        size = self._path.stat().st_size if self._path.exists() else 0
        if size > self._wanted.bytes:
            self._path.unlink()
            size = 0
        self._heard(size)
        return size

    @contextmanager
    def written_from(self, start: int) -> Iterator[Callable[[bytes], int]]:
        """A function that adds a piece behind the first ``start`` bytes, and says how many there are then."""
        with self._path.open("r+b" if start else "wb", buffering=0) as file:
            file.seek(start)
            file.truncate()
            yield lambda piece: self._add(file, piece)

    def _add(self, file: IO[bytes], piece: bytes) -> int:
        view = memoryview(piece)
        while view:
            view = view[file.write(view) :]
        self._heard(file.tell())
        return file.tell()

    def finish(self) -> bool:
        """Give it its name if it is what was promised, to the byte."""
        promised = self._is_promised(self._path)
        if promised:
            self._path.replace(self.whole)
        return promised

    def discard(self) -> str:
        """Throw it away, if there is any; its sha-256."""
        found = record_of(self._path).sha256 if self._path.exists() else ""
        self._path.unlink(missing_ok=True)
        self._heard(0)
        return found

    def _is_promised(self, path: Path) -> bool:
        record = record_of(path)
        return (record.bytes, record.sha256) == (self._wanted.bytes, self._wanted.sha256)
