"""``zoo check``: whether a capture is fit for use, and what to do about it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoo.cli.output import JsonOption, QuietOption, print_json, print_remark, print_table

if TYPE_CHECKING:
    from zoo.capture import Capture


def check(
    capture: Annotated[
        Path | None, typer.Argument(help="Stereo file (left dry, right wet), folder of takes, or wet alone.")
    ] = None,
    dry: Annotated[Path | None, typer.Option(help="What went into the device.")] = None,
    wet: Annotated[Path | None, typer.Option(help="What came out of it.")] = None,
    rate: Annotated[int | None, typer.Option(help="Resample to this rate in Hz.")] = None,
    save: Annotated[
        Path | None, typer.Option(help="Write the aligned takes to this stereo file: left dry, right wet.")
    ] = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Check a capture: latency, polarity, clock drift, clipping, silence, hum, DC, and whether dry fits wet.

    Nothing is changed; what other commands repair on reading is named, and --save keeps it. Exit code 0 if
    the capture is usable, 1 if not.

    Example: zoo check --dry dry.wav --wet wet.wav --save aligned.wav
    """
    from zoo.api import save_capture
    from zoo.capture import inspect_capture
    from zoo.capture.findings import Verdict

    found = inspect_capture(capture, dry=dry, wet=wet, sample_rate=rate)
    if as_json:
        print_json(_to_json(found))
    else:
        _print(found)
    if found.verdict is Verdict.UNUSABLE:
        if save is not None:
            print_remark(f"{save} was not written: a capture that is not usable is not aligned", quiet=quiet)
        raise typer.Exit(1)
    if save is not None:
        save_capture(found, save)
        print_remark(f"the aligned copy is in {save}", quiet=quiet)
    elif found.dry is not None:
        print_remark("add --save aligned.wav to keep the aligned copy", quiet=quiet)


def _print(capture: Capture) -> None:
    rows = [
        (finding.severity.value, finding.code, finding.take or "all", finding.sentence)
        for finding in capture.findings
    ]
    print_table(("severity", "code", "take", "finding"), rows)
    form = "wet only" if capture.dry is None else "dry and wet"
    takes = f"{len(capture.takes)} take{'s' if len(capture.takes) > 1 else ''}"
    print(f"{capture.verdict.value}: {takes}, {form}, {capture.seconds:.1f} s at {capture.sample_rate} Hz")


def _to_json(capture: Capture) -> dict[str, object]:
    return {
        "name": capture.name,
        "verdict": capture.verdict.value,
        "form": "wet" if capture.dry is None else "paired",
        "sample_rate": capture.sample_rate,
        "samples": int(capture.wet.size),
        "takes": [{"name": take.name, "start": take.start, "stop": take.stop} for take in capture.takes],
        "findings": [
            {
                "code": finding.code,
                "severity": finding.severity.value,
                "take": finding.take,
                "sentence": finding.sentence,
                "numbers": {name: _plain(value) for name, value in finding.numbers.items()},
            }
            for finding in capture.findings
        ],
    }


def _plain(value: float) -> float | int:
    return int(value) if float(value).is_integer() else round(float(value), 6)
