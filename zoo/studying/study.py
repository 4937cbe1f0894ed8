"""The whole study: cells one after the other, in the order asked for; what is done is not done again."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from zoo.errors import BadRequest, ModelFileError
from zoo.files import write_atomically
from zoo.studying.cell import Cell, OnTraining
from zoo.studying.devices import Device
from zoo.studying.files import CellFiles
from zoo.studying.plan import StudyPlan, claim

CELLS, CELL = "cells", "cell.json"


@dataclass(frozen=True)
class Listeners:
    """Who hears of progress.

    Attributes:
        remark: of what was decided.
        cell: of every cell that begins: device, size, how many are done, of how many.
        training: of epochs and validations.
    """

    remark: Callable[[str], None] = lambda _: None
    cell: Callable[[str, int, int, int], None] = lambda *_: None
    training: OnTraining = lambda *_: None


def run_study(
    devices: Sequence[Device], sizes: Sequence[int], plan: StudyPlan, folder: Path, listeners: Listeners
) -> bool:
    """Train every cell that ``folder`` does not hold yet; False when the user stops it.

    Args:
        devices: what is modelled.
        sizes: hidden sizes, in the order they are trained, each on all devices.
        plan: how.
        folder: of the study.
        listeners: hear of progress.

    Raises:
        BadRequest: the folder holds a study with another plan, or of another capture.
        AudioError, CaptureError: a capture cannot be trained on.
        StoreError: the folder cannot be made.
        WriteError: the disk is full or may not be written.
    """
    from training.checkpoint import data_digest

    if not sizes or not all(size >= 2 for size in sizes):
        raise BadRequest("a study wants a hidden size, of 2 units at least")
    claim(folder, plan)
    cells = [(size, device) for size in dict.fromkeys(sizes) for device in devices]
    splits = {}
    try:
        for done, (size, device) in enumerate(cells):
            listeners.cell(device.name, size, done, len(cells))
            if device.key not in splits:
                splits[device.key] = device.split()
            split = splits[device.key]
            files = CellFiles(folder / CELLS / f"{device.key}-{size:03d}")
            files.make()
            _claim_cell(files, {"device": device.name, "about": device.about, "data": data_digest(split),
                                "seconds": split.train.samples / split.sample_rate})  # fmt: skip
            Cell(device.name, size, split, plan, files, listeners.training).run()
    except KeyboardInterrupt:
        return False
    return True


def cells_in(folder: Path) -> list[CellFiles]:
    """The cells that a folder holds, finished or not, by name."""
    return [CellFiles(path.parent) for path in sorted((folder / CELLS).glob(f"*/{CELL}"))]


def about(files: CellFiles) -> dict[str, object]:
    """What was modelled in a cell: "device", "about", "seconds" of training, and the "data" digest.

    Raises:
        ModelFileError: the file is damaged.
    """
    path = files.path / CELL
    try:
        found = json.loads(path.read_bytes())
        return {name: found[name] for name in ("device", "about", "seconds", "data")}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelFileError(path, f"is damaged ({error}); begin anew in another --out") from error


def _claim_cell(files: CellFiles, facts: dict[str, object]) -> None:
    if (files.path / CELL).is_file() and about(files)["data"] != facts["data"]:
        raise BadRequest(f"{files.path} holds trainings on another capture; choose another --out")
    write_atomically(files.path / CELL, json.dumps(facts, indent=1).encode())
