"""Kills an importer at every step it takes, and looks at what each death left behind. Run by test_crashes.py.

Usage: kill_points.py FOLDER STRIDE. Forks importers of the models in FOLDER, the n-th of which kills itself
with SIGKILL at its (STRIDE * n)-th line of the registry's code, until one lives to the end. Prints what
is wrong, as JSON.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType
from typing import Any

from registry import Registry
from registry.importing import import_files
from zoo.formats import read_model

WATCHED = tuple(f"{os.sep}{part}" for part in ("registry", "zoo/files.py", "native.py"))


def die_at(line: int) -> None:
    """Let this process die as it is about to run its ``line``-th line of watched code."""
    left = line

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal left
        if not any(part in frame.f_code.co_filename for part in WATCHED):
            return None
        left -= event == "line"
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)


def import_all(home: Path, folder: Path) -> list[str]:
    """Import the folder's models; the statuses."""
    with Registry(home) as registry:
        return [entry.status for entry in import_files(registry, [folder])]


def wreck(home: Path, folder: Path, line: int) -> bool:
    """Whether an importer that should die at ``line`` did."""
    child = os.fork()
    if child == 0:
        die_at(line)
        import_all(home, folder)
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def faults(home: Path, folder: Path) -> list[str]:
    """What is wrong in a zoo whose importer died, and after importing again."""
    found: list[str] = []
    with Registry(home, remark=found.append) as registry:
        found += [damage.reason for damage in registry.verify()]
        if sorted(manifest.id for manifest in registry.list()) != registry.store.ids():
            found.append("the catalogue does not fit the store")
    again = import_all(home, folder)
    if not set(again) <= {"imported", "already there"}:
        found.append(f"importing again gives {again}")
    with Registry(home, remark=found.append) as registry:
        found += [damage.reason for damage in registry.verify()]
        if len(registry.list()) != len(again):
            found.append(f"{len(registry.list())} models are listed")
    left = [path.name for path in home.rglob("*.tmp")]
    return found + ([f"left behind: {left}"] if left else [])


def main() -> None:
    folder, stride = Path(sys.argv[1]), int(sys.argv[2])
    read_model(next(folder.glob("*.nam")))  # imports what importers import, once
    deaths, wrong = 0, {}
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as scratch:
        while wreck(home := Path(scratch) / str(deaths), folder, deaths * stride):
            if found := faults(home, folder):
                wrong[deaths * stride] = found
            deaths += 1
    json.dump({"deaths": deaths, "wrong": wrong}, sys.stdout)


main()
