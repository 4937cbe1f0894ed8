"""``zoo export``: write a model for a player, and prove that the file sounds the same."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from zoo.cli.output import JsonOption, QuietOption, print_json, print_remark


class Target(str, Enum):
    """Who is to play the model."""

    proteus = "proteus"
    aidax = "aidax"
    rtneural = "rtneural"
    nam = "nam"
    onnx = "onnx"
    bela = "bela"


def export(
    model: Annotated[str, typer.Argument(help="Model file or folder, or the name or id of one in the zoo.")],
    to: Annotated[Target, typer.Option("--to", help="Who is to play it.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File to write; the model's name by default.")
    ] = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write a model as a file that a plugin or a program plays.

    Beside it comes a test vector, a stereo WAV: left what goes in, right what must come out. The file is read
    again and must sound as the model does. What a player cannot hold is refused, with the names of those that
    could.

    Example: zoo export ./model --to aidax --out my-amp.json
    """
    from zoo.api import export_model

    made = export_model(model, to.value, out)
    for remark in made.remarks:
        print_remark(remark, quiet=quiet)
    if as_json:
        facts = {
            "model": model,
            "player": made.player,
            "file": str(made.path),
            "test_vector": str(made.vector),
            "architecture": made.architecture,
            "sample_rate": made.sample_rate,
            "max_error": made.max_error,
            "remarks": list(made.remarks),
        }
        print_json(facts)
        return
    print(made.path)
    print(made.vector)
    print_remark(f"read again, it differs from the model by {made.max_error:.1e} at most", quiet=quiet)
