"""Slimmable bundles: several sizes of one WaveNet, one of which plays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from zoo.architecture.bounds import Shapes, bounded
from zoo.architecture.wavenet import WaveNet
from zoo.errors import SnapshotError

MAX_SUBMODELS = 8


@dataclass(frozen=True, slots=True)
class Submodel:
    """One size of a slimmable model: chosen for wanted sizes up to ``max_value``."""

    max_value: float
    architecture: WaveNet


@dataclass(frozen=True, slots=True)
class Slimmable:
    """Several WaveNets of one device, smallest first, one of which plays (NAM's SlimmableContainer, "A2").

    Tensors carry the prefix ``submodels.N.``.
    """

    submodels: tuple[Submodel, ...]

    def __post_init__(self) -> None:
        bounded("the number of submodels", len(self.submodels), 1, MAX_SUBMODELS)
        sizes = [submodel.max_value for submodel in self.submodels]
        if sizes != sorted(set(sizes)) or not 0.0 < sizes[0] <= sizes[-1] <= 1.0:
            raise SnapshotError(f"submodel sizes are {sizes}; rising values from above 0 to 1 are expected")

    @property
    def num_knobs(self) -> int:
        """Always 0."""
        return 0

    def index_for(self, size: float) -> int:
        """The first submodel whose ``max_value`` is at least ``size``; the largest when none is."""
        fits = (i for i, submodel in enumerate(self.submodels) if size <= submodel.max_value)
        return next(fits, len(self.submodels) - 1)

    def required_shapes(self) -> Shapes:
        """The tensors of every submodel."""
        return {
            f"submodels.{index}.{name}": shape
            for index, submodel in enumerate(self.submodels)
            for name, shape in submodel.architecture.required_shapes().items()
        }

    def optional_shapes(self) -> Shapes:
        """None."""
        return {}

    def to_json(self) -> dict[str, Any]:
        """A description from which `architecture_from_json` makes this architecture again."""
        submodels = [
            {"max_value": s.max_value, "architecture": s.architecture.to_json()} for s in self.submodels
        ]
        return {"type": "Slimmable", "submodels": submodels}

    def __str__(self) -> str:
        sizes = (str(s.architecture).removeprefix("WaveNet-") for s in self.submodels)
        return f"WaveNet-{'|'.join(sizes)} slimmable"
