"""How the study trains: the same for every device and size, and kept in its folder."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.errors import BadRequest, StoreError
from zoo.files import write_atomically

if TYPE_CHECKING:
    from training.data import Split
    from training.pruning import SearchSettings
    from training.settings import Settings

PLAN = "study.json"
SIZES = (96, 64, 32)
VALIDATIONS, LR_PATIENCE = 16, 2  # in a training; without improvement before the learning rate is halved
FEW_WEIGHTS = 746  # two of a hundred weights of an LSTM-96


@dataclass(frozen=True)
class StudyPlan:
    """What all cells have in common.

    Attributes:
        seconds: to train on, where a capture has more; None is all.
        minutes: of playing that the unpruned model and every retraining of the mask search hear; as many
            epochs as that makes on the device's training part, so that all devices get as many updates.
        long_minutes: likewise of the last retraining of the combined recipe.
        iterations: of the mask search; its other settings are the paper's.
        units: the combined recipe first removes whole units down to so many ...
        weights: ... and then single weights down to so many.
        seed: draws first weights and the order of segments.
    """

    seconds: float | None = None
    minutes: float = 60.0
    long_minutes: float = 200.0
    iterations: int = 15
    units: int = 28
    weights: int = FEW_WEIGHTS
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("iterations", "units", "weights"):
            if getattr(self, name) < 1:
                raise BadRequest(f"{name} is {getattr(self, name)}; at least 1 is expected")
        for name in ("minutes", "long_minutes"):
            if not 0 < getattr(self, name) < 1e6:
                raise BadRequest(f"{name} is {getattr(self, name)}; more than 0 is expected")

    def settings(self, split: Split, minutes: float) -> Settings:
        """Of a training: no patience, so that every one of a kind is as long as every other."""
        from training.settings import Settings

        epochs = max(1, round(60.0 * minutes * split.sample_rate / split.train.samples))
        return Settings(
            epochs=epochs,
            patience=epochs,
            validate_every=max(1, epochs // VALIDATIONS),
            lr_patience=LR_PATIENCE,
            weight_decay=0.0,
            seed=self.seed,
        )

    def minutes_of(self, epochs: int, split: Split) -> float:
        """Of playing that so many epochs hear."""
        return epochs * split.train.samples / (60.0 * split.sample_rate)

    def search(self) -> SearchSettings:
        """The paper's mask search (FTF)."""
        from training.pruning import SearchSettings

        return SearchSettings(iterations=self.iterations)

    def to_json(self) -> dict[str, Any]:
        """All values."""
        return asdict(self)


def claim(folder: Path, plan: StudyPlan) -> None:
    """Make the folder of the study, or prove that it was begun with the same plan; sizes may be added.

    Raises:
        BadRequest: it holds a study with another plan.
        StoreError: it cannot be made or read.
    """
    path = folder / PLAN
    wanted = json.dumps(plan.to_json(), indent=1)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.read_text(encoding="utf-8") != wanted:
            raise BadRequest(f"{folder} holds a study with another plan (see {path}); choose another --out")
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{folder} cannot be used ({error}); choose another --out") from error
    write_atomically(path, wanted.encode())


def read_plan(folder: Path) -> StudyPlan:
    """The plan of the study in a folder.

    Raises:
        BadRequest: there is none, or it is damaged.
    """
    path = folder / PLAN
    if not path.is_file():
        raise BadRequest(f"{folder} holds no study; leave out --report to begin one")
    try:
        return StudyPlan(**json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError) as error:
        raise BadRequest(f"{path} is damaged ({error}); begin anew in another --out") from error
