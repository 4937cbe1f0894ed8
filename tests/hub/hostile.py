"""Repositories of people who mean harm: a sound one, with one thing wrong and all hashes made to fit."""

from __future__ import annotations

import hashlib
import json
import struct
from typing import Any


def sealed(base: dict[str, bytes], changes: dict[str, bytes | None], /, **said: Any) -> dict[str, bytes]:
    """The files with some changed, and a ``zoo.json`` that vouches for them and says this and that."""
    changed = {**base, **changes}
    kept = {path: data for path, data in changed.items() if data is not None}
    manifest = json.loads(base["zoo.json"])
    for path in manifest["files"]:
        if path in kept:
            record = {"sha256": hashlib.sha256(kept[path]).hexdigest(), "bytes": len(kept[path])}
            manifest["files"][path] = record
    manifest |= said
    return {**kept, "zoo.json": json.dumps(manifest).encode()}


def safetensors(header: Any, body: bytes = b"", *, length: int | None = None) -> bytes:
    """A file with any header, sound or not."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + body


def header_of(data: bytes) -> tuple[dict[str, Any], bytes]:
    """The header and the rest of a sound file."""
    (length,) = struct.unpack("<Q", data[:8])
    return json.loads(data[8 : 8 + length]), data[8 + length :]


def abused_headers(data: bytes) -> dict[str, bytes]:
    """What -> a safetensors file that is wrong in that way."""
    header, body = header_of(data)
    name = next(iter(header))
    entry = header[name]

    def other(**changes: Any) -> bytes:
        return safetensors({**header, name: {**entry, **changes}}, body)

    start, end = entry["data_offsets"]
    return {
        "nothing": b"",
        "seven bytes": b"\0" * 7,
        "a length beyond the file": safetensors(header, body, length=1 << 40),
        "the greatest length": safetensors(header, body, length=(1 << 64) - 1),
        "no JSON": safetensors(b"{" * 64, body),
        "a list": safetensors([], body),
        "nested deeply": safetensors(b"[" * 100_000 + b"]" * 100_000, body),
        "an end before its start": other(data_offsets=[end, start]),
        "an end beyond the file": other(data_offsets=[start, 1 << 62]),
        "a negative start": other(data_offsets=[-4, end]),
        "tensors that overlap": other(data_offsets=[start + 4, end + 4]),
        "a shape that overflows": other(shape=[1 << 32, 1 << 32]),
        "a shape of another size": other(shape=[*entry["shape"], 2]),
        "a negative shape": other(shape=[-1]),
        "another type": other(dtype="F64"),
        "no such type": other(dtype="OBJECT"),
        "half precision": other(dtype="F16", data_offsets=[start, start + (end - start) // 2]),
        "a hole": safetensors({k: v for k, v in header.items() if k != name}, body),
        "more behind": data + b"more",
        "cut": data[:-1],
        "a tensor of another name": safetensors(
            {("x" if k == name else k): v for k, v in header.items()}, body
        ),
        "a pickle": b"\x80\x04\x95cos\nsystem\n(S'true'\ntR.",
        "a zip": b"PK\x03\x04" + bytes(64),
    }


def paths_out() -> tuple[str, ...]:
    """Names that would lead out of a folder, or mean something else to a system or a shell."""
    return (
        "../x", "../../etc/passwd", "/etc/passwd", "a/../../x", "./x", "a//x", "a/./x", "a/..", "..", ".", "",
        "/", "//host/share",
        "C:\\x", "C:x", "..\\x", "a\\..\\x", "\\\\host\\share", ".hidden", "a/.git/config",
        "a\0b", "a\nb", "a\rb", "a\x1b[2Jb", "a/", "\u202etxt.exe", "a" * 256, "~/x:y", "zoo.json",
    )  # fmt: skip
