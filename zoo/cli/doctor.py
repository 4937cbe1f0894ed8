"""``zoo doctor``: what works here, and how to mend what does not."""

from __future__ import annotations

from dataclasses import asdict

import typer

from zoo.cli.output import JsonOption, QuietOption, print_json, print_remark, print_table, progress

MARKS = {"good": "ok", "note": "note", "trouble": "TROUBLE"}


def doctor(as_json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Examine this installation: versions, threads, GPU, engine and kernels put to the test, zoo, Hub, Bela.

    The engine is held against double precision on every instruction set of this processor, the training
    kernels against autograd. Exit code 0: zoo works here, notes or not; 1: something is in trouble.

    Example: zoo doctor
    """
    from zoo.doctor import Checkup, examine

    checkups: list[Checkup] = []
    with progress(quiet=quiet) as bar:
        task = bar.add_task("examining", total=None)
        for checkup in examine():
            checkups.append(checkup)
            bar.update(task, description=checkup.name, advance=1)
    trouble = [checkup for checkup in checkups if checkup.state == "trouble"]
    if as_json:
        print_json([asdict(checkup) for checkup in checkups])
    else:
        rows = [(MARKS[c.state], c.name, "; ".join(filter(None, (c.found, c.mend)))) for c in checkups]
        print_table(("state", "what", "found"), rows)
    if trouble:
        print_remark(f"in trouble: {', '.join(checkup.name for checkup in trouble)}", quiet=quiet)
        raise typer.Exit(1)
