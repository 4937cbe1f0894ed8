"""`suggest`: from a capture to ranked parents, with reasons.

Nothing here depends on the time, the number of cores or chance: the same input gives the same answer.
"""

from __future__ import annotations

from threadpoolctl import threadpool_limits

from recommender.halving import Halving
from recommender.library import Library
from recommender.listening import at_common_rate
from recommender.suggest_paired import suggest_paired
from recommender.suggest_wet import suggest_wet
from recommender.suggestion import Suggestion
from zoo.capture import Capture
from zoo.errors import BadRequest


def suggest(capture: Capture, library: Library, k: int = 5, halving: Halving | None = None) -> Suggestion:
    """The ``k`` best parents for a capture, best first.

    Args:
        capture: dry and wet, or wet alone.
        library: the models to choose from.
        k: how many to return, 1 or more.
        halving: tunes the most promising parents for a moment; None leaves it at what a fitted head says.
            Not for a wet-only capture.

    Raises:
        BadRequest: ``k`` is below 1.
        EngineMissing: the native engine is not installed.
    """
    if k < 1:
        raise BadRequest(f"{k} parents were asked for; 1 or more is expected")
    # Our threads, and those of the linear algebra under each, would wait for one another at every product.
    with threadpool_limits(1, user_api="blas"):
        if capture.dry is None:
            return suggest_wet(at_common_rate(capture), library, k)
        return suggest_paired(at_common_rate(capture), library, k, halving)
