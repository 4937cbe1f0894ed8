"""Read JSON that may be hostile, and write JSON.

Size, nesting and counts are bounded, and known before anything is built. The bounds are far above any model
that players use (the largest seen is 1.3 MB) and keep the memory that a file can cost to a few hundred
megabytes.
"""

from __future__ import annotations

import json
import re
import stat
from collections import Counter
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from zoo.errors import ModelFileError

MAX_BYTES = 64 << 20
MAX_VALUES = 6_000_000
MAX_LISTS = 400_000
MAX_STRINGS = 100_000
MAX_DEPTH = 32
MAX_DIGITS = 100

_NOT_A_BRACKET = bytes(set(range(256)) - set(b"[]{}"))


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in a file.

    Raises:
        ModelFileError: missing, unreadable, empty, too large, not UTF-8, not JSON (the message says where),
            too deep or too many values, a key twice in one object, NaN or infinity, or not an object.
    """
    data = read_bounded(path, MAX_BYTES)
    if not data.strip():
        raise ModelFileError(path, "the file is empty; a model is expected")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reason = f"not UTF-8 text (byte {error.start} is 0x{data[error.start]:02x}), so not a model in JSON"
        raise ModelFileError(path, reason) from error
    _check_bounds(path, data)
    try:
        document = json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise ModelFileError(path, f"not valid JSON: {_where(error)}") from error
    except (_Refused, RecursionError, ValueError) as error:
        raise ModelFileError(path, f"not acceptable JSON: {error}") from error
    if not isinstance(document, dict):
        raise ModelFileError(path, f"holds a JSON {type(document).__name__}; an object is expected")
    return document


def read_bounded(path: Path, limit: int) -> bytes:
    """A file's bytes, at most ``limit`` of them.

    Raises:
        ModelFileError: missing, unreadable, no regular file, or larger.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ModelFileError(path, "not a file; a model is expected")
        with path.open("rb") as file:
            data = file.read(min(status.st_size, limit) + 1)
    except (OSError, ValueError) as error:
        raise ModelFileError(path, f"cannot be read ({getattr(error, 'strerror', None) or error})") from error
    if len(data) > limit:
        raise ModelFileError(path, f"larger than {limit >> 20} MiB, the most that is read")
    return data


def encode_json(path: Path, document: dict[str, Any]) -> bytes:
    """``document`` as JSON on one line; the same document gives the same bytes.

    Raises:
        ModelFileError: it would be too large to be read again.
    """
    data = json.dumps(document, allow_nan=False).encode() + b"\n"
    if len(data) > MAX_BYTES:
        size = f"would be {len(data) >> 20} MiB of JSON, more than can be read again"
        raise ModelFileError(path, f"{size}; write a native model instead")
    return data


class _Refused(Exception):
    pass


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        twice, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        raise _Refused(f"the key {quoted(twice)} stands twice in one object")
    return fields


def _no_constant(name: str) -> NoReturn:
    raise _Refused(f"it holds {name}, which is not a number in JSON")


def _check_bounds(path: Path, data: bytes) -> None:
    """Depth and counts, from the bytes outside strings, before the parser allocates anything."""
    unescaped = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    if unescaped.count(b'"') > 2 * MAX_STRINGS:
        raise ModelFileError(path, f"holds over {MAX_STRINGS} strings, the most that is read")
    plain = re.sub(rb'"[^"]*"', b"", unescaped)
    brackets = np.frombuffer(plain.translate(None, _NOT_A_BRACKET), np.uint8)
    opens = (brackets == ord("[")) | (brackets == ord("{"))
    depth = np.cumsum(2 * opens[: 2 * MAX_LISTS].astype(np.int8) - 1, dtype=np.int32)
    if depth.max(initial=0) > MAX_DEPTH:
        raise ModelFileError(path, f"nested deeper than {MAX_DEPTH} levels; a model needs about 8")
    if brackets.size > 2 * MAX_LISTS or plain.count(b",") > MAX_VALUES:
        found = f"over {MAX_VALUES} values or {MAX_LISTS} lists and objects"
        raise ModelFileError(path, f"holds {found}, which is the most that is read")
    if re.search(rb"[-+.0-9eE]{%d}" % MAX_DIGITS, plain):
        raise ModelFileError(path, f"holds a number of {MAX_DIGITS} digits or more; a float needs about 20")


def _where(error: json.JSONDecodeError) -> str:
    rest = error.doc[error.pos : error.pos + 24].split("\n")[0]
    found = f"found {quoted(rest)}" if rest.strip() else "found the end of the line"
    if error.pos >= len(error.doc.rstrip()):
        found = "but the file ends there"
    wanted = error.msg[0].lower() + error.msg[1:]
    return f"line {error.lineno}, column {error.colno}: {wanted}, {found}"


def quoted(text: object, longest: int = 40) -> str:
    """A value from a file, short and printable, for an error message."""
    shown = ascii(text)
    return shown if len(shown) <= longest else f"{shown[: longest - 3]}..."
