import numpy as np
import pytest
from small_devices import make_device

from recommender.expectation import expect_tuned
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
from recommender.head import HeadFit
from recommender.ranking import in_order
from recommender.reasons import tried
from recommender.render_score import Trial
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


def test_the_better_half_goes_on_and_scratch_joins_the_last_round() -> None:
    tuner = Tuner({"a": (0.4, 9), "b": (0.3, 0.03), "c": (0.2, 0.05), "d": (0.5, 9), SCRATCH: (9, 0.2)})
    outcome = contest(_starts("abcd"), Halving(tuner, DEVICE), ROUNDS)
    assert tuner.asked == [["a", "b", "c", "d"], ["c", "b", SCRATCH]]
    assert outcome.order == ("b", "c", "a", "d")
    assert (outcome.moment("b").esr, outcome.moment("a").esr) == (0.03, 0.4)
    assert outcome.moment(SCRATCH).effort.epochs == 4


def test_only_as_many_take_part_as_the_round_has_room_for() -> None:
    tuner = Tuner(dict.fromkeys(("a", "b", "c", "d", "e", SCRATCH), (0.1, 0.1)))
    assert contest(_starts("abcde"), Halving(tuner, DEVICE), ROUNDS).order == ("a", "b", "c", "d")


def test_large_parents_leave_room_for_small_ones() -> None:
    large = Recurrent("LSTM", 512)
    weights = {name: np.zeros(shape, np.float32) for name, shape in large.required_shapes().items()}
    starts = [Start("large", Snapshot(large, weights, 48_000)), *_starts("ab")]
    assert [start.id for start in affordable(starts, Effort(1, 10.0))] == ["a", "b"]


def test_parents_without_a_contest_are_no_contest() -> None:
    outcome = contest([], Halving(Tuner({}), DEVICE), ROUNDS)
    assert (outcome.order, outcome.moment(SCRATCH)) == ((), None)


def test_a_fitted_head_has_a_say_among_near_equals() -> None:
    tuner = Tuner({"a": (0.1, 0.1), "b": (0.1, 0.1), SCRATCH: (1, 1)})
    starts = [Start("a", DEVICE, head_error=0.5), Start("b", DEVICE, head_error=0.05)]
    assert contest(starts, Halving(tuner, DEVICE), ROUNDS).order == ("b", "a")


def test_stacked_cells_are_not_tuned_for_a_moment() -> None:
    stacked = Recurrent("LSTM", 4, num_layers=2)
    weights = {name: np.zeros(shape, np.float32) for name, shape in stacked.required_shapes().items()}
    assert can_be_tuned(DEVICE)
    assert not can_be_tuned(Snapshot(stacked, weights, 48_000))


def test_a_parent_that_was_not_tuned_stands_where_its_promise_puts_it() -> None:
    trials = [
        Trial(i, 0.0, None, HeadFit(esr, esr)) for i, esr in (("a", 0.1), ("wavenet", 1e-4), ("b", 0.3))
    ]
    tuner = Tuner({"a": (0.1, 0.1), "b": (0.2, 0.2), SCRATCH: (1, 1)})
    outcome = contest(_starts("ab"), Halving(tuner, DEVICE), ROUNDS)
    assert [one.id for one in in_order(trials, outcome)] == ["wavenet", "a", "b"]


def test_weights_out_of_bounds_promise_nothing() -> None:
    moment = Moment(Effort(8, 10.0), float("inf"), float("inf"))
    assert expect_tuned(moment, 5.0).esr == 1.0


@pytest.mark.parametrize("epochs", [1, 4, 8])
def test_more_tuning_is_never_expected_to_do_harm(epochs) -> None:
    for esr in (1e-6, 1e-2, 0.5):
        expected = expect_tuned(Moment(Effort(epochs, 10.0), esr, esr), 1.0)
        assert expected.low <= expected.esr <= expected.high
        assert expected.esr <= esr * 1.0001


def test_what_a_head_can_do_the_whole_training_will() -> None:
    moment = Moment(Effort(8, 10.0), 0.1, 0.1)
    assert expect_tuned(moment, 0.01).esr < expect_tuned(moment, 0.1).esr


def test_the_trial_is_told_in_words() -> None:
    moment, scratch = (Moment(Effort(8, 18.0), esr, esr) for esr in (0.012, 0.35))
    assert tried(0.1, moment, scratch) == (
        "8 passes over 18 s of your playing lead to ESR 0.012 on the rest, from scratch to 0.35"
    )
    assert "not tuned, so less sure" in tried(0.1, None, scratch)
    assert "tuned" not in tried(0.1, None, None)
