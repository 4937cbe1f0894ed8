"""The folder of one pruning: its plan, the mask search iteration by iteration, checkpoints, then the model.

Every file is whole or not there. A point is kept before the record that speaks of it, so an interruption at
any moment leaves a search that can go on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.errors import BadRequest, ModelFileError, StoreError, WriteError
from zoo.files import atomic_folder, write_atomically
from zoo.formats import native
from zoo.snapshot import Snapshot

if TYPE_CHECKING:
    from training.pruning import Iteration

PLAN, SEARCH, START, POINTS = "pruning.json", "search.json", "unpruned", "points"


@dataclass(frozen=True)
class PruningPlan:
    """What a resumed pruning must know.

    Attributes:
        name: of the child.
        sample_rate: Hz.
        parent: id of the model that is pruned.
        seconds: train on so much; None is all.
        settings: as `training.settings.Settings.to_json` gives them.
        search: as `training.pruning.SearchSettings.to_json` gives them.
        data: digest of the capture's training and validation parts.
    """

    name: str
    sample_rate: int
    parent: str
    seconds: float | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    search: dict[str, Any] = field(default_factory=dict)
    data: str = ""


@dataclass(frozen=True)
class PruningFolder:
    """One pruning on disk.

    Attributes:
        path: the folder.
    """

    path: Path

    def begin(self, start: Snapshot, plan: PruningPlan) -> None:
        """Make the folder.

        Raises:
            BadRequest: it is there already.
            StoreError: it cannot be made.
        """
        if self.path.exists():
            raise BadRequest(
                f"{self.path} exists; choose another --out, or add --resume to go on with its pruning"
            )
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with atomic_folder(self.path) as folder:
                native.write(start, folder / START)
                (folder / POINTS).mkdir()
                (folder / PLAN).write_text(json.dumps(asdict(plan), indent=2), encoding="utf-8")
        except (OSError, WriteError) as error:
            reason = getattr(error, "strerror", None) or getattr(error, "reason", error)
            raise StoreError(f"{self.path} cannot be made ({reason}); choose another --out") from error

    def plan(self) -> PruningPlan:
        """The plan of the pruning that is resumed.

        Raises:
            BadRequest: there is none, or it is damaged.
        """
        from training.pruning import SearchSettings
        from training.settings import Settings

        path = self.path / PLAN
        if not path.is_file():
            raise BadRequest(f"{self.path} holds no pruning; leave out --resume to begin one")
        try:
            plan = PruningPlan(**json.loads(path.read_bytes()))
            Settings.from_json(plan.settings)
            SearchSettings(**plan.search)
            if not isinstance(plan.name, str) or not isinstance(plan.sample_rate, int):
                raise TypeError("a name and a sample rate are expected")
        except (OSError, ValueError, TypeError, KeyError, AttributeError, BadRequest) as error:
            raise BadRequest(f"{path} is damaged ({error}); begin anew in another --out") from error
        return plan

    def start(self) -> Snapshot:
        """The model that is pruned.

        Raises:
            ModelFileError: it is damaged or gone.
        """
        return native.read(self.path / START)

    def records(self) -> list[Iteration]:
        """The iterations so far.

        Raises:
            ModelFileError: the file is damaged.
        """
        from training.pruning import Iteration

        path = self.path / SEARCH
        if not path.is_file():
            return []
        try:
            entries = json.loads(path.read_bytes())
            records = [Iteration(**{**e, "mask_distances": tuple(e["mask_distances"])}) for e in entries]
            if [record.number for record in records] != list(range(1, len(records) + 1)):
                raise ValueError("iterations are missing")
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise ModelFileError(path, f"is damaged ({error}); begin anew in another --out") from error
        return records

    def point(self, number: int) -> Snapshot:
        """The pruned model after iteration ``number``; 0 is the trained one before any pruning.

        Raises:
            ModelFileError: it is damaged or gone.
        """
        return native.read(self.path / POINTS / f"{number:02d}")

    def keep(self, number: int, snapshot: Snapshot) -> None:
        """Keep a point.

        Raises:
            WriteError: the disk is full or may not be written.
        """
        native.write(snapshot, self.path / POINTS / f"{number:02d}")

    def write(self, records: Sequence[Iteration]) -> None:
        """Keep the records of all iterations so far.

        Raises:
            WriteError: the disk is full or may not be written.
        """
        text = json.dumps([asdict(record) for record in records], indent=2)
        write_atomically(self.path / SEARCH, text.encode())

    def checkpoint(self, name: str) -> Path:
        """Where a retraining goes on from: of a point, by its number in two digits, or of another model."""
        return self.path / f"retraining-{name}.safetensors"

    def kept(self, name: str, make: Callable[[], Snapshot]) -> Snapshot:
        """The model ``name`` that a training of the front begins from; made the first time.

        Raises:
            ModelFileError: it is damaged.
            WriteError: the disk is full or may not be written.
        """
        path = self.path / POINTS / name
        if not path.exists():
            native.write(make(), path)
        return native.read(path)
