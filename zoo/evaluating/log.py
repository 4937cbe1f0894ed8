"""What is left of an evaluation when it is interrupted: a line for every finished training."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING

from recommender.evaluation.matrix import Cell
from zoo.errors import BadRequest, StoreError
from zoo.files import write_atomically

if TYPE_CHECKING:
    from training.micro import MicroSettings

PLAN = "plan.json"

Key = tuple[str, str, float, int]
"""Target, parent, seconds, seed."""


def claim(folder: Path, settings: MicroSettings) -> None:
    """Make the folder, or prove that nobody trained otherwise in it; targets, parents and seeds may be added.

    Raises:
        BadRequest: it holds trainings of other settings.
        StoreError: it cannot be made or read.
    """
    wanted = json.dumps(asdict(settings), indent=1, sort_keys=True)
    path = folder / PLAN
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.read_text(encoding="utf-8") != wanted:
            raise BadRequest(f"{folder} holds trainings of other settings; choose another --out")
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{folder} cannot be used ({error}); choose another --out") from error
    write_atomically(path, wanted.encode())


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep a second process out: it would train the same again, and lose lines of the first.

    Raises:
        BadRequest: one is at work already.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise BadRequest(
            f"another process evaluates in {folder}; wait for it, or choose another --out"
        ) from error
    try:
        yield
    finally:
        lock.release()


def append(log: IO[str], cell: Cell) -> None:
    """Add a line; a crash leaves at most a part of it."""
    log.write(json.dumps(asdict(cell)) + "\n")
    log.flush()


def read_cells(path: Path, remark: Callable[[str], None]) -> dict[Key, Cell]:
    """The finished trainings; lines that were cut short are dropped from the file and remarked on."""
    done: dict[Key, Cell] = {}
    if not path.exists():
        return done
    whole = b""
    for line in path.read_bytes().splitlines():
        try:
            cell = Cell(**json.loads(line))
        except (ValueError, TypeError):
            remark(f"a line of {path} is damaged; that training is done again")
            continue
        done[cell.target, cell.parent, cell.seconds, cell.seed] = cell
        whole += line + b"\n"
    write_atomically(path, whole)  # so that the next line does not continue a torn one
    return done
