import numpy as np
import pytest
from headless import chromium

from recommender.evaluation.figures import draw_calibration
from recommender.evaluation.floor import noise_floor
from recommender.evaluation.matrix import SCRATCH, Cell, Prediction, place, read_csv, to_csv
from recommender.evaluation.measures import gains, hit, order_of, regret, weighted_tau
from recommender.evaluation.report import page, write_report
from recommender.evaluation.scores import RANDOM, STATIC, TUNE_ALL, questions, score_all
from recommender.evaluation.summary import interval, summarise
from zoo.errors import BadRequest

TRUTH = np.array([-10.0, -20.0, -12.0])


def _cells(errors: dict[str, list[float]], target: str = "t", family: str = "f", kin: str = "") -> list[Cell]:
    """A cell for each parent and seed."""
    return [
        Cell(target, "model", family, parent, parent.upper(), parent == kin, 10.0, seed, 5, 0.1, esr)
        for parent, by_seed in errors.items()
        for seed, esr in enumerate(by_seed)
    ]


def _said(order: str, predictor: str = "suggest", target: str = "t", kin_out: bool | None = None):
    return [Prediction(target, 10.0, predictor, kin_out, p, float(i)) for i, p in enumerate(order)]


def test_regret_is_what_the_first_lacks_to_the_best() -> None:
    assert regret(TRUTH, np.array([2, 0, 1])) == 8.0
    assert regret(TRUTH, np.array([2, 0, 1]), k=3) == 0.0
    assert regret(TRUTH, order_of(TRUTH)) == 0.0


def test_a_hit_is_the_best_among_the_first() -> None:
    assert hit(TRUTH, np.array([0, 1, 2]), k=1) == 0.0
    assert hit(TRUTH, np.array([0, 1, 2]), k=2) == 1.0


def test_tau_is_one_for_the_same_order_and_minus_one_for_its_reverse() -> None:
    assert weighted_tau(TRUTH, TRUTH * 3) == pytest.approx(1.0)
    assert weighted_tau(TRUTH, -TRUTH) == pytest.approx(-1.0)
    assert np.isnan(weighted_tau(TRUTH, np.zeros(3)))


def test_gains_are_over_scratch() -> None:
    assert gains(TRUTH, np.array([2]), -5.0) == (7.0, 15.0)


def test_the_matrix_survives_its_csv(tmp_path) -> None:
    cells, said = _cells({"a": [0.1, 0.25], SCRATCH: [0.5, 0.5]}, kin="a"), _said("ab", kin_out=True)
    for rows, kind in ((cells, Cell), (said + _said("a"), Prediction)):
        (tmp_path / "rows.csv").write_bytes(to_csv(rows, kind))
        assert read_csv(tmp_path / "rows.csv", kind) == rows


def test_rows_stand_target_by_target_and_scratch_after_the_parents() -> None:
    rows = [cell for target in "us" for cell in _cells({SCRATCH: [0.5], "z": [0.1], "a": [0.2]}, target)]
    assert [(cell.target, cell.parent) for cell in sorted(rows, key=place)] == [
        (target, parent) for target in "su" for parent in ("a", "z", SCRATCH)
    ]


def test_another_file_is_no_matrix(tmp_path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    with pytest.raises(BadRequest, match="not a matrix"):
        read_csv(tmp_path / "x.csv", Cell)


def test_kin_are_left_out_of_the_headline() -> None:
    cells = _cells({"a": [0.001], "b": [0.01], "c": [0.1], SCRATCH: [1.0]}, kin="a")
    by_way = {(s.predictor, s.kin_out): s for s in score_all(cells, _said("acb"))}
    assert by_way["suggest", False].regret_1 == 0.0
    assert by_way["suggest", True].regret_1 == pytest.approx(10.0)  # c comes before b
    assert by_way["suggest", True].gain == pytest.approx(10.0)
    assert by_way["suggest", True].best_gain == pytest.approx(20.0)


def test_a_ranking_made_without_kin_is_preferred_where_they_are_left_out() -> None:
    cells = _cells({"a": [0.001], "b": [0.01], "c": [0.1]}, kin="a")
    said = _said("acb", kin_out=False) + _said("bc", kin_out=True)
    by_way = {(s.predictor, s.kin_out): s.regret_1 for s in score_all(cells, said)}
    assert (by_way["suggest", False], by_way["suggest", True]) == (0.0, 0.0)


def test_parents_that_were_not_ranked_come_last() -> None:
    cells = _cells({"a": [0.1], "b": [0.01], "c": [0.001]})
    score = next(s for s in score_all(cells, _said("b")) if s.predictor == "suggest")
    assert (score.regret_1, score.regret_5) == (pytest.approx(10.0), 0.0)


def test_random_is_the_mean_over_shuffles() -> None:
    cells = _cells({"a": [0.1], "b": [0.001]})
    score = next(s for s in score_all(cells, []) if s.predictor == RANDOM)
    assert score.regret_1 == pytest.approx(10.0, abs=2.0)  # 0 or 20 dB


def test_static_learns_from_other_families_only() -> None:
    cells = _cells({"a": [0.1], "b": [0.01]}, "t1", "f1") + _cells({"a": [0.1], "b": [0.01]}, "t2", "f2")
    cells += _cells({"a": [0.001], "b": [0.01]}, "t3", "f1")
    static = {s.target: s.regret_1 for s in score_all(cells, []) if s.predictor == STATIC and not s.kin_out}
    assert static["t1"] == 0.0  # as t2 says
    assert static["t3"] == pytest.approx(10.0)  # t1, which is kin, is not asked


def test_the_truth_is_the_mean_over_the_seeds_that_trained_a_parent() -> None:
    cells = _cells({"a": [0.1, 0.001], "b": [0.2, 0.2], "c": [0.01]})
    (question,) = questions(cells, kin_out=False)
    assert question.parents == ("a", "b", "c")
    assert question.truth_db[[0, 2]] == pytest.approx([-20.0, -20.0])
    assert np.isnan(question.by_seed_db[1, 2])


def test_who_tunes_all_parents_trusts_the_validation_part() -> None:
    cells = [
        Cell("t", "model", "f", name, name, False, 10.0, 0, 5, loss, esr)
        for name, loss, esr in (("a", 0.2, 0.001), ("b", 0.1, 0.01), ("c", 0.3, 0.1))
    ]
    score = next(s for s in score_all(cells, []) if s.predictor == TUNE_ALL)
    assert (score.regret_1, score.regret_5) == (pytest.approx(10.0), 0.0)


def test_the_noise_floor_is_the_regret_of_another_seeds_choice() -> None:
    cells = _cells({"a": [0.01, 0.1], "b": [0.1, 0.01]})
    floor = noise_floor(cells)
    assert floor.other_seed_db == pytest.approx(10.0)
    assert floor.deviation_db == pytest.approx(np.sqrt(50.0))  # -20 and -10 dB
    assert floor.targets == 0
    assert noise_floor(_cells({"a": [0.1], "b": [0.2]})) is None


def test_a_suggestion_is_judged_by_a_seed_that_did_not_choose_the_best() -> None:
    cells = _cells({"a": [0.01, 0.1], "b": [0.1, 0.01], "c": [0.2]})
    floor = noise_floor(cells, _said("cba", kin_out=False) + _said("bca", kin_out=True))
    assert floor.targets == 1
    assert floor.ahead_db == pytest.approx(-10.0)  # the second seed, which did not train c, cannot choose
    assert floor.low == floor.high == floor.ahead_db


def test_families_are_drawn_whole() -> None:
    low, high = interval(np.array([0.0, 0.0, 10.0, 10.0]), ["a", "a", "b", "b"])
    assert (low, high) == (0.0, 10.0)
    assert interval(np.array([3.0, 3.0]), ["a", "b"]) == (3.0, 3.0)


def test_the_summary_compares_on_the_same_questions() -> None:
    cells = _cells({"a": [0.1], "b": [0.01], SCRATCH: [0.5]}) + _cells(
        {"a": [0.01], "b": [0.1], SCRATCH: [0.5]}, "u", "g"
    )
    said = _said("ba") + _said("ab", target="u") + _said("ab", "name") + _said("ab", "name", "u")
    lines = {(line.predictor, line.kin_out): line for line in summarise(score_all(cells, said))}
    assert lines["suggest", True].regret_1 == 0.0
    assert lines["suggest", True].share == 1.0
    assert lines["name", True].behind == pytest.approx(5.0)
    assert lines["name", True].regret_1_p90 == pytest.approx(9.0)


def test_the_page_is_no_wider_than_a_phone(tmp_path) -> None:
    scores = score_all(_cells({"a": [0.1], "b": [0.2], SCRATCH: [0.5]}), _said("ab"))
    write_report(tmp_path, summarise(scores), scores, ["A remark."])
    with chromium(600, 900) as browser:
        metrics = {"width": 360, "height": 900, "deviceScaleFactor": 1, "mobile": True}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        browser.get((tmp_path / "report.html").as_uri())
        assert browser.execute_script("return document.querySelectorAll('table').length") == 3
        assert browser.execute_script("return document.documentElement.scrollWidth") <= 360


def test_names_cannot_write_the_page(tmp_path) -> None:
    cells = _cells({"a": [0.1], "b": [0.01], SCRATCH: [0.5]}, target="<script>")
    scores = score_all(cells, _said("ba", target="<script>"))
    lines = summarise(scores)
    assert "<script>" not in page(lines, scores, ["one & two"])
    write_report(tmp_path, lines, scores, [])
    draw_calibration(tmp_path / "calibration.png", cells, _said("ba", target="<script>", kin_out=True))
    for name in ("report", "targets", "calibration"):
        assert (tmp_path / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "summary.csv").read_text().startswith("predictor,kin_out")
