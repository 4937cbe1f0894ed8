"""Which points of a mask search the front is made of."""

from __future__ import annotations

from training.pruning import Iteration
from zoo.pruning.front import sizes


def search(*points: tuple[int, float]) -> list[Iteration]:
    """Iterations that leave so many units, after training to such a loss."""
    return [
        Iteration(n, 1, 0.0, loss, 0.1 * n, 10, hidden, loss, ())
        for n, (hidden, loss) in enumerate(points, start=1)
    ]


def test_points_that_lost_too_much_are_left_out():
    found = sizes(search((7, 0.01), (6, 0.02), (5, 0.03), (4, 0.9)), 8)
    assert [record.hidden for record in found] == [7, 6]


def test_where_every_point_lost_much_the_front_spreads_over_all_of_them():
    found = sizes(search((7, 0.01), (6, 0.5), (5, 0.6), (4, 0.7), (3, 0.8)), 8)
    assert [record.hidden for record in found] == [7, 6, 4, 3]


def test_of_points_of_one_size_the_sparsest_counts():
    found = sizes(search((8, 0.01), (7, 0.01), (7, 0.01), (7, 0.01)), 8)
    assert [record.number for record in found] == [4]
