"""What a cell of the study leaves: rows of the table, models, mask searches. Each is whole or not there."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from zoo.errors import ModelFileError, StoreError
from zoo.files import write_atomically
from zoo.formats import native
from zoo.pruning.folder import POINTS, PruningFolder
from zoo.snapshot import Snapshot

UNPRUNED, UNPRUNED_LONG = "unpruned", "unpruned long"
MASK_SEARCH, COMBINED = "mask search", "combined"
KINDS = (UNPRUNED, UNPRUNED_LONG, MASK_SEARCH, COMBINED)


@dataclass(frozen=True)
class Row:
    """One trained model.

    Attributes:
        device: its name.
        size: hidden size before any pruning.
        kind: "unpruned"; "unpruned long", from scratch for as many epochs as the combined recipe had in all;
            "mask search" (the paper's); or "combined" (units, then weights, then a long training).
        point: of the search that it comes from.
        hidden: units that are left.
        weights: non-zero ones among those that may be pruned.
        pruned: the share of the unpruned model's weights that is gone.
        parameters: weights and biases that are not zero; an LSTM's two biases count as one.
        macs: multiplications and additions for one sample, without regard to zeros.
        validation, test_loss: the training's loss, lowest on the validation part, and on the test part.
        test_esr: error-to-signal ratio on the test part.
        epochs: of this training.
        epochs_before: of the trainings that led to its start.
    """

    device: str
    size: int
    kind: str
    point: int | None
    hidden: int
    weights: int
    pruned: float
    parameters: int
    macs: int
    validation: float
    test_loss: float
    test_esr: float
    epochs: int
    epochs_before: int

    @property
    def name(self) -> str:
        """Of its files."""
        return self.kind.replace(" ", "-") + ("" if self.point is None else f"-{self.point:02d}")


@dataclass(frozen=True)
class CellFiles:
    """The folder of one cell.

    Attributes:
        path: the folder.
    """

    path: Path

    def make(self) -> None:
        """Make the folder where it is not there.

        Raises:
            StoreError: it cannot be made.
        """
        try:
            for name in ("models", "rows", *(f"{search}/{POINTS}" for search in ("search", "combined"))):
                (self.path / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"{self.path} cannot be made ({error.strerror}); choose another --out"
            ) from error

    @property
    def search(self) -> PruningFolder:
        """The paper's mask search."""
        return PruningFolder(self.path / "search")

    @property
    def combined(self) -> PruningFolder:
        """The iterations of the combined recipe."""
        return PruningFolder(self.path / "combined")

    def checkpoint(self, name: str) -> Path:
        """Where a training goes on from."""
        return self.path / f"training-{name}.safetensors"

    def keep(self, row: Row, model: Snapshot) -> None:
        """Keep a finished training; the row is written last and vouches for the model.

        Raises:
            WriteError: the disk is full or may not be written.
        """
        native.write(model, self.path / "models" / row.name)
        write_atomically(self.path / "rows" / f"{row.name}.json", json.dumps(asdict(row), indent=1).encode())
        self.checkpoint(row.name).unlink(missing_ok=True)

    def model(self, row: Row) -> Snapshot:
        """The model of a row.

        Raises:
            ModelFileError: it is damaged or gone.
        """
        return native.read(self.path / "models" / row.name)

    def rows(self) -> list[Row]:
        """All finished trainings, in the order of `KINDS`, points of the mask search by number.

        Raises:
            ModelFileError: a row is damaged.
        """
        found = [_row(path) for path in sorted((self.path / "rows").glob("*.json"))]
        return sorted(found, key=lambda row: (KINDS.index(row.kind), row.point or 0))

    def once(self, name: str, make: Callable[[], tuple[Row, Snapshot]]) -> Row:
        """The row ``name``; made and kept the first time."""
        path = self.path / "rows" / f"{name}.json"
        if not path.is_file():
            self.keep(*make())
        return _row(path)


def _row(path: Path) -> Row:
    try:
        row = Row(**json.loads(path.read_bytes()))
        if row.kind not in KINDS:
            raise ValueError(f"{row.kind!r} is no kind of row")
    except (OSError, ValueError, TypeError) as error:
        raise ModelFileError(path, f"is damaged ({error}); delete it, and it is made anew") from error
    return row
