"""`suggest`: from a capture to ranked parents, with reasons.

Nothing here depends on the time, the number of cores or chance: the same input gives the same answer.
"""

from __future__ import annotations

from threadpoolctl import threadpool_limits

from recommender.library import Library
from recommender.listening import at_common_rate
from recommender.suggest_paired import suggest_paired
from recommender.suggest_wet import suggest_wet
from recommender.suggestion import Suggestion
from zoo.capture import Capture
from zoo.errors import BadRequest


def suggest(capture: Capture, library: Library, k: int = 5) -> Suggestion:
    """The ``k`` best parents for a capture, best first.

    Args:
        capture: dry and wet, or wet alone.
        library: the models to choose from.
        k: how many to return, 1 or more.

    Raises:
        BadRequest: ``k`` is below 1.
        EngineMissing: the native engine is not installed.
    """
    if k < 1:
        raise BadRequest(f"{k} parents were asked for; 1 or more is expected")
    answer = suggest_wet if capture.dry is None else suggest_paired
    # Our threads, and those of the linear algebra under each, would wait for one another at every product.
    with threadpool_limits(1, user_api="blas"):
        return answer(at_common_rate(capture), library, k)
