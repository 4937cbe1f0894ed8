"""What is heard and written: models played, models exported for players, captures saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from registry import Registry
from zoo.api.models import load_model

if TYPE_CHECKING:
    from zoo.capture import Capture
    from zoo.exporting import Exported
    from zoo.rendering import Rendered
    from zoo.snapshot import Snapshot


def render_file(
    model: str | Path | Snapshot,
    source: str | Path,
    target: str | Path,
    *,
    knobs: Sequence[float] | None = None,
    gain_db: float = 0.0,
    registry: Registry | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Rendered:
    """Play an audio file through a model; see `zoo.rendering.render_file` and `load_model`."""
    from zoo.rendering import render_file as play
    from zoo.snapshot import Snapshot

    snapshot = model if isinstance(model, Snapshot) else load_model(model, registry=registry)
    return play(snapshot, source, target, knobs=knobs, gain_db=gain_db, progress=progress)


def export_model(
    model: str | Path | Snapshot,
    to: str,
    out: str | Path | None = None,
    *,
    registry: Registry | None = None,
) -> Exported:
    """Write a model for a player; see `zoo.exporting.export_model` and `load_model`.

    Args:
        model: a snapshot, or what `load_model` takes.
        to: the player: "proteus", "aidax", "rtneural", "nam", "onnx" or "bela".
        out: the file; by default the model's name and the player's extension, in the current folder.
        registry: the user's own zoo when absent.
    """
    from zoo.exporting import export_model as write
    from zoo.exporting import file_name
    from zoo.snapshot import Snapshot

    snapshot = model if isinstance(model, Snapshot) else load_model(model, registry=registry)
    return write(snapshot, to, out if out is not None else file_name(snapshot, model))


def save_capture(capture: Capture, path: str | Path) -> None:
    """Write an aligned capture as float WAV: left dry, right wet; one channel if only the wet is known.

    Raises:
        BadRequest: the name does not end in .wav.
        WriteError: the file cannot be written.
    """
    import numpy as np

    from zoo.audio import write_audio

    signals = [capture.wet] if capture.dry is None else [capture.dry, capture.wet]
    write_audio(path, np.stack(signals), capture.sample_rate, encoding="FLOAT")
