"""The front of accuracy and cost, worked out by hand."""

from __future__ import annotations

import csv

from training.pruning.front import Entry, best_for, front_csv, on_the_front, plot_front, plot_search
from training.pruning.iteration import Iteration


def entry(kind: str, hidden: int, validation: float, rtf: float) -> Entry:
    return Entry(kind, hidden, 100 * hidden, validation, 2 * validation, rtf, 1e6 * rtf)


LARGE = entry("unpruned", 32, 0.01, 0.008)
MIDDLE = entry("pruned", 20, 0.011, 0.004)
WORSE = entry("direct", 20, 0.02, 0.004)
SMALL = entry("distilled", 8, 0.04, 0.001)
ALL = (LARGE, MIDDLE, WORSE, SMALL)


def test_an_entry_that_another_beats_in_both_is_not_on_the_front():
    assert on_the_front(ALL) == [SMALL, MIDDLE, LARGE]


def test_a_budget_buys_the_most_accurate_and_no_budget_the_cheapest_that_is_good_enough():
    assert best_for(ALL, rtf=0.005, hidden=None, most_loss=0.0) is MIDDLE
    assert best_for(ALL, rtf=None, hidden=10, most_loss=0.0) is SMALL
    assert best_for(ALL, rtf=None, hidden=None, most_loss=0.012) is MIDDLE
    assert best_for(ALL, rtf=0.0001, hidden=None, most_loss=1.0) is None


def test_the_table_marks_the_best_choice():
    rows = list(csv.DictReader(front_csv(ALL, MIDDLE).decode().splitlines()))
    assert [row["best"] for row in rows] == ["0", "1", "0", "0"]
    assert (rows[1]["kind"], rows[1]["hidden"], rows[1]["rtf"]) == ("pruned", "20", "0.004")


def test_the_pictures_are_the_same_bytes_for_the_same_numbers(tmp_path):
    record = Iteration(1, 5, 0.0, 0.1, 0.3, 70, 9, 0.2, (0.1,))
    for name in ("a", "b"):
        plot_front(tmp_path / f"{name}.png", "front", ALL, MIDDLE)
        plot_search(tmp_path / f"{name}-search.png", "search", [record, record])
    for kind in ("", "-search"):
        one, other = ((tmp_path / f"{name}{kind}.png").read_bytes() for name in ("a", "b"))
        assert one == other
        assert one.startswith(b"\x89PNG")
