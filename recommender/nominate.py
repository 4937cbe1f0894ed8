"""The shortlist: the most promising parents, with no sound twice and no family crowding out the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.index import Index, Kind, ids_of

SHORTLIST = 32
PER_FAMILY = 3
POOL = 512  # the nearest, among which a promise may choose; all of a zoo that is no larger
SAME_SOUND = 1e-2  # the distance that rounding leaves between copies; size twins are a hundred times further


@dataclass(frozen=True, slots=True)
class Candidate:
    """A parent that may be suggested.

    Attributes:
        id: the snapshot's digest.
        family: what it shares with its kin: the device, or the nearest ancestor's. Its own id when neither
            is known.
    """

    id: str
    family: str


@dataclass(frozen=True, slots=True)
class Nominee:
    """A candidate and its distance from the capture in vector space."""

    id: str
    family: str
    distance: float


Promise = Callable[[str, float], float]
"""Of a parent, by its id and its distance from the capture; less is better."""


def nominate(
    index: Index,
    kind: Kind,
    query: npt.NDArray[np.float32],
    candidates: Mapping[str, Candidate],
    *,
    count: int = SHORTLIST,
    per_family: int = PER_FAMILY,
    promise: Promise | None = None,
    known: Collection[str] = (),
) -> list[Nominee]:
    """The best ``count`` of ``candidates`` (by id), best first, at most ``per_family`` of one family.

    The nearest is the best, unless there is a ``promise``; then it is the one that promises most among the
    `POOL` nearest and, however far they are, the ``known`` candidates (by id).

    Of several that sound the same, the one with the first id stands for all. More are fetched until the list
    is full or the index has no more to give.
    """
    digests = list(candidates)
    ids = ids_of(digests)
    by_id, allowed = dict(zip(ids.tolist(), digests, strict=True)), index.select(ids)
    far = _among_known(index, kind, query, [digest for digest in known if digest in candidates])
    wanted = 4 * count if promise is None else max(4 * count, POOL)
    while True:
        hits = index.search(kind, query, wanted, allowed)
        found = len(hits)
        if promise is not None:
            hits = list({**far, **dict(hits)}.items())
            promised = [promise(by_id[i], distance) for i, distance in hits]
            hits = [hit for _, hit in sorted(zip(promised, hits, strict=True))]
        chosen = _choose(
            index, kind, [(candidates[by_id[i]], i, distance) for i, distance in hits], count, per_family
        )
        if len(chosen) == count or found == allowed.count:
            return chosen
        wanted *= 4


def _among_known(
    index: Index, kind: Kind, query: npt.NDArray[np.float32], known: Sequence[str]
) -> dict[int, float]:
    """How far each is that is in the index, by its number there."""
    return dict(index.search(kind, query, len(known), index.select(ids_of(known)))) if known else {}


def _choose(
    index: Index, kind: Kind, hits: list[tuple[Candidate, int, float]], count: int, per_family: int
) -> list[Nominee]:
    chosen: list[Nominee] = []
    members: Counter[str] = Counter()
    points = index.points(kind, [number for _, number, _ in hits])
    heard = np.empty((count, points.shape[1]), np.float32)
    for (candidate, _, distance), point in zip(hits, points, strict=True):
        if members[candidate.family] >= per_family or _among(point, heard[: len(chosen)]):
            continue
        members[candidate.family] += 1
        heard[len(chosen)] = point
        chosen.append(Nominee(candidate.id, candidate.family, distance))
        if len(chosen) == count:
            break
    return chosen


def _among(point: npt.NDArray[np.float32], others: npt.NDArray[np.float32]) -> bool:
    """Whether one of the others, shape (count, size), sounds the same."""
    return bool((np.square(others - point).sum(axis=1) < SAME_SOUND**2).any())
