"""The folder of one training: what it needs to go on while it runs, and the model when it is done.

It appears whole, with the plan and the snapshot that training begins from; a checkpoint is rewritten after
every validation. Of the finished files ``zoo.json`` is the last to come: where it is, the model is complete.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from zoo.capture import Capture
from zoo.errors import BadRequest, StoreError, WriteError
from zoo.files import atomic_file, atomic_folder
from zoo.formats import native
from zoo.snapshot import Snapshot

CHECKPOINT, START, PLAN, PICTURE, MANIFEST = (
    "checkpoint.safetensors", "start", "plan.json", "training.png", "zoo.json"
)  # fmt: skip


@dataclass(frozen=True)
class Wish:
    """What the child should be.

    Attributes:
        name: in the zoo; the capture's by default.
        hidden: units; the parent's by default, 20 from scratch.
        cell: "LSTM" or "GRU"; the parent's by default, LSTM from scratch.
        distil: a parent of another size teaches a student first, instead of being refused.
        seconds: how much to train on; all by default.
    """

    name: str | None = None
    hidden: int | None = None
    cell: Literal["LSTM", "GRU"] | None = None
    distil: bool = False
    seconds: float | None = None


@dataclass(frozen=True)
class Plan:
    """What a resumed training must know beside its checkpoint; kept in the folder while training runs.

    Attributes:
        name: of the child.
        sample_rate: Hz.
        parent: its id; None is from scratch.
        seconds: as `Wish.seconds`.
        settings: as `training.settings.Settings.to_json` gives them, for a training without a checkpoint yet.
    """

    name: str
    sample_rate: int
    parent: str | None = None
    seconds: float | None = None
    settings: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, capture: Capture, parent: Snapshot | None, wish: Wish) -> Plan:
        """The plan of a new training."""
        name, parent_id = wish.name or capture.name, parent.digest if parent else None
        return cls(name, capture.sample_rate, parent_id, wish.seconds)

    @classmethod
    def read(cls, folder: Path) -> Plan:
        """The plan of an interrupted training.

        Raises:
            BadRequest: there is none in ``folder``, or it is damaged.
        """
        from training.settings import Settings

        path = folder / PLAN
        if not path.is_file():
            raise BadRequest(f"{folder} holds no interrupted training; leave out --resume to begin one")
        try:
            plan = cls(**json.loads(path.read_bytes()))
            for value, kind in ((plan.name, str), (plan.sample_rate, int), (plan.parent, str | None)):
                if not isinstance(value, kind):
                    raise TypeError(f"{value!r} is out of place")
            float(plan.seconds or 0.0)
            Settings.from_json(plan.settings)
        except (OSError, ValueError, TypeError, KeyError, AttributeError, BadRequest) as error:
            raise BadRequest(f"{path} is damaged ({error}); begin anew in another --out") from error
        return plan


@dataclass(frozen=True)
class TrainingFolder:
    """One training on disk.

    Attributes:
        path: the folder.
    """

    path: Path

    @property
    def checkpoint(self) -> Path:
        """Where training goes on from."""
        return self.path / CHECKPOINT

    @property
    def is_complete(self) -> bool:
        """The model is there."""
        return (self.path / MANIFEST).is_file()

    @property
    def is_begun(self) -> bool:
        """There is something to go on with."""
        return (self.path / PLAN).is_file()

    def start(self) -> Snapshot:
        """What the interrupted training began from.

        Raises:
            ModelFileError: it is damaged or gone.
        """
        return native.read(self.path / START)

    def begin(self, start: Snapshot, plan: Plan) -> None:
        """Make the folder, with all that a resumed training needs.

        Raises:
            StoreError: it cannot be made.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with atomic_folder(self.path) as folder:
                native.write(start, folder / START)
                (folder / PLAN).write_text(json.dumps(asdict(plan), indent=2), encoding="utf-8")
        except (OSError, WriteError) as error:
            reason = getattr(error, "strerror", None) or getattr(error, "reason", error)
            raise StoreError(f"{self.path} cannot be made ({reason}); choose another --out") from error

    def finish(self, stored: Path, names: Iterable[str]) -> None:
        """Copy the model out of the store, file by file, the manifest last.

        Raises:
            WriteError: the disk is full or may not be written.
        """
        for name in (*names, MANIFEST):
            with atomic_file(self.path / name) as temporary:
                shutil.copyfile(stored / name, temporary)

    def clear(self) -> None:
        """Remove what only an unfinished training needs."""
        for name in (PLAN, CHECKPOINT):
            (self.path / name).unlink(missing_ok=True)
        shutil.rmtree(self.path / START, ignore_errors=True)
