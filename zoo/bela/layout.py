"""The bytes of a bank: `bela/app/BANK.md`, version 1, little-endian."""

from __future__ import annotations

import struct
import unicodedata
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

from zoo.bela.bank import (
    GAIN_CLASSES,
    KINDS,
    MAX_BYTES,
    MAX_CABS,
    MAX_MODELS,
    MAX_TEXT,
    VERSION,
    Bank,
    BankModel,
    Cab,
)
from zoo.errors import BadRequest

MAGIC = b"TZBANK\r\n"
HEADER = struct.Struct("<8s6I64s")
MODEL = struct.Struct("<64s64s32s4I3fI3If9I12s")
CAB = struct.Struct("<64s3I20s")
CHECKED_FROM = 16  # the checksum counts from here
RESIDUAL, COUNTED, FORCED = 1, 2, 4


class _Data:
    """The part behind the records: arrays of 4-byte elements, one after the other."""

    def __init__(self, start: int) -> None:
        self._end, self._parts = start, list[bytes]()

    def put(self, array: npt.NDArray[Any]) -> int:
        """Append; where it lies, or 0 for nothing."""
        if array.size == 0:
            return 0
        where = self._end
        self._parts.append(array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes())
        self._end += 4 * array.size
        return where

    def bytes(self) -> bytes:
        return b"".join(self._parts)


def encode(bank: Bank) -> bytes:
    """The file of a bank; the same bank gives the same bytes.

    Raises:
        BadRequest: too many models or cabinets, or too large.
    """
    if len(bank.models) > MAX_MODELS or len(bank.cabs) > MAX_CABS:
        raise BadRequest(
            f"{len(bank.models)} models and {len(bank.cabs)} cabinets are too many for a bank; "
            f"it holds {MAX_MODELS} and {MAX_CABS}: write several banks"
        )
    data = _Data(HEADER.size + MODEL.size * len(bank.models) + CAB.size * len(bank.cabs))
    records = [_model(model, data) for model in bank.models] + [_cab(cab, data) for cab in bank.cabs]
    rest = b"".join(records) + data.bytes()
    size = HEADER.size + len(rest)
    if size > MAX_BYTES:
        raise BadRequest(f"a bank of {size / 2**20:.0f} MiB is too large; {MAX_BYTES >> 20} MiB at most")
    counts = (size, len(bank.models), len(bank.cabs), bank.budget)
    checked = struct.pack("<4I64s", *counts, text(bank.name)) + rest
    return MAGIC + struct.pack("<2I", VERSION, zlib.crc32(checked)) + checked


def text(words: str) -> bytes:
    """A text field's bytes: what is no character becomes a space, what is too long goes."""
    plain = "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in words).strip()
    cut = plain.encode()[:MAX_TEXT]
    return cut.decode(errors="ignore").rstrip().encode()


def _model(m: BankModel, data: _Data) -> bytes:
    flags = RESIDUAL * m.residual | COUNTED * m.counted | FORCED * m.forced
    sections = [(data.put(array), array.size) for array in (m.weights, m.start, m.shape)]
    test = (data.put(m.test_in), data.put(m.test_out), m.test_in.size)
    return MODEL.pack(
        text(m.name), text(m.device), bytes.fromhex(m.digest),
        KINDS.index(m.kind) + 1, GAIN_CLASSES.index(m.gain_class), m.sample_rate, flags,
        m.in_gain, m.out_gain, m.trim_db, m.instructions,
        m.hidden, m.layers, m.frame, m.tolerance,
        *(number for section in sections for number in section), *test, bytes(12),
    )  # fmt: skip


def _cab(cab: Cab, data: _Data) -> bytes:
    taps = cab.taps.astype(np.float32)
    return CAB.pack(text(cab.name), cab.sample_rate, data.put(taps), taps.size, bytes(20))
