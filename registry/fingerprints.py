"""Fingerprints beside their models: named arrays in ``fingerprint-<key>.safetensors``.

A fingerprint is a cache. The key names what it was computed with (probe and features); one that is damaged
or of another key counts as missing and is computed anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from registry.plain_files import read_plain
from registry.store import Store
from zoo.errors import BadRequest, StoreError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Arrays: TypeAlias = Mapping[str, npt.NDArray[np.generic]]

MAX_FINGERPRINT_BYTES = 1 << 26
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")


def file_name(key: str) -> str:
    """The file that holds fingerprints of this key.

    Raises:
        BadRequest: the key is not a word of letters and digits.
    """
    if not _KEY.fullmatch(key):
        raise BadRequest(f"{key[:80]!r} is no fingerprint key; letters, digits, - and _ are expected")
    return f"fingerprint-{key}.safetensors"


def is_fingerprint(name: str) -> bool:
    """Whether a file of a model's folder is a fingerprint, of whatever key."""
    return re.fullmatch(rf"fingerprint-{_KEY.pattern}\.safetensors", name) is not None


def write_fingerprint(store: Store, model_id: str, key: str, arrays: Arrays) -> None:
    """Keep a fingerprint beside its model; fingerprints of other keys stay. Needs the store's lock.

    Raises:
        StoreError: the model is gone, or the disk is full.
    """
    import numpy as np
    from safetensors.numpy import save

    plain = {name: np.ascontiguousarray(arrays[name]) for name in sorted(arrays)}
    if not store.folder(model_id).is_dir():
        raise StoreError(f"model {model_id[:12]} is no longer in the zoo; its fingerprint is dropped")
    store.write_file(model_id, file_name(key), save(plain))


def copy_missing(store: Store, source: Path, model_id: str, names: Iterable[str]) -> None:
    """Copy a model's fingerprints from another folder, where there are none. Needs the store's lock."""
    for name in names:
        if not (store.folder(model_id) / name).exists():
            store.write_file(model_id, name, read_plain(source / name, MAX_FINGERPRINT_BYTES))


def read_fingerprint(store: Store, model_id: str, key: str) -> dict[str, npt.NDArray[np.generic]] | None:
    """The arrays of a fingerprint, or None where there is none that can be used."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        arrays = load(read_plain(store.folder(model_id) / file_name(key), MAX_FINGERPRINT_BYTES))
    except (StoreError, SafetensorError, ValueError, KeyError):
        return None
    return dict(arrays)
