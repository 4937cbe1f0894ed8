"""Packs: files of several models in one safetensors file, each as a row of bytes called ``<id>/<file>``.

A repository of a whole zoo would otherwise have more files than the Hub bears. Nothing is unpacked to a place
that a pack chooses: files are taken out by fixed names, and their manifest vouches for them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from safetensors import SafetensorError

from registry.manifest import MANIFEST_NAME
from zoo.errors import WrongContent

PACKED = (MANIFEST_NAME, "config.json", "model.safetensors")
MAX_PACK_BYTES = 256 << 20


def pack_bytes(models: Mapping[str, Mapping[str, bytes]]) -> bytes:
    """A pack of models: id -> file -> content; the same bytes for the same models."""
    from safetensors.numpy import save

    return save(
        {
            f"{model}/{name}": np.frombuffer(files[name], np.uint8)
            for model, files in models.items()
            for name in PACKED
        }
    )


def files_in_pack(data: bytes, model: str, place: str) -> dict[str, bytes]:
    """The files of one model.

    Raises:
        WrongContent: the pack is damaged, or the model is not in it.
    """
    from safetensors.numpy import load

    try:
        rows = load(data)
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise WrongContent(f"{place} is not a sound safetensors file") from error
    files = {}
    for name in PACKED:
        row = rows.get(f"{model}/{name}")
        if row is None or row.dtype != np.uint8 or row.ndim != 1:
            raise WrongContent(f"{place} does not hold the {name} of {model[:12]} as a row of bytes")
        files[name] = row.tobytes()
    return files
