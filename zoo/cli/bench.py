"""``zoo bench``: what a model costs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from zoo.cli.output import JsonOption, QuietOption, print_json, print_remark, print_table


def bench(
    model: Annotated[str, typer.Argument(help="Model file or folder, or the name or id of one in the zoo.")],
    seconds: Annotated[float, typer.Option(min=0.01, max=60, help="Audio for one run.")] = 0.5,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Measure what a model costs: time for each block size, parameters, multiplications, memory.

    The real-time factor is processing time over audio time on one core of this machine, the least of five
    runs: below 1 it plays in real time. ARM instructions are counted where the cross tools are installed.

    Example: zoo bench ./model --seconds 0.1
    """
    from zoo.api import load_model
    from zoo.benching import count, real_time_factors
    from zoo.benching.arm import NotCountable, instructions_per_sample
    from zoo.engine import simd_paths

    snapshot = load_model(model)
    counts, factors = count(snapshot), real_time_factors(snapshot, seconds=seconds)
    instructions, reason = None, None
    try:
        instructions = instructions_per_sample(snapshot)
    except NotCountable as error:
        reason = str(error)
        print_remark(reason, quiet=quiet)
    if as_json:
        facts = {
            "model": model,
            "architecture": str(snapshot.architecture),
            "sample_rate": snapshot.sample_rate,
            **asdict(counts),
            "instruction_set": simd_paths()[-1],
            "rtf": {str(block): factor for block, factor in factors.items()},
            "arm_instructions_per_sample": instructions,
            "arm_instructions_missing_because": reason,
        }
        print_json(facts)
        return
    print(f"{snapshot.architecture} at {snapshot.sample_rate} Hz, {simd_paths()[-1]}, one core")
    zeros = counts.parameters - counts.nonzero
    print(f"{counts.parameters} parameters, {zeros} of them zero; {counts.macs} multiplications a sample")
    print(f"{counts.weight_bytes / 1024:.1f} KiB of weights, {counts.state_bytes / 1024:.1f} KiB of state")
    if instructions is not None:
        print(f"{instructions:.0f} instructions a sample on a Cortex-A8")
    rows = [(block, f"{factor:.5f}", f"{1 / factor:.0f}") for block, factor in factors.items()]
    print_table(("block", "RTF", "at once"), rows, right=("block", "RTF", "at once"))
