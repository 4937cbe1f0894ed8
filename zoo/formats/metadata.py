"""Metadata in model files: known fields by the format's own keys, all the rest kept in ``Metadata.extra``.

Writing what was read gives the same metadata again. A known field of an unexpected type or with characters
that do not print stays in ``extra``, as the file has it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from zoo.formats.fields import Fields, is_number
from zoo.snapshot import Metadata

MAX_TEXT = 1_000
MAX_EXTRA_BYTES = 1 << 20

NUMBERS = ("loudness_db", "input_level_dbu", "output_level_dbu")
PLAIN_KEYS = {
    name: name for name in ("name", "author", "make", "model", "kind", "tone", "licence", "date", *NUMBERS)
}


def metadata_from(fields: Fields, keys: Mapping[str, str], ignore: Iterable[str] = ()) -> Metadata:
    """The metadata in one JSON object.

    Args:
        fields: the object.
        keys: the format's key for each `Metadata` field.
        ignore: keys of the object that are no metadata.

    Raises:
        ModelFileError: the unknown fields take more than 1 MiB, or text is not Unicode.
    """
    rest = {key: value for key, value in fields.values.items() if key not in set(ignore)}
    known: dict[str, Any] = {}
    for name, key in keys.items():
        value = rest.get(key)
        if name in NUMBERS and is_number(value):
            known[name] = float(rest.pop(key))
        elif name not in NUMBERS and _is_plain_text(value):
            known[name] = rest.pop(key)
        elif value is None:
            rest.pop(key, None)
    _check_extra(fields, rest)
    return Metadata(**known, extra=rest)


def metadata_document(metadata: Metadata, keys: Mapping[str, str]) -> dict[str, Any]:
    """The inverse of `metadata_from`."""
    known = {key: getattr(metadata, name) for name, key in keys.items()}
    return {**metadata.extra, **{key: value for key, value in known.items() if value is not None}}


def _is_plain_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_TEXT and value.isprintable()


def _check_extra(fields: Fields, extra: Mapping[str, Any]) -> None:
    try:
        size = len(json.dumps(extra, allow_nan=False, ensure_ascii=False).encode())
    except ValueError as error:
        raise fields.damaged(f"its metadata cannot be kept ({error})") from error
    if size > MAX_EXTRA_BYTES:
        raise fields.damaged(
            f"its metadata takes {size >> 10} KiB; at most {MAX_EXTRA_BYTES >> 10} KiB is kept"
        )
