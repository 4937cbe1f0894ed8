"""Which points of a mask search are retrained, and what is said when none can be what is wanted."""

from __future__ import annotations

import pytest

from training.pruning import Iteration
from zoo.errors import BadRequest
from zoo.pruning.choice import Choice, allowed_loss, candidates

HIDDEN = (8, 6, 3, 2)


def search(*losses: float, last: float = 9.0) -> list[Iteration]:
    """Iterations with such losses at their ends; the last point has ``last`` right after its pruning."""
    return [
        Iteration(n, 1, 0.0, loss, 0.2 * n, 10, hidden, last, ())
        for n, (loss, hidden) in enumerate(zip(losses, HIDDEN, strict=False), start=1)
    ]


def rtf(number: int) -> float:
    return 0.1 / number


def test_without_a_wish_the_sparsest_that_may_still_come_within_the_increase_goes_first():
    # A point's promise is what the next iteration, which trained it, ended with: point 3's is 0.9.
    assert candidates(search(0.010, 0.011, 0.016, 0.9), Choice(), rtf) == [2, 1]


def test_a_larger_increase_lets_sparser_points_in():
    records = search(0.010, 0.011, 0.016, 0.024)
    assert candidates(records, Choice(), rtf) == [2, 1]
    assert candidates(records, Choice(max_increase=1.0), rtf) == [3, 2, 1]
    assert allowed_loss(records, Choice(max_increase=1.0)) == pytest.approx(0.02)


def test_at_most_three_points_are_retrained():
    assert candidates(search(0.01, 0.01, 0.01, 0.01, last=0.01), Choice(), rtf) == [4, 3, 2]


def test_a_hidden_size_takes_the_first_point_that_is_small_enough():
    assert candidates(search(0.01, 0.01, 0.01, 0.01), Choice(hidden=5), rtf) == [3]


def test_a_real_time_factor_takes_the_first_point_that_is_fast_enough():
    assert candidates(search(0.01, 0.01, 0.01, 0.01), Choice(rtf=0.05), rtf) == [2]


@pytest.mark.parametrize(
    ("choice", "says"),
    [
        (Choice(point=5), "point 5 was not reached; the search has 4"),
        (Choice(hidden=1), "came down to 2 units, not to 1; add iterations, or ask for less"),
        (Choice(rtf=0.01), "no point reaches a real-time factor of 0.01; add iterations"),
        (
            Choice(),
            r"loses too much \(validation loss 0.5000 at best, 0.0100 unpruned\): the model is minimal",
        ),
    ],
)
def test_what_no_point_can_be_is_said_with_what_comes_nearest(choice, says):
    with pytest.raises(BadRequest, match=says):
        candidates(search(0.01, 0.5, 0.6, 0.7), choice, rtf)
