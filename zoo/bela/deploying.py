"""Brings the pedal to a board: copied and built beside the old one, then put in its place by renaming.

Until the new one is built the old one plays; if the copy or the build fails or is interrupted, it goes on.
Presets are taken along after the old one has stopped, so that none saved last is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from zoo.bela.board import Board, BoardError, CommandFailed, last_lines
from zoo.bela.layout import text
from zoo.bela.project import NAME, Files, as_tar
from zoo.bela.reading import decode
from zoo.bela.talking import greet

NEW, OLD = f"{NAME}-new", f"{NAME}-old"
PAGE_PORT = 5555
_HERE = Path("the bank")


@dataclass(frozen=True)
class Step:
    """One thing done on the board.

    Attributes:
        does: for a person.
        command: for the board's shell, in Bela's folder.
        sends: whether the project's files are its input.
    """

    does: str
    command: str
    sends: bool = False


def steps(*, boot: bool = False) -> Iterator[Step]:
    """What a deployment does on the board, in order."""
    new, old, here = (f"projects/{name}" for name in (NEW, OLD, NAME))
    yield Step(
        "copy beside the old one", f"rm -rf {new} && mkdir -p {new} && tar xmf - -C {new} && sync", True
    )
    yield Step("build", f"make --no-print-directory PROJECT={NEW} 2>&1")
    # The dependency files name a folder that is no more; objects and program are those just built.
    swap = (
        "{ make --no-print-directory stop; true; } && "
        f"{{ cp -p {here}/presets.txt* {new}/ 2>&-; true; }} && "
        f"rm -rf {old} {new}/build/*.d && mv {new}/{NEW} {new}/{NAME} && "
        f"{{ [ ! -e {here} ] || mv {here} {old}; }} && mv {new} {here} && sync"
    )
    yield Step("stop the old one, keep its presets, put the new one in its place", swap)
    run = f"make --no-print-directory PROJECT={NAME} "
    if boot:
        yield Step("have it start at every power-on", f"{run} startuploop 2>&1")
    log = f"{here}/start.log"
    yield Step("start", f"{run} runscreen >{log} 2>&1 </dev/null || {{ cat {log}; false; }}")


def deploy(
    board: Board, files: Files, *, boot: bool, page_port: int = PAGE_PORT, tell: Callable[[str], None]
) -> dict[str, int | str]:
    """Do all steps, then ask the pedal over its WebSocket what it plays.

    Args:
        board: where.
        files: of `zoo.bela.project.project_files`.
        boot: also start at every power-on.
        page_port: of the pedal's WebSocket.
        tell: hears of each step before it is done.

    Returns:
        The bank's name and its number of models, as the pedal says them.

    Raises:
        BoardError: a step failed, or the pedal does not play this bank; the message says which.
    """
    bank, archive = decode(files["bank.bin"], _HERE), as_tar(files)
    for step in steps(boot=boot):
        tell(step.does)
        try:
            board.run(f"cd ~/Bela && {{ {step.command}; }}", data=archive if step.sends else b"")
        except CommandFailed as error:
            raise _failed(step, error) from error
    tell("ask the pedal what it plays")
    said = greet(board.host, page_port)
    if (said["name"], said["models"]) != (text(bank.name).decode(), len(bank.models)):
        raise BoardError(
            f"{board.host} plays another bank: {said['name']!r} of {said['models']} models, and "
            f"{bank.name!r} of {len(bank.models)} was sent; see projects/{NAME}/start.log on the board"
        )
    return said


def _failed(step: Step, error: CommandFailed) -> BoardError:
    """A build's last lines are what a person needs; of the rest a sentence is enough."""
    if step.does != "build" or "ssh:" in error.said or "No space left" in error.said:
        return error
    return BoardError(f"the board could not build the pedal; what played goes on\n{last_lines(error.said)}")
