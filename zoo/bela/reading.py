"""Reads a bank and believes none of it: the same checks as `bela/app/bank.h`, with the same sentences."""

from __future__ import annotations

import unicodedata
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from zoo.bela.bank import (
    FRAME,
    GAIN_CLASSES,
    KINDS,
    MAX_BYTES,
    MAX_CABS,
    MAX_MODELS,
    MAX_TAPS,
    MAX_TEST,
    VERSION,
    Bank,
    BankModel,
    Cab,
    Floats,
    Words,
)
from zoo.bela.layout import CAB, CHECKED_FROM, COUNTED, FORCED, HEADER, MAGIC, MODEL, RESIDUAL
from zoo.bela.networks import MAX_UNITS, num_states, num_weights
from zoo.errors import ModelFileError, UnsupportedModel

MIN_RATE, MAX_RATE = 8_000, 384_000
Record = TypeVar("Record")


class _Damage(Exception):
    """A value in a record that no writer puts there."""


def read_bank(path: str | Path) -> Bank:
    """The bank in a file.

    Raises:
        ModelFileError: missing, unreadable, no bank, cut off or damaged.
        UnsupportedModel: of a later version.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ModelFileError(path, f"cannot be read ({error.strerror or error})") from error
    return decode(data, path)


def decode(data: bytes, path: Path) -> Bank:
    """The bank in ``data``; ``path`` is for messages. Raises as `read_bank`."""
    if len(data) > MAX_BYTES:
        raise ModelFileError(path, f"this is no bank: it is larger than {MAX_BYTES >> 20} MiB")
    if data[: len(MAGIC)] != MAGIC[: len(data)]:
        raise ModelFileError(path, "this is no bank of models; `zoo bela pack` writes one")
    if len(data) < HEADER.size:
        raise ModelFileError(path, "the bank is cut off; pack or copy it again")
    _, version, checksum, size, models, cabs, budget, name = HEADER.unpack_from(data)
    if version > VERSION:
        raise UnsupportedModel(
            path, f"a bank of version {version}, and this tonezoo reads {VERSION}; update tonezoo"
        )
    if size > len(data):
        raise ModelFileError(path, "the bank is cut off; pack or copy it again")
    if version != VERSION or size != len(data) or zlib.crc32(data[CHECKED_FROM:]) != checksum:
        raise ModelFileError(path, "the bank is damaged: its checksum is wrong; pack or copy it again")
    first = HEADER.size + MODEL.size * models + CAB.size * cabs
    if size % 4 or models > MAX_MODELS or cabs > MAX_CABS or first > size or budget == 0:
        raise ModelFileError(path, "the bank is damaged: its header is out of bounds")
    sections = _Sections(data, first)
    return Bank(
        _each(path, "the header", 1, lambda _: _text(name))[0],
        _each(path, "model", models, lambda i: _model(data, HEADER.size + MODEL.size * i, sections)),
        _each(
            path, "cabinet", cabs,
            lambda i: _cab(data, HEADER.size + MODEL.size * models + CAB.size * i, sections),
        ),
        budget,
    )  # fmt: skip


def _each(path: Path, what: str, count: int, read: Callable[[int], Record]) -> tuple[Record, ...]:
    done = list[Record]()
    try:
        while len(done) < count:
            done.append(read(len(done)))
    except _Damage as error:
        where = f"{what} {len(done) + 1}" if count > 1 else what
        raise ModelFileError(path, f"the bank is damaged: {where}: {error} out of bounds") from error
    return tuple(done)


class _Sections:
    """The arrays behind the records."""

    def __init__(self, data: bytes, first: int) -> None:
        self._data, self._first = data, first

    def words(self, what: str, offset: int, count: int) -> Words:
        """``count`` words, one at least."""
        if count < 1 or offset % 4 or offset < self._first or offset + 4 * count > len(self._data):
            raise _Damage(f"its {what} are")
        return np.frombuffer(self._data, "<u4", count, offset)

    def floats(self, what: str, offset: int, count: int) -> Floats:
        """``count`` finite floats, one at least."""
        values = self.words(what, offset, count).view("<f4")
        if not np.isfinite(values).all():
            raise _Damage(f"its {what} are")
        return values.astype(np.float32)


def _model(data: bytes, at: int, sections: _Sections) -> BankModel:
    (
        name, device, digest, kind, gain_class, sample_rate, flags, in_gain, out_gain, trim_db, instructions,
        hidden, layers, frame, tolerance, *places, zeros,
    ) = MODEL.unpack_from(data, at)  # fmt: skip
    weights, start, shape, (test_in, test_out, samples) = (places[:2], places[2:4], places[4:6], places[6:])
    _within("kind", kind, 1, len(KINDS))
    _within("gain class", gain_class, 0, len(GAIN_CLASSES) - 1)
    _within("sample rate", sample_rate, MIN_RATE, MAX_RATE)
    _within("flags", flags, 0, RESIDUAL | COUNTED | FORCED)
    for gain in (in_gain, out_gain):
        _within("gain", gain, 1e-6 * (1 - 1e-6), 1e6)
    _within("trim", trim_db, -60.0, 60.0)
    _within("cost", instructions, 1, 1 << 32)
    _within("tolerance", tolerance, 0.9e-9, 1e6)
    _within("test", samples, FRAME, MAX_TEST)
    if samples % FRAME or any(zeros):
        raise _Damage("its test or its end is")
    wavenet = KINDS[kind - 1] == "WaveNet"
    _within("frame", frame, 1, 1 if wavenet else FRAME)
    if frame not in (1, FRAME) or (wavenet and flags & RESIDUAL):
        raise _Damage("its frame or residual is")
    return _sound(
        BankModel(
            _text(name), _text(device), digest.hex(), KINDS[kind - 1], GAIN_CLASSES[gain_class], sample_rate,
            bool(flags & RESIDUAL), bool(flags & COUNTED), bool(flags & FORCED), in_gain, out_gain, trim_db,
            instructions, hidden, layers, frame, tolerance,
            weights=sections.floats("weights", *weights),
            test_in=sections.floats("tests", test_in, samples),
            test_out=sections.floats("tests", test_out, samples),
            **_particular(sections, wavenet, start, shape),
        )
    )  # fmt: skip


def _sound(model: BankModel) -> BankModel:
    """``model``, if its sizes are such as its weights."""
    if model.kind != "WaveNet":
        _within("size", model.hidden, 1, MAX_UNITS)
        _within("layers", model.layers, 1, 8)
    if num_weights(model) != model.weights.size or num_states(model) != model.start.size:
        raise _Damage("its shape is")
    return model


def _particular(sections: _Sections, wavenet: bool, start: list[int], shape: list[int]) -> dict[str, Any]:
    """What only one kind of network has: layers or a start state."""
    _nothing(*(("states", start) if wavenet else ("layers", shape)))
    if wavenet:
        return {"shape": sections.words("layers", *shape)}
    return {"start": sections.floats("states", *start)}


def _nothing(what: str, place: list[int]) -> None:
    if any(place):
        raise _Damage(f"its {what} are")


def _cab(data: bytes, at: int, sections: _Sections) -> Cab:
    name, sample_rate, offset, count, zeros = CAB.unpack_from(data, at)
    _within("sample rate", sample_rate, MIN_RATE, MAX_RATE)
    _within("taps", count, 1, MAX_TAPS)
    if any(zeros):
        raise _Damage("its end is")
    return Cab(_text(name), sample_rate, sections.floats("taps", offset, count))


def _within(what: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise _Damage(f"its {what} is")


def _text(field: bytes) -> str:
    words, zeros = field.rstrip(b"\0"), field[len(field.rstrip(b"\0")) :]
    try:
        decoded = words.decode()
    except UnicodeDecodeError:
        raise _Damage("its text is") from None
    if not zeros or any(unicodedata.category(c) == "Cc" for c in decoded):
        raise _Damage("its text is")
    return decoded
