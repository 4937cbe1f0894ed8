"""``zoo capture``: record a virtual device."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoo.cli.output import JsonOption, QuietOption, print_json, print_remark, progress
from zoo.errors import BadRequest

if TYPE_CHECKING:
    from training.circuits import Recorded

_SHORT = "The knob of that name, 0 to 10."


def capture(
    dry: Annotated[Path, typer.Argument(help="What is played into it: WAV, FLAC or MP3.")],
    circuit: Annotated[str, typer.Option(help="Name of a virtual device; zoo circuits lists them.")],
    drive: Annotated[float | None, typer.Option(help=_SHORT)] = None,
    tone: Annotated[float | None, typer.Option(help=_SHORT)] = None,
    level: Annotated[float | None, typer.Option(help=_SHORT)] = None,
    knob: Annotated[
        list[str] | None, typer.Option(help="Any knob, as NAME=VALUE; once for each knob.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Stereo file to write; named after the device by default."),
    ] = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Record a virtual device: play a dry file through it and write a capture, left dry, right wet, 24 bit.

    Example: zoo capture --circuit green-overdrive --drive 7 dry.wav
    """
    from zoo.api import record_circuit

    knobs = _settings({"drive": drive, "tone": tone, "level": level}, knob or [])
    with progress(quiet=quiet) as bar:
        task = bar.add_task(f"playing through {circuit}", total=None)
        made = record_circuit(
            circuit, dry, out, knobs=knobs,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )  # fmt: skip
    if made.clipped:
        print_remark(
            f"warning: {made.clipped} samples of the wet signal lie beyond full scale and were cut off; "
            "lower the device's level or the dry file",
            quiet=quiet,
        )
    if as_json:
        print_json(_facts(circuit, made))
    else:
        print(made.path)


def _settings(common: dict[str, float | None], others: Sequence[str]) -> dict[str, float]:
    """All knobs that were turned, each once."""
    turned = {name: value for name, value in common.items() if value is not None}
    for text in others:
        name, equals, number = text.partition("=")
        try:
            value = float(number)
        except ValueError:
            value, equals = 0.0, ""
        if not equals or not name:
            raise BadRequest(f"--knob {text} is no setting; write NAME=VALUE, such as --knob treble=6")
        if name in turned:
            raise BadRequest(f"the knob {name} was turned twice; give it one value")
        turned[name] = value
    return turned


def _facts(circuit: str, made: Recorded) -> dict[str, object]:
    from zoo.capture.levels import decibels

    return {
        "circuit": circuit,
        "knobs": made.settings,
        "path": str(made.path),
        "seconds": made.seconds,
        "sample_rate": made.sample_rate,
        "peak_dbfs": round(decibels(made.peak), 2),
        "clipped": made.clipped,
    }
