"""The starter zoo that the package brings along: models in the store's own layout, copied into a zoo once.

A stamp in the zoo says which starter was copied, so that a model the user removed stays away until another
starter comes with a new version of the package.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from registry.plain_files import read_plain
from registry.registry import Registry
from zoo.errors import StoreError

STAMP_NAME = "starter.json"


def install_starter(registry: Registry, starter: Path) -> int:
    """Copy the models of ``starter`` into a zoo that has not seen this starter yet. Returns how many are new.

    A zoo that cannot be written is left as it is, with a remark.
    """
    folders = sorted(path for path in starter.glob("models/*") if not path.name.startswith("."))
    if not folders:
        return 0
    version = _version(starter)
    if _installed(registry.home / STAMP_NAME) == version:
        return 0
    try:
        added = sum(registry.adopt(folder)[1] for folder in folders)
        with registry.store.lock():
            registry.store.write_home_file(STAMP_NAME, json.dumps({"version": version}).encode() + b"\n")
    except StoreError as error:
        registry.remark(f"the starter zoo is not installed: {error}")
        return 0
    return added


def _version(starter: Path) -> str:
    """Changes when a model comes or goes, or when a manifest or the size of a file changes."""
    sha = hashlib.sha256()
    for path in sorted(path for path in starter.glob("models/*/*") if path.is_file()):
        sha.update(f"{path.relative_to(starter).as_posix()} {path.stat().st_size}\n".encode())
        if path.suffix == ".json":
            sha.update(path.read_bytes())
    return sha.hexdigest()


def _installed(stamp: Path) -> str | None:
    try:
        version = json.loads(read_plain(stamp, 4096))["version"]
    except (StoreError, ValueError, KeyError, TypeError):
        return None
    return version if isinstance(version, str) else None
