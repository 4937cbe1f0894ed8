"""``zoo report``: a page to hear and see one model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zoo.cli.output import JsonOption, QuietOption, print_json, print_remark, progress


def report(
    model: Annotated[str, typer.Argument(help="Model file or folder, or the name or id of one in the zoo.")],
    capture: Annotated[
        Path | None, typer.Option(help="The device: stereo file (left dry, right wet) or folder of takes.")
    ] = None,
    dry: Annotated[Path | None, typer.Option(help="What went into the device.")] = None,
    wet: Annotated[Path | None, typer.Option(help="What came out of it.")] = None,
    before: Annotated[
        str | None,
        typer.Option(help="The model it was made from, such as the unpruned one: shown beside it."),
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="The page, an .html file.")] = Path("report.html"),
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write one page to hear and see a model: what it does, and beside its device, where it is wrong.

    Players with the difference, waveforms and spectra from near, error by level and by band, harmonics, how
    long it rings, how it learnt, where it comes from. The page is one file that loads nothing.

    Example: zoo report american-preamp-drive-3 --capture capture.wav
    """
    from zoo.api import write_model_report

    with progress(quiet=quiet) as bar:
        bar.add_task("listening", total=None)
        subject = write_model_report(model, out, capture, dry=dry, wet=wet, before=before)
    if subject.remark:
        print_remark(subject.remark, quiet=quiet)
    if as_json:
        print_json({"page": str(out), **subject.to_json()})
    elif subject.esr is not None:
        print(f"ESR {subject.esr:.4f}")
    print_remark(f"open {out} in a browser to hear and see it", quiet=quiet)
