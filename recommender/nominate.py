"""The shortlist: the nearest parents, with no sound twice and no family crowding out the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.index import Index, Kind, id_of

SHORTLIST = 32
PER_FAMILY = 3
SAME_SOUND = 1e-2  # the distance that rounding leaves between copies; size twins are a hundred times further


@dataclass(frozen=True, slots=True)
class Candidate:
    """A parent that may be suggested.

    Attributes:
        id: the snapshot's digest.
        family: what it shares with its kin: the device or, fine-tuned, the first ancestor. Its own id when
            neither is known.
    """

    id: str
    family: str


@dataclass(frozen=True, slots=True)
class Nominee:
    """A candidate and its distance from the capture in vector space."""

    id: str
    family: str
    distance: float


def nominate(
    index: Index,
    kind: Kind,
    query: npt.NDArray[np.float32],
    candidates: Mapping[str, Candidate],
    *,
    count: int = SHORTLIST,
    per_family: int = PER_FAMILY,
) -> list[Nominee]:
    """The nearest ``count`` of ``candidates`` (by id), nearest first, at most ``per_family`` of one family.

    Of several that sound the same, the one with the first id stands for all. More are fetched until the list
    is full or the index has no more to give.
    """
    digests = {id_of(digest): digest for digest in candidates}
    wanted = 4 * count
    while True:
        hits = index.search(kind, query, wanted, allowed=digests)
        chosen = _choose(index, kind, hits, digests, candidates, count, per_family)
        if len(chosen) == count or len(hits) < wanted or wanted >= len(index):
            return chosen
        wanted *= 4


def _choose(
    index: Index,
    kind: Kind,
    hits: list[tuple[int, float]],
    digests: Mapping[int, str],
    candidates: Mapping[str, Candidate],
    count: int,
    per_family: int,
) -> list[Nominee]:
    chosen: list[Nominee] = []
    members: Counter[str] = Counter()
    points: list[npt.NDArray[np.float32]] = []
    for number, distance in hits:
        candidate = candidates[digests[number]]
        point = index.point(kind, number)
        if members[candidate.family] >= per_family or any(_same(point, other) for other in points):
            continue
        members[candidate.family] += 1
        points.append(point)
        chosen.append(Nominee(candidate.id, candidate.family, distance))
        if len(chosen) == count:
            break
    return chosen


def _same(first: npt.NDArray[np.float32], second: npt.NDArray[np.float32]) -> bool:
    return float(np.linalg.norm(first - second)) < SAME_SOUND
