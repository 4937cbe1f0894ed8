import numpy as np
import pytest
from small_devices import make_device

from recommender.evidence import BY_SOUND, HEAD, NOMINEE, Evidence
from recommender.forecast import (
    Line,
    around,
    expect_from_scratch,
    expected_db,
    forecast,
    forecasting_with,
    line_of,
    settled,
)
from recommender.halving import Effort, Moment
from recommender.head import HeadFit
from recommender.ranking import in_order
from recommender.render_score import Trial
from recommender.tunability import UNKNOWN, Build, build_of
from zoo.architecture import Activation, LayerArray, WaveNet
from zoo.snapshot import Snapshot

BUILD = Build(12.0, -0.8, -0.4)


def _moments(*esrs: float) -> tuple[Moment, ...]:
    return tuple(Moment(Effort(epochs, 10.0), esr, esr) for epochs, esr in zip((1, 4, 8), esrs, strict=False))


def _evidence(head: float, *tuned: float, build: Build = BUILD) -> Evidence:
    return Evidence(build, 10.0, head, 0.5, _moments(*tuned))


def test_every_stage_of_a_suggestion_has_a_line() -> None:
    assert set(forecast()) == {NOMINEE, BY_SOUND, HEAD, "1", "4", "8", "scratch"}


def test_other_lines_are_in_force_for_a_while_and_no_longer() -> None:
    shipped, other = forecast(), {"head": forecast()["scratch"]}
    with forecasting_with(other):
        assert forecast() is other
    assert forecast() is shipped


def test_a_moment_of_another_length_takes_the_nearest_line() -> None:
    assert line_of("7", forecast()) is forecast()["8"]


@pytest.mark.parametrize("stage", ["head", "1", "4", "8", "scratch"])
def test_the_band_holds_the_middle_and_ends_at_the_signal(stage) -> None:
    for middle_db in (-70.0, -20.0, 0.0, 5.0):
        made = around(middle_db, stage)
        assert 0.0 < made.low <= made.esr <= made.high <= 1.0


@pytest.mark.parametrize("count", [1, 2, 3])
def test_who_did_better_in_the_trial_is_never_expected_to_end_worse(count) -> None:
    lines = forecast()
    found = [expected_db(_evidence(0.3, *[esr] * count), lines) for esr in (1e-4, 1e-2, 0.1, 0.3)]
    assert found == sorted(found)
    heads = [expected_db(_evidence(head, *[1e-2] * count), lines) for head in (1e-3, 0.1, 0.9)]
    assert heads == sorted(heads)


def test_weights_out_of_bounds_promise_less_than_any_others() -> None:
    lines = forecast()
    lost, kept = (expected_db(_evidence(0.5, 0.1, esr), lines) for esr in (float("inf"), 1.0))
    assert lost > kept
    assert expect_from_scratch(_moments(float("inf"))[0]).high == 1.0


def test_what_is_learned_of_the_device_moves_those_who_stayed_behind() -> None:
    lines = forecast()
    before = {"a": _evidence(0.3, 0.1), "b": _evidence(0.3, 0.12), "c": _evidence(0.3, 0.2)}
    after = before | {"a": _evidence(0.3, 0.1, 1e-4), "b": _evidence(0.3, 0.12, 1e-3)}
    first, last = settled(before, lines), settled(after, lines)
    moved = np.mean([last[i] - first[i] for i in "ab"])
    assert last["c"] - first["c"] == pytest.approx(moved)
    assert settled({}, lines) == {}


def test_what_is_not_known_weighs_nothing() -> None:
    line = Line(-10.0, {"head": 0.5, "size": -1.0}, {"head": -6.0, "size": 12.0}, 1.0)
    assert line({"head": -8.0, "size": float("nan")}) == pytest.approx(-11.0)


def test_who_has_no_record_is_judged_by_its_numbers() -> None:
    lines = {BY_SOUND: Line(-10.0, {}, {}, 1.0, records={"proved": -2.5})}
    proved, stranger = (Evidence(BUILD, 3.0, by_sound=True, parent=name) for name in ("proved", "other"))
    assert expected_db(proved, lines) == -12.5
    assert expected_db(stranger, lines) == -10.0


def test_the_order_is_that_of_the_expected_error() -> None:
    tried = {f"{i}": e for i, e in enumerate([(0.2, 0.1, 0.05), (0.001,), (0.3, 0.3), (0.4,)])}
    trials = [Trial(i, 0.0, None, HeadFit(head, head)) for i, (head, *_) in tried.items()]
    order = in_order(trials, {i: _evidence(*errors) for i, errors in tried.items()})
    expected = [one.expected.esr for one in order]
    assert len(order) == 4
    assert expected == sorted(expected)


def test_a_parent_that_is_the_device_comes_before_any_that_is_built_better() -> None:
    large = Build(16.0, -1.2, -0.8)
    trials = [Trial(i, 0.0, None, HeadFit(head, head)) for i, head in (("large", 1e-8), ("itself", 1e-10))]
    evidence = {"large": _evidence(1e-8, build=large), "itself": _evidence(1e-10)}
    first, second = in_order(trials, evidence)
    assert (first.id, second.id) == ("itself", "large")
    assert first.expected.esr == pytest.approx(1e-10, rel=0.1)


def test_a_build_is_read_from_the_weights() -> None:
    device = make_device(1)
    build = build_of(device)
    assert build.size == pytest.approx(np.log2(device.num_parameters))
    louder = {name: w * 10.0 if name.startswith("rec.weight") else w for name, w in device.weights.items()}
    grown = build_of(Snapshot(device.architecture, louder, device.sample_rate))
    assert (grown.recurrence - build.recurrence, grown.input - build.input) == pytest.approx((1.0, 1.0))


def test_how_a_wavenet_tunes_is_not_known() -> None:
    layers = LayerArray(
        input_size=1, channels=2, head_size=1, head_kernel_size=1, head_bias=True, kernel_sizes=(3,),
        dilations=(1,), activations=(Activation("Tanh"),),
    )  # fmt: skip
    shapes = WaveNet((layers,)).required_shapes()
    weights = {name: np.ones(shape, np.float32) for name, shape in shapes.items()}
    assert build_of(Snapshot(WaveNet((layers,)), weights, 48_000)) == UNKNOWN


def test_a_parent_built_like_none_in_the_matrix_counts_as_the_most_extreme_there() -> None:
    line = Line(-10.0, {"size": -1.0}, {"size": 12.0}, 1.0, ranges={"size": (9.0, 15.0)})
    assert line({"size": 20.0}) == line({"size": 15.0}) == pytest.approx(-13.0)
