"""``zoo bela simulate``: the pedal on this computer."""

from __future__ import annotations

import webbrowser
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoo.cli.output import JsonOption, QuietOption, print_json, print_remark, print_table, remarks

if TYPE_CHECKING:
    from zoo.simulating import Scene


def simulate(
    bank: Annotated[
        Path | None, typer.Option(help="Of `zoo bela pack`; a few models of the zoo by default.")
    ] = None,
    recording: Annotated[
        Path | None, typer.Option("--in", help="Played through it, over and over; else the sound device.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Keep what comes out, as WAV or FLAC.")
    ] = None,
    fast: Annotated[
        bool, typer.Option("--fast", help="Play --in once to --out, as fast as it goes, without the page.")
    ] = False,
    bench: Annotated[
        bool, typer.Option("--bench", help="Time every model of the bank here instead.")
    ] = False,
    command: Annotated[
        list[str] | None,
        typer.Option(help="With --fast: what a page would say first, as JSON; repeatable."),
    ] = None,
    seconds: Annotated[float | None, typer.Option(min=0.1, help="Stop after so many.")] = None,
    block: Annotated[int, typer.Option(min=1, max=4096, help="Samples in one call, as on the board.")] = 16,
    memory: Annotated[Path | None, typer.Option(help="The pedal's presets; in the zoo by default.")] = None,
    midi: Annotated[str | None, typer.Option(help="Raw MIDI port, such as /dev/snd/midiC1D0.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Of the page; 0 takes one that is free.")] = 0,
    everyone: Annotated[
        bool, typer.Option("--everyone", help="Phones and other computers may open the page too.")
    ] = False,
    silent: Annotated[bool, typer.Option("--silent", help="Leave the sound device alone.")] = False,
    show: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in a browser.")] = True,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Play the Bela pedal on this computer: the same app, the same page, no board.

    It is compiled when it is first used (a C++ compiler is needed). Ctrl-C stops it and keeps --out. Presets
    stay, as on the board.

    Example: zoo bela simulate --in dry.wav --out pedal.wav --fast
    """
    from zoo.api import prepare_pedal
    from zoo.simulating import Scene, play_once
    from zoo.simulating import bench as time_models

    remark = remarks(quiet)
    pedal = prepare_pedal(bank, memory, remark=remark)
    scene = Scene(
        pedal.bank, pedal.memory, recording, out, block=block, port=port, everyone=everyone, silent=silent,
        seconds=seconds, midi=midi,
    )  # fmt: skip
    program = pedal.program
    if bench:
        timed = [asdict(one) for one in time_models(program, scene)]
        if as_json:
            print_json(timed)
        else:
            columns = tuple(timed[0]) if timed else ()
            rows = [(*list(one.values())[:-1], f"{one['share']:.2%}") for one in timed]
            print_table(columns, rows, right=columns[2:])
    elif fast:
        play_once(program, scene, tuple(command or ()), remark)
        print_json({"out": str(out)}) if as_json else print(out)
    else:
        _play(program, scene, show, as_json, quiet)


def _play(program: Path, scene: Scene, show: bool, as_json: bool, quiet: bool) -> None:
    """Until it is stopped."""
    from zoo.simulating import Simulator

    with Simulator(program, scene, remarks(quiet)) as pedal:
        if as_json:
            print_json({"page": pedal.page, "bank": str(scene.bank), "out": scene.out and str(scene.out)})
        else:
            print(pedal.page, flush=True)
        if show:
            webbrowser.open(pedal.page)
        print_remark("the pedal plays; Ctrl-C stops it", quiet=quiet)
        try:
            while not pedal.wait(0.2):
                pass
        except KeyboardInterrupt:
            print_remark("stopped", quiet=quiet)
    if scene.out is not None:
        print_remark(f"what came out is in {scene.out}", quiet=quiet)
