"""The map of the zoo: every model's vector in the plane that shows most of how they differ, and the capture.

Principal axes of the zoo's own vectors, the same for the same zoo, whatever the capture.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from recommender.index import Index, Kind, id_of
from recommender.listening import at_common_rate, shortened
from recommender.paired import analyse_dry, paired_features
from recommender.space import space
from recommender.vectors import wet_query
from registry import Manifest
from zoo.capture import Capture
from zoo.reports.charts import Point

Array = npt.NDArray[Any]

MOST_POINTS = 1_500


@dataclass(frozen=True)
class Neighbourhood:
    """A map.

    Attributes:
        points: the models, the suggested ones with their rank on them, and the capture.
        share: of the differences between models that the plane shows, 0 to 1.
        shown, of: how many models are on it, and how many there are.
    """

    points: tuple[Point, ...]
    share: float
    shown: int
    of: int


def neighbourhood(
    capture: Capture, index: Index, models: Iterable[Manifest], ranks: dict[str, int]
) -> Neighbourhood | None:
    """The map around a capture; None for a zoo too small to have a plane.

    Args:
        capture: dry and wet, or wet alone.
        index: of the zoo.
        models: all of the zoo.
        ranks: of the suggested parents, by id.
    """
    kind: Kind = "wet" if capture.dry is None else "paired"
    by_id = {id_of(model.id): model for model in models}
    places = [(row, by_id[i]) for row, i in enumerate(index.ids.tolist()) if i in by_id]
    places.sort(key=lambda place: place[1].id)
    if len(places) < 3:
        return None
    vectors = index.vectors(kind)[[row for row, _ in places]]
    here = _vector(capture, kind)
    axes, middle, share = plane(vectors)
    flat, at = (vectors - middle) @ axes, (here - middle) @ axes
    nearest = np.argsort(np.linalg.norm(vectors - here, axis=1), kind="stable")
    chosen = set(nearest[: MOST_POINTS // 2].tolist())
    chosen |= set(np.linspace(0, len(places) - 1, min(MOST_POINTS // 2, len(places))).astype(int).tolist())
    points = [
        _point(model, float(x), float(y), ranks.get(model.id))
        for i, ((_, model), (x, y)) in enumerate(zip(places, flat, strict=True))
        if i in chosen or model.id in ranks
    ]
    star = Point("your capture", float(at[0]), float(at[1]), 0, "\N{BLACK STAR}")
    return Neighbourhood((*points, star), share, len(points), len(places))


def plane(vectors: Array) -> tuple[Array, Array, float]:
    """Axes (size, 2), middle (size,) and the share of the variance that they show.

    The sign of an axis is chance to the algebra; here the largest number of each is positive.
    """
    middle = vectors.mean(axis=0, dtype=np.float64)
    spread = np.cov((vectors - middle).T)
    values, directions = np.linalg.eigh(spread)
    axes = directions[:, ::-1][:, :2]
    largest = axes[np.argmax(np.abs(axes), axis=0), [0, 1]]
    return axes * np.sign(largest), middle, float(values[::-1][:2].sum() / max(values.sum(), 1e-12))


def _vector(capture: Capture, kind: Kind) -> Array:
    heard = shortened(at_common_rate(capture))
    if kind == "wet":
        return wet_query(heard.wet, heard.sample_rate)
    assert heard.dry is not None
    raw = paired_features(analyse_dry(heard.dry, heard.sample_rate), heard.wet)
    return space("paired").project(raw)


def _point(model: Manifest, x: float, y: float, rank: int | None) -> Point:
    device = "" if str(model.device) == "unknown" else f" \N{EN DASH} {model.device}"
    name = f"{model.name}{device}"
    if rank is None:
        return Point(name, x, y)
    return Point(f"{rank}. {name}", x, y, colour_of(rank), str(rank))


def colour_of(rank: int) -> int:
    """The colour of a parent on the whole page."""
    return 1 + (rank - 1) % 8
