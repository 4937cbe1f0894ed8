"""Experiments to repeat, as JSON beside this file: which real model plays which recordings, and the parents.

A recipe names files inside a folder of data; the data themselves are not part of the project.
"""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from zoo.errors import BadRequest, ModelFileError

FOLDER = Path(__file__).resolve().parent
MAX_BYTES = 1 << 16
DATA_VARIABLE = "TONEZOO_DATA"


def _inside(path: str) -> str:
    parts = PurePosixPath(path).parts
    if not parts or "/".join(parts) != path or any(p.startswith((".", "/")) for p in parts) or "\\" in path:
        raise ValueError(f"{path!r} is not a plain path inside the data folder")
    return path


Inside: TypeAlias = Annotated[str, Field(max_length=255), AfterValidator(_inside)]
Amount: TypeAlias = Annotated[float, Field(gt=0)] | Literal["full"]


class Recipe(BaseModel):
    """A transfer experiment on rendered captures.

    Attributes:
        about: what it repeats, in a sentence.
        device: the model that stands in for the device.
        knobs: its knob values.
        di: the dry recordings that it plays.
        parents: models to start from.
        seconds: amounts of training data.
        seeds: trainings of each start on each amount.
        validation_seconds, test_seconds: held out of every recording, in all.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    about: str
    device: Inside
    knobs: tuple[Annotated[float, Field(ge=0, le=1)], ...] = ()
    di: Annotated[tuple[Inside, ...], Field(min_length=1)]
    parents: Annotated[tuple[Inside, ...], Field(min_length=1)]
    seconds: Annotated[tuple[Amount, ...], Field(min_length=1)]
    seeds: Annotated[int, Field(ge=1, le=100)] = 3
    validation_seconds: Annotated[float, Field(gt=0)] = 30.0
    test_seconds: Annotated[float, Field(gt=0)] = 20.0

    @property
    def amounts(self) -> tuple[float | None, ...]:
        """``seconds`` as numbers; None is all."""
        return tuple(None if seconds == "full" else seconds for seconds in self.seconds)

    def files(self, data: Path) -> None:
        """Make sure that all files of the recipe are there.

        Raises:
            BadRequest: one is missing.
        """
        for name in (self.device, *self.parents, *self.di):
            if not (data / name).is_file():
                raise BadRequest(
                    f"the recipe needs {name}, which is not in {data}; "
                    f"point {DATA_VARIABLE} to a folder that has it"
                )


def recipe_names() -> list[str]:
    """The recipes that come with the package."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def load_recipe(name: str) -> Recipe:
    """A shipped recipe by name, or one of the user's own by its file.

    Raises:
        BadRequest: there is no such recipe.
        ModelFileError: the file is not a recipe.
    """
    path = FOLDER / f"{name}.json" if name in recipe_names() else Path(name)
    if not path.is_file():
        raise BadRequest(f"there is no recipe {name}; there are {', '.join(recipe_names())}, or name a file")
    try:
        with path.open("rb") as file:
            return Recipe.model_validate_json(file.read(MAX_BYTES))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "the whole"
        raise ModelFileError(path, f"is not a recipe: {where[:100]!r} ({first['msg']})") from error
    except OSError as error:
        raise ModelFileError(path, f"cannot be read ({error.strerror}); check its permissions") from error


def data_folder() -> Path:
    """Where the real recordings and models lie that recipes speak of.

    Raises:
        BadRequest: nobody said where.
    """
    folder = os.environ.get(DATA_VARIABLE)
    if not folder:
        raise BadRequest(
            f"recipes render real models on real recordings, which are no part of tonezoo; "
            f"set {DATA_VARIABLE} to the folder that has them in di and models"
        )
    return Path(folder)
