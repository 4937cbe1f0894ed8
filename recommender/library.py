"""The models to choose from, as the recommender sees them; the caller knows where they are kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from recommender.fingerprint import Fingerprint
from recommender.index import Index
from recommender.nominate import Candidate
from zoo.snapshot import Snapshot


@dataclass(frozen=True)
class Library:
    """What `recommender.suggest` needs.

    Attributes:
        index: vectors of all models.
        candidates: those that may be suggested, by id.
        load: the snapshot of an id.
        fingerprint: the fingerprint of an id.
    """

    index: Index
    candidates: Mapping[str, Candidate]
    load: Callable[[str], Snapshot]
    fingerprint: Callable[[str], Fingerprint]
