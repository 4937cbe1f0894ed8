"""Searches the shelves on this machine: by words and kinds, and by how near models are to a capture.

One part after the other is read, and only the best are remembered: a hundred thousand models need the memory
of a few thousand.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registry import Filter, Registry
from zoo.hub.shelf import Part, ShelfModel, models_from_bytes
from zoo.hub.shelf_vectors import check_key, vectors_from_bytes
from zoo.hub.shelves import kept, kept_shelves

if TYPE_CHECKING:
    from zoo.capture import Capture


@dataclass(frozen=True)
class Near:
    """A model on a shelf, and how far it is from a capture; None where no capture was given."""

    repo: str
    model: ShelfModel
    distance: float | None = None

    @property
    def rank(self) -> tuple[float, str, str, str]:
        """Sorts the nearest first, or else by name."""
        return (self.distance or 0.0, self.model.name.casefold(), self.model.id, self.repo)


def search_shelves(
    registry: Registry,
    words: str,
    wanted: Filter,
    *,
    repo: str | None = None,
    capture: Capture | None = None,
    limit: int = 50,
) -> list[Near]:
    """Models on the shelves of this machine that fit, the nearest to a capture first, or else by name.

    Raises:
        BadRequest: the list of ``repo`` was not pulled, or its vectors are of another version.
        WrongContent, StoreError: a file of it is damaged or missing.
    """
    point = _point(capture) if capture else None
    asked = words.casefold().split()

    def all_that_fit() -> Iterator[Near]:
        for place, shelf, folder in kept_shelves(registry, repo):
            if point:
                check_key(shelf, place.repo)
            for part in shelf.parts:
                yield from _fitting(folder, part, place.repo, asked, wanted, point)

    return heapq.nsmallest(limit, all_that_fit(), key=lambda near: near.rank)


def _fitting(
    folder: Path, part: Part, repo: str, words: list[str], wanted: Filter, point: tuple[str, Any] | None
) -> Iterator[Near]:
    models = models_from_bytes(kept(folder, part.list_path, part.listed), part, repo)
    distances = _distances(folder, part, repo, point) if point else None
    for n, model in enumerate(models):
        if model.fits(wanted, words):
            yield Near(repo, model, None if distances is None else float(distances[n]))


def _point(capture: Capture) -> tuple[str, Any]:
    """The capture as a point: by both sides where the dry one is known, else by its sound alone."""
    from recommender.listening import shortened
    from recommender.paired import analyse_dry, paired_features
    from recommender.space import space
    from recommender.wet import wet_features

    heard = shortened(capture)
    if heard.dry is None:
        return "wet", space("wet").project(wet_features(heard.wet, capture.sample_rate))
    raw = paired_features(analyse_dry(heard.dry, capture.sample_rate), heard.wet)
    return "paired", space("paired").project(raw)


def _distances(folder: Path, part: Part, repo: str, point: tuple[str, Any]) -> Any:
    import numpy as np

    kind, query = point
    vectors = vectors_from_bytes(kept(folder, part.vectors_path, part.vectors), part, repo)
    return np.linalg.norm(vectors[kind] - query, axis=1)
