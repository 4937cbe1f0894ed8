"""Suggestions from the wet signal alone: nothing can be tried, so vectors decide, and the answer says so."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from recommender import gain
from recommender.library import Library
from recommender.listening import shortened
from recommender.nominate import Nominee, nominate
from recommender.reasons import reasons
from recommender.space import space
from recommender.suggestion import Confidence, Parent, Suggestion
from recommender.traits import wet_traits
from recommender.wet import wet_features
from zoo.capture import Capture

Array = npt.NDArray[Any]

# Of 164 real models heard on other playing, nine in ten were no further than this from themselves.
FAMILIAR = 11.0
TOLERANCE = 2.0  # the playing differs, so only twice the usual difference is worth a word
HINT = (
    "this is a guess by sound, which has the right device among its first five about four times in five; "
    "bring the dry track as well (--dry) and the parents are tried on your own playing"
)


def suggest_wet(capture: Capture, library: Library, k: int) -> Suggestion:
    """The ``k`` nearest parents for a wet-only capture; see `recommender.suggest`."""
    heard = shortened(capture)
    raw = wet_features(heard.wet, capture.sample_rate)
    point = space("wet").project(raw)
    nominees = nominate(library.index, "wet", point, library.candidates, count=k)
    parents = [_parent(rank, nominee, raw, point, library) for rank, nominee in enumerate(nominees, start=1)]
    return Suggestion(
        advice="start from a parent" if parents else "nothing to choose from",
        way="wet-only",
        confidence=_confidence(nominees),
        gain_class=parents[0].gain_class if parents else "unknown",
        scratch_esr=None,
        parents=tuple(parents),
        hints=(HINT,),
    )


def _parent(rank: int, nominee: Nominee, raw: Array, point: Array, library: Library) -> Parent:
    fingerprint = library.fingerprint(nominee.id)
    nearest = int(np.argmin(np.linalg.norm(space("wet").project(fingerprint["wet"]) - point, axis=1)))
    return Parent(
        id=nominee.id,
        rank=rank,
        distance=nominee.distance,
        gain_class=gain.gain_class(fingerprint),
        trial=None,
        expected=None,
        reasons=reasons(wet_traits(raw), wet_traits(fingerprint["wet"][nearest]), tolerance=TOLERANCE),
    )


def _confidence(nominees: list[Nominee]) -> Confidence:
    """Never high: without the dry signal, playing and device cannot be told apart for certain."""
    return "medium" if nominees and nominees[0].distance <= FAMILIAR else "low"
