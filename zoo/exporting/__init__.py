"""Writes a model for a player, with a test vector beside it, and proves that the file sounds the same.

The test vector is a stereo WAV in 32-bit float at the model's rate: left what goes in, right what must come
out, from rest and with knobs at 0.5. It is computed in double precision, so it is the same on every machine.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from zoo.audio import write_audio
from zoo.engine import render
from zoo.engine.reference import render_reference
from zoo.errors import SnapshotError, UnsupportedModel, ZooError
from zoo.exporting.players import PLAYERS, Fitted, Player, player
from zoo.files import write_atomically
from zoo.formats import FORMATS, read_model
from zoo.formats.aidax import SELF_TEST_KEYS
from zoo.playing.sweep import rising_sweep
from zoo.snapshot import Snapshot

Signal = npt.NDArray[np.float32]

VECTOR_SAMPLES = 2048  # as many as in AIDA-X's own self-test
TOLERANCE = 1e-6  # of the larger of full scale and the output's peak


@dataclass(frozen=True)
class Exported:
    """What `export_model` wrote.

    Attributes:
        path: the model.
        vector: the test vector.
        player: who reads it.
        architecture: as written, padding included.
        sample_rate: Hz.
        max_error: largest difference of the file, read again, from the model, on the test vector; the scale
            is full scale, or the output's peak where that is higher.
        remarks: what a person should know.
    """

    path: Path
    vector: Path
    player: str
    architecture: str
    sample_rate: int
    max_error: float
    remarks: tuple[str, ...]


def export_model(snapshot: Snapshot, to: str, path: str | Path) -> Exported:
    """Write ``snapshot`` for a player and a test vector beside it, or nothing at all.

    Args:
        snapshot: any model.
        to: a name in `zoo.exporting.players.PLAYERS`.
        path: the file; the player's extension is added where it has none.

    Raises:
        BadRequest: no such player.
        UnsupportedModel: the player cannot hold the model; the message says who could.
        PackageMissing: the format needs a package that is not installed.
        WriteError: the disk is full, or the place may not be written.
    """
    wanted, path = player(to), Path(path)
    path = path if path.suffix else path.with_name(path.name + wanted.extension)
    dry = probe_signal()
    wet = render_reference(snapshot, dry).astype(np.float32)
    with tempfile.TemporaryDirectory(prefix="zoo-export-") as scratch:
        draft = Path(scratch) / "model"
        fitted = _write(snapshot, wanted, path, draft, dry)
        error = _difference(snapshot, draft, dry)
        vector = path.with_name(f"{path.stem}.test.wav")
        write_audio(vector, np.stack([dry, wet]), snapshot.sample_rate, encoding="FLOAT")
        write_atomically(path, draft.read_bytes())
    return Exported(
        path, vector, wanted.name, str(fitted.snapshot.architecture), snapshot.sample_rate, error,
        _remarks(snapshot, fitted),
    )  # fmt: skip


def file_name(snapshot: Snapshot, asked: object = None) -> str:
    """A name without an extension for a model's file: its own, or that of the file it was asked for by."""
    name = snapshot.metadata.name or (Path(str(asked)).stem if isinstance(asked, (str, Path)) else "")
    safe = re.sub(r"[^\w+-]+", "-", name).strip("-")[:80]
    return safe or snapshot.digest[:12]


def probe_signal() -> Signal:
    """What goes into a model for its test vector; shape (samples,)."""
    return rising_sweep(VECTOR_SAMPLES)


def _write(snapshot: Snapshot, wanted: Player, path: Path, draft: Path, dry: Signal) -> Fitted:
    """The model in ``draft``; what the player lacks is said with the names of those that could."""
    try:
        fitted = wanted.fit(snapshot)
        _draft(_with_self_test(fitted.snapshot, wanted, dry), wanted, draft)
    except SnapshotError as error:
        could = ", ".join(_others(snapshot, wanted, draft)) or "the zoo's own format alone"
        raise UnsupportedModel(path, f"not written: {error}; {could} could hold it") from error
    return fitted


def _others(snapshot: Snapshot, but: Player, draft: Path) -> list[str]:
    """The names of the other players that can hold ``snapshot``."""

    def could(other: Player) -> bool:
        try:
            _draft(other.fit(snapshot).snapshot, other, draft)
        except ZooError:
            return False
        return True

    return [other.name for other in PLAYERS.values() if other is not but and could(other)]


def _draft(fitted: Snapshot, wanted: Player, draft: Path) -> None:
    FORMATS[wanted.format].write(fitted, draft)


def _with_self_test(fitted: Snapshot, wanted: Player, dry: Signal) -> Snapshot:
    """AIDA-X's files carry a test vector of their own, knobs at 0; one from elsewhere is replaced."""
    extra: dict[str, Any] = {k: v for k, v in fitted.metadata.extra.items() if k not in SELF_TEST_KEYS}
    if wanted.name == "aidax":
        wet = render_reference(fitted, dry, knobs=(0.0,) * fitted.num_knobs).astype(np.float32)
        extra |= dict(zip(SELF_TEST_KEYS, (signal.tolist() for signal in (dry, wet)), strict=True))
    return fitted.with_metadata(extra=extra)


def _difference(snapshot: Snapshot, draft: Path, dry: Signal) -> float:
    """How far the file, read again, is from the model.

    Raises:
        UnsupportedModel: too far to be called the same.
    """
    before, after = render(snapshot, dry), render(read_model(draft), dry)
    scale = max(1.0, float(np.abs(before).max()))
    error = float(np.abs(after - before).max()) / scale
    if not error < TOLERANCE:
        raise UnsupportedModel(
            draft,
            f"not written: read again it differs by {error:.1e}, and at most {TOLERANCE:g} is allowed; "
            "choose another player",
        )
    return error


def _remarks(snapshot: Snapshot, fitted: Fitted) -> tuple[str, ...]:
    remarks = list(fitted.remarks)
    if snapshot.sample_rate_assumed:
        remarks.append(f"the model's sample rate is assumed to be {snapshot.sample_rate} Hz")
    return tuple(remarks)
