import numpy as np
from small_devices import make_device

from recommender.halving import (
    SCRATCH,
    Effort,
    Halving,
    Moment,
    Round,
    Start,
    affordable,
    can_be_tuned,
    contest,
)
from recommender.reasons import tried
from zoo.architecture import Recurrent
from zoo.snapshot import Snapshot

DEVICE = make_device(0)
ROUNDS = (Round(4, Effort(1, 10.0)), Round(2, Effort(4, 10.0)))


class Tuner:
    """Errors by id and epochs, and what it was asked for."""

    def __init__(self, errors: dict[str, tuple[float, float]]) -> None:
        self.errors, self.asked = errors, []

    def __call__(self, starts, effort):
        self.asked.append([start.id for start in starts])
        column = 0 if effort.epochs == 1 else 1
        return [Moment(effort, self.errors[s.id][column], self.errors[s.id][column]) for s in starts]


def _starts(ids: str) -> list[Start]:
    return [Start(i, DEVICE) for i in ids]


def _as_tuned(_parent: str, moments: tuple[Moment, ...]) -> float:
    return moments[-1].esr


def test_the_better_half_goes_on_and_scratch_joins_the_last_round() -> None:
    tuner = Tuner({"a": (0.4, 9), "b": (0.3, 0.03), "c": (0.2, 0.05), "d": (0.5, 9), SCRATCH: (9, 0.2)})
    outcome = contest(_starts("abcd"), Halving(tuner, DEVICE), _as_tuned, ROUNDS)
    assert tuner.asked == [["a", "b", "c", "d"], ["c", "b", SCRATCH]]
    assert [moment.esr for moment in outcome.moments["b"]] == [0.3, 0.03]
    assert (outcome.moment("b").esr, outcome.moment("a").esr) == (0.03, 0.4)
    assert outcome.moment(SCRATCH).effort.epochs == 4


def test_only_as_many_take_part_as_the_round_has_room_for() -> None:
    tuner = Tuner(dict.fromkeys(("a", "b", "c", "d", "e", SCRATCH), (0.1, 0.1)))
    outcome = contest(_starts("abcde"), Halving(tuner, DEVICE), _as_tuned, ROUNDS)
    assert set(outcome.moments) == {"a", "b", "c", "d", SCRATCH}


def test_large_parents_leave_room_for_small_ones() -> None:
    large = Recurrent("LSTM", 512)
    weights = {name: np.zeros(shape, np.float32) for name, shape in large.required_shapes().items()}
    starts = [Start("large", Snapshot(large, weights, 48_000)), *_starts("ab")]
    assert [start.id for start in affordable(starts, Effort(1, 10.0))] == ["a", "b"]


def test_parents_without_a_contest_are_no_contest() -> None:
    outcome = contest([], Halving(Tuner({}), DEVICE), _as_tuned, ROUNDS)
    assert (outcome.moments, outcome.moment(SCRATCH)) == ({}, None)


def test_what_is_expected_decides_not_what_was_reached() -> None:
    tuner = Tuner({"a": (0.1, 0.1), "b": (0.2, 0.2), "c": (0.3, 0.3), SCRATCH: (1, 1)})
    promised = {"a": 3.0, "b": 1.0, "c": 2.0}
    contest(_starts("abc"), Halving(tuner, DEVICE), lambda i, _: promised[i], ROUNDS)
    assert tuner.asked[1] == ["b", "c", SCRATCH]


def test_stacked_cells_are_not_tuned_for_a_moment() -> None:
    stacked = Recurrent("LSTM", 4, num_layers=2)
    weights = {name: np.zeros(shape, np.float32) for name, shape in stacked.required_shapes().items()}
    assert can_be_tuned(DEVICE)
    assert not can_be_tuned(Snapshot(stacked, weights, 48_000))


def test_the_trial_is_told_in_words() -> None:
    moment, scratch = (Moment(Effort(8, 18.0), esr, esr) for esr in (0.012, 0.35))
    assert tried(0.1, moment, scratch) == (
        "8 passes over 18 s of your playing lead to ESR 0.012 on the rest, from scratch to 0.35"
    )
    assert "not tuned, so less sure" in tried(0.1, None, scratch)
    assert "tuned" not in tried(0.1, None, None)
