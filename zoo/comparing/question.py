"""What a person wants compared: a capture, parents, amounts of data, seeds; or a recipe that says it all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from zoo.errors import BadRequest

HELD_OUT_SECONDS = 35.0  # of validation, and of test: a short part flatters


@dataclass(frozen=True)
class Question:
    """What to compare, and on what.

    Attributes:
        path, dry, wet: the capture, as `zoo.capture.load_capture` takes it.
        device: instead of a capture, a model that stands in for the device, as `zoo.api.load_model` takes it.
        knobs: of that model.
        di: the dry recordings that it plays.
        parents: models to start from; "auto" is the first suggestion.
        amounts: seconds of training data, None for all; by default 30 s, if there is more, and all.
        seeds: trainings of each start on each amount.
        validation_seconds, test_seconds: held out, at most a fifth of the capture each.
        title: of the report; the capture's name by default.
    """

    path: Path | None = None
    dry: Path | None = None
    wet: Path | None = None
    device: str | None = None
    knobs: tuple[float, ...] | None = None
    di: tuple[Path, ...] = ()
    parents: tuple[str, ...] = ("auto",)
    amounts: tuple[float | None, ...] = ()
    seeds: int = 3
    validation_seconds: float = HELD_OUT_SECONDS
    test_seconds: float = HELD_OUT_SECONDS
    title: str | None = None

    def __post_init__(self) -> None:
        captures = [given for given in (self.path, self.wet or self.dry, self.device) if given is not None]
        if len(captures) != 1:
            raise BadRequest("give one of: a capture, --dry and --wet, --device with --di, or --recipe")
        if (self.device is None) != (not self.di):
            raise BadRequest("--device and --di go together: a model, and the recordings that it plays")

    @classmethod
    def of_recipe(
        cls, name: str, amounts: tuple[float | None, ...] = (), seeds: int | None = None
    ) -> Question:
        """A recipe's question; amounts and seeds may be others than its own.

        Raises:
            BadRequest: there is no such recipe, or its data are not here.
            ModelFileError: the file is not a recipe.
        """
        from training.recipes import data_folder, load_recipe

        recipe, data = load_recipe(name), data_folder()
        recipe.files(data)
        return cls(
            device=str(data / recipe.device),
            knobs=recipe.knobs or None,
            di=tuple(data / di for di in recipe.di),
            parents=tuple(str(data / parent) for parent in recipe.parents),
            amounts=amounts or recipe.amounts,
            seeds=seeds or recipe.seeds,
            validation_seconds=recipe.validation_seconds,
            test_seconds=recipe.test_seconds,
            title=Path(name).stem,
        )
