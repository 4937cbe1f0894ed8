"""Suggestions from the wet signal alone: nothing can be tried, so vectors decide, and the answer says so."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from recommender import gain
from recommender.evidence import BY_SOUND, Evidence
from recommender.forecast import expected_db, forecast
from recommender.library import Library
from recommender.listening import shortened
from recommender.nominate import Nominee, nominate
from recommender.reasons import promised, reasons
from recommender.space import space
from recommender.suggestion import Confidence, Parent, Suggestion
from recommender.traits import wet_traits
from recommender.tunability import build_of
from recommender.vectors import wet_query
from recommender.wet import wet_features
from zoo.capture import Capture

Array = npt.NDArray[Any]

# Of 164 real models on unheard playing, the nearest was of the right family in six of seven cases when it was
# no further than this, and in three of five when it was.
FAMILIAR = 3.0
TOLERANCE = 2.0  # the playing differs, so only twice the usual difference is worth a word
HINT = (
    "this is a guess by what ended well on other devices, and by sound; what was distorted before the "
    "device counts as the device's doing; bring the dry track as well (--dry) and the parents are tried on "
    "your own playing, which ends better by far"
)


def suggest_wet(capture: Capture, library: Library, k: int) -> Suggestion:
    """The ``k`` most promising parents for a wet-only capture; see `recommender.suggest`."""
    raw = wet_features(shortened(capture).wet, capture.sample_rate)
    nominees = nominate_by_sound(capture, library, max(k, 2))  # the nearest is one of the first two
    nearest = min((nominee.distance for nominee in nominees), default=0.0)
    parents = [
        _parent(rank, nominee, raw, library, nearest=nominee.distance == nearest)
        for rank, nominee in enumerate(nominees[:k], start=1)
    ]
    return Suggestion(
        advice="start from a parent" if parents else "nothing to choose from",
        way="wet-only",
        confidence=_confidence(nominees),
        gain_class=parents[0].gain_class if parents else "unknown",
        scratch_esr=None,
        parents=tuple(parents),
        hints=(HINT,),
    )


def nominate_by_sound(capture: Capture, library: Library, k: int) -> list[Nominee]:
    """The ``k`` most promising: those that did well on other devices, or are built as such networks are.

    The nearest of all is in the second place at least: it may be a model of the device itself.
    """

    def promise(parent_id: str, distance: float) -> float:
        return expected_db(_evidence(parent_id, distance, library), forecast())

    query = wet_query(shortened(capture).wet, capture.sample_rate)
    known = forecast()[BY_SOUND].records
    chosen = nominate(library.index, "wet", query, library.candidates, count=k, promise=promise, known=known)
    nearest = nominate(library.index, "wet", query, library.candidates, count=1)
    second = [one for one in nearest if one not in chosen[:1]]
    return [*chosen[:1], *second, *(one for one in chosen[1:] if one not in second)][:k]


def _parent(rank: int, nominee: Nominee, raw: Array, library: Library, *, nearest: bool) -> Parent:
    """A parent, and how it differs from the capture when it plays the probe that sounds most like it."""
    fingerprint = library.fingerprint(nominee.id)
    at = space("wet")
    likest = int(np.argmin(np.linalg.norm(at.project(fingerprint["wet"]) - at.project(raw), axis=1)))
    return Parent(
        id=nominee.id,
        rank=rank,
        distance=nominee.distance,
        gain_class=gain.gain_class(fingerprint),
        trial=None,
        expected=None,
        reasons=reasons(wet_traits(raw), wet_traits(fingerprint["wet"][likest]), tolerance=TOLERANCE),
        tried=_elsewhere(nominee.id, library, nearest=nearest),
    )


def _evidence(parent_id: str, distance: float, library: Library) -> Evidence:
    return Evidence(build_of(library.load(parent_id)), distance, by_sound=True, parent=parent_id)


def _elsewhere(parent_id: str, library: Library, *, nearest: bool) -> str:
    """What is known of a parent whatever the capture, in words."""
    line = forecast()[BY_SOUND]
    ends_at = expected_db(_evidence(parent_id, float("nan"), library), forecast())
    return promised(line.offset - ends_at, measured=parent_id in line.records, nearest=nearest)


def _confidence(nominees: list[Nominee]) -> Confidence:
    """Never high: without the dry signal, playing and device cannot be told apart for certain."""
    return "medium" if nominees and nominees[0].distance <= FAMILIAR else "low"
