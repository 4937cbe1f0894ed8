"""The pedal as a Bela project: what the board compiles, its page and a bank, as files of one folder."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path
from typing import TypeAlias

from zoo.files import write_atomically
from zoo.sources import board_sources

NAME = "tonezoo"
PARTS = ("app", "engine")
WHEN = (1980, 1, 1, 0, 0, 0)  # a ZIP holds no earlier one; the same project gives the same bytes

Files: TypeAlias = dict[str, bytes]


def project_files(bank: bytes) -> Files:
    """Each file of the project by its path in it: render.cpp and the page at the root, headers in folders."""
    sources = board_sources()
    files = {"bank.bin": bank, "render.cpp": (sources / "app" / "render.cpp").read_bytes()}
    for part in PARTS:
        for header in sorted((sources / part).rglob("*.h")):
            files[header.relative_to(sources).as_posix()] = header.read_bytes()
    for page in sorted((sources / "app" / "page").iterdir()):
        files[page.name] = page.read_bytes()
    return files


def as_tar(files: Files) -> bytes:
    """A tar archive for the board's own tar; times are left out, since a board's clock may stand in 2016."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(data), 0o644
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def write_zip(files: Files, path: Path) -> None:
    """A ZIP whose one folder is the project, for Bela's IDE.

    Raises:
        WriteError: the disk is full, or the place may not be written.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(f"{NAME}/{name}", WHEN), data, zipfile.ZIP_DEFLATED)
    write_atomically(path, buffer.getvalue())
