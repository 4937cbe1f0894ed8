"""The forecast is learned from a made-up matrix whose law is known, and played back on it."""

from dataclasses import replace

import numpy as np
import pytest

from recommender.evaluation.fitting import DOUBT, Group, fit, fit_line, groups_of, records
from recommender.evaluation.replay import suggested, suggested_by_sound
from recommender.evaluation.tried import Asked, Row
from recommender.evidence import BY_SOUND
from recommender.forecast import expected_db

PARENTS = 40


def _target(number: int, rng: np.random.Generator) -> Asked:
    """What is trained ends at 0.5 dB for each dB of tuning, 2 dB lower for a network twice as large."""
    hard = rng.uniform(-10.0, 0.0)
    rows, truth = [], {}
    for parent in range(PARENTS):
        size, noise = 10.0 + parent % 4, rng.normal(size=3)
        tuned = hard - 10.0 + 4.0 * noise[0]
        truth[f"p{parent}"] = hard - 20.0 + 0.5 * (tuned - hard) - 2.0 * (size - 10.0) + 0.1 * noise[1]
        ratios = [float(10.0 ** (db / 10.0)) for db in (tuned + 3.0, hard, tuned, tuned - 1.0, tuned - 2.0)]
        head, floor, *tunings = ratios
        rows.append(
            Row(
                f"t{number}",
                f"p{parent}",
                False,
                f"p{parent}",
                5.0,
                3.0,
                head,
                floor,
                size,
                -0.8,
                -0.4,
                *tunings,
            )
        )
    nan = float("nan")
    scratch = Row(
        f"t{number}", "scratch", False, "", nan, nan, nan, rows[0].floor, nan, nan, nan, 0.5, 0.3, 0.2
    )
    return Asked(f"t{number}", f"f{number}", tuple(rows), truth, (scratch, hard))


@pytest.fixture(scope="module")
def targets() -> list[Asked]:
    rng = np.random.Generator(np.random.PCG64(0))
    return [_target(number, rng) for number in range(12)]


def test_the_law_of_the_matrix_is_found(targets) -> None:
    lines = fit(targets)
    errors = [
        expected_db(row.evidence(1), lines) - one.truth_db[row.parent] for one in targets for row in one.rows
    ]
    assert np.std(errors) < 0.5
    assert lines["1"].weights["size"] == pytest.approx(-2.0, abs=0.2)


def test_the_band_holds_four_of_five_families_left_out(targets) -> None:
    seen, unseen = targets[:8], targets[8:]
    lines = fit(seen)
    missed = [
        abs(expected_db(row.evidence(1), lines) - one.truth_db[row.parent])
        for one in unseen
        for row in one.rows
    ]
    assert 0.6 < np.mean(np.array(missed) <= lines["1"].band) <= 1.0


def test_an_error_never_weighs_the_wrong_way() -> None:
    rng = np.random.Generator(np.random.PCG64(1))
    target = _target(0, rng)
    turned = {parent: -db for parent, db in target.truth_db.items()}
    upside_down = Asked("t", "f", target.rows, turned, target.scratch)
    line = fit_line(groups_of([upside_down], "1"), "1")
    assert line.weights["tuned"] >= 0.0
    assert line.weights["head"] >= 0.0


def test_those_who_end_well_teach_more_than_those_who_end_badly() -> None:
    tuned = np.linspace(-30.0, 10.0, 41)
    good = tuned < -10.0
    truth = np.where(good, 0.8 * (tuned + 10.0), 0.2 * (tuned + 10.0)) - 10.0
    numbers = tuple({"tuned": float(db), "floor": 0.0} for db in tuned)
    weight = fit_line([Group("f", tuple(map(str, tuned)), numbers, truth)], "8").weights["tuned"]
    alike = float(np.polyfit(tuned, truth, 1)[0])
    assert alike + 0.05 < weight < 0.8


def _favoured(one: Asked, favourite: str) -> Asked:
    """One parent ends 6 dB better than its numbers say."""
    return replace(one, truth_db=dict(one.truth_db) | {favourite: one.truth_db[favourite] - 6.0})


def test_who_ended_better_on_other_devices_than_it_is_built_comes_first_by_sound(targets) -> None:
    favourite = "p7"  # as large as any, and no nearer
    seen, unseen = [_favoured(one, favourite) for one in targets[1:]], targets[0]
    lines = fit(seen)
    record = lines[BY_SOUND].records
    assert record[favourite] == pytest.approx(-6.0 * len(seen) / (len(seen) + DOUBT), abs=1.0)
    before = list(suggested_by_sound(unseen, fit(seen, measured=[])))
    after = list(suggested_by_sound(unseen, lines))
    assert before.index(favourite) > 4
    assert after.index(favourite) < 2


def test_a_record_counts_only_where_nothing_can_be_tried(targets) -> None:
    lines = fit([_favoured(one, "p7") for one in targets])
    assert [stage for stage, line in lines.items() if line.records] == [BY_SOUND]


def test_a_single_lucky_device_makes_half_a_record(targets) -> None:
    line = fit(targets, measured=[])[BY_SOUND]
    assert line.records == {}
    numbers = ({"distance": 0.0}, {"distance": 0.0})
    lucky = Group("f", ("a", "b"), numbers, np.array([-24.0, -12.0]))
    assert records(line, [lucky]) == {"a": -3.0, "b": 3.0}


def test_a_suggestion_is_played_back_in_the_order_of_its_expectations(targets) -> None:
    lines = fit(targets[1:])
    order = suggested(targets[0], lines)
    assert list(order.values()) == sorted(order.values())
    best = min(targets[0].truth_db, key=targets[0].truth_db.__getitem__)
    assert best in list(order)[:3]
    assert len(order) < PARENTS  # the rest was not nominated


def test_what_was_never_tuned_is_not_tuned_in_the_playback(targets) -> None:
    lines = fit(targets[1:])
    quick = suggested(targets[0], lines, quick=True)
    heads = {row.parent: expected_db(row.evidence(0), lines) for row in targets[0].rows}
    assert all(quick[parent] == heads[parent] for parent in quick)
