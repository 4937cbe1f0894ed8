"""``zoo signal``: write the signal to send through a device."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zoo.cli.output import JsonOption, QuietOption, print_json, print_remark, progress, steps


def signal(
    target: Annotated[Path, typer.Argument(metavar="OUT", help="File to write: .wav or .flac.")],
    rate: Annotated[int, typer.Option(help="Sample rate in Hz: that of your interface.")] = 48_000,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write zoo's capture signal, three minutes to play through your gear: blips, sweeps, noise, playing.

    Record what comes out from before it starts until after it ends. zoo check recognises it, in the dry
    channel or by the wet recording alone, and measures the latency by its blips. 24 bit; the same bytes every
    time.

    Example: zoo signal out.wav --rate 44100
    """
    from zoo.api import write_capture_signal

    with progress(quiet=quiet) as bar:
        show = steps(bar)
        seconds = write_capture_signal(
            target, rate, progress=lambda done, total: show("phrases played", done, total)
        )
    if as_json:
        print_json({"path": str(target), "seconds": seconds, "sample_rate": rate, "encoding": "PCM_24"})
    else:
        print(target)
    print_remark("play it from start to end and keep the recording level below full scale", quiet=quiet)
