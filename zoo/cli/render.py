"""``zoo render``: play an audio file through a model."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoo.cli.output import JsonOption, QuietOption, print_json, print_remark, progress

if TYPE_CHECKING:
    from zoo.rendering import Rendered


def render(
    model: Annotated[str, typer.Argument(help="Model file or folder, or the name or id of one in the zoo.")],
    source: Annotated[Path, typer.Argument(metavar="IN", help="Dry recording: WAV, FLAC or MP3.")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="File to write; its ending says the format.")],
    knob: Annotated[
        list[float] | None, typer.Option(help="A knob's value, 0 to 1; once for each knob, in order.")
    ] = None,
    gain: Annotated[float, typer.Option(min=-120, max=120, help="Gain of the output in dB.")] = 0.0,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Play a dry recording of any length and rate through a model.

    Every channel is played by itself. The output has the rate, length and, where it can, the encoding of the
    input.

    Example: zoo render american-preamp-drive-3 in.wav out.wav
    """
    from zoo.api import render_file

    with progress(quiet=quiet) as bar:
        task = bar.add_task(f"rendering {target.name}", total=None)
        rendered = render_file(
            model,
            source,
            target,
            knobs=knob,
            gain_db=gain,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    for remark in _remarks(rendered):
        print_remark(remark, quiet=quiet)
    if as_json:
        print_json({"model": model, "target": str(target), **_summary(rendered)})


def _summary(rendered: Rendered) -> dict[str, object]:
    facts = asdict(rendered)
    del facts["peak"]
    return {**facts, "peak_dbfs": _peak_dbfs(rendered)}


def _remarks(rendered: Rendered) -> list[str]:
    remarks = []
    if rendered.resampled:
        remarks.append(
            f"the model runs at {rendered.model_rate} Hz; the sound was resampled to it and back "
            f"to {rendered.sample_rate} Hz"
        )
    peak = _peak_dbfs(rendered)
    if rendered.clipped:
        remarks.append(
            f"warning: the output peaks at {peak:+.1f} dBFS, and {rendered.clipped} samples beyond "
            "full scale were "
            f"cut off by {rendered.encoding}; add --gain {-peak - 0.1:.1f}"
        )
    elif rendered.instead_of:
        remarks.append(
            f"the output peaks at {peak:+.1f} dBFS, which {rendered.instead_of} would have cut off; 32-bit "
            f"float was written instead, or add --gain {-peak - 0.1:.1f}"
        )
    elif rendered.peak > 1.0:
        remarks.append(
            f"the output peaks at {peak:+.1f} dBFS, which {rendered.encoding} holds; lower it before playing"
        )
    return remarks


def _peak_dbfs(rendered: Rendered) -> float:
    from zoo.capture.levels import decibels

    return round(decibels(rendered.peak), 2)
