"""An experiment trains every cell once, on the same held-out time, and goes on after an interruption."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from training.compare import Experiment, limited, run_experiment
from training.compare_cells import CellResult
from training.compare_report import Spread, curves_csv, plot_comparison, summary, trainings_csv
from training.data import Part, Split
from training.settings import Settings
from training.tune import tune
from zoo.engine import render
from zoo.errors import BadRequest, StoreError

RATE = 44_100
QUICK = Settings(epochs=4, segment=2_000, batch=8, warm_up=50, tbptt=500)


@pytest.fixture
def experiment(lstm) -> Experiment:
    """A small LSTM as the device, another as the parent; two stretches of playing."""
    rng = np.random.default_rng(0)

    def part(*sizes: int) -> Part:
        drys = tuple(rng.normal(0, 0.2, size).astype(np.float32) for size in sizes)
        return Part(drys, tuple(render(lstm(2), dry) for dry in drys))

    split = Split(part(20_000, 10_000), part(8_000), part(8_000), RATE)
    return Experiment(split, {"parent": lstm(1)}, (0.3, None), seeds=2, settings=QUICK)


def losses(results: tuple[CellResult, ...]) -> list[object]:
    return [(r.start, r.seconds, r.seed, r.curve, r.test_esr) for r in results]


def test_every_start_meets_every_amount_and_seed_on_the_same_held_out_time(experiment, tmp_path):
    outcome = run_experiment(experiment, tmp_path)
    assert not outcome.interrupted
    cells = [(r.seed, r.seconds, r.start) for r in outcome.results]
    assert cells == [
        (seed, seconds, start)
        for seed in (0, 1)
        for seconds in (0.3, None)
        for start in ("scratch", "parent")
    ]
    parents = [r for r in outcome.results if r.start == "parent"]
    assert len({r.start_loss for r in parents}) == 1  # one model on one validation part
    assert all([epoch for epoch, _ in r.curve] == [0, 2, 4] for r in outcome.results)
    assert all(r.first_loss == r.curve[1][1] for r in outcome.results)
    assert all(r.best_loss == min(loss for _, loss in r.curve) for r in outcome.results)


def test_a_cell_is_the_training_that_tune_does(experiment, tmp_path):
    cell = run_experiment(replace(experiment, amounts=(0.3,), seeds=1), tmp_path).results[1]
    alone = tune(experiment.parents["parent"], limited(experiment.split, 0.3), QUICK)
    assert cell.curve == tuple((v.epoch, v.validation) for v in alone.history)
    assert cell.test_esr == alone.scores.esr


def test_finished_cells_are_not_trained_again(experiment, tmp_path, monkeypatch):
    few = run_experiment(replace(experiment, seeds=1), tmp_path)
    trained: list[int] = []
    monkeypatch.setattr("training.compare.tune", lambda *a, **k: trained.append(1) or tune(*a, **k))
    more = run_experiment(experiment, tmp_path)
    assert len(trained) == 4
    assert more.results[:4] == few.results


def test_an_interrupted_experiment_goes_on_inside_the_cell_to_the_bit(experiment, tmp_path):
    whole = run_experiment(experiment, tmp_path / "whole")

    def stop_at_the_third(trainer):
        if len(list((tmp_path / "half" / "cells").glob("*.json"))) == 2:
            raise KeyboardInterrupt

    stopped = run_experiment(experiment, tmp_path / "half", on_validation=stop_at_the_third)
    assert stopped.interrupted
    assert len(stopped.results) == 2
    assert list((tmp_path / "half" / "cells").glob("*.safetensors"))
    resumed = run_experiment(experiment, tmp_path / "half")
    assert losses(resumed.results) == losses(whole.results)
    assert {p.suffix for p in (tmp_path / "half" / "cells").iterdir()} == {".json"}


def test_a_folder_of_another_experiment_is_refused(experiment, tmp_path):
    small = replace(experiment, seeds=1, amounts=(0.3,))
    run_experiment(small, tmp_path)
    with pytest.raises(BadRequest, match="another capture, parent or setting"):
        run_experiment(replace(small, settings=replace(QUICK, epochs=6)), tmp_path)


@pytest.mark.parametrize("damage", [b"", b"[]", b'{"curve": [[0, 1]]}', b'{"curve": 3}'])
def test_a_damaged_result_is_remarked_and_trained_again(experiment, tmp_path, damage):
    small = replace(experiment, seeds=1, amounts=(0.3,))
    before = run_experiment(small, tmp_path)
    sorted((tmp_path / "cells").glob("*.json"))[0].write_bytes(damage)
    remarks: list[str] = []
    after = run_experiment(small, tmp_path, remark=remarks.append)
    assert "is damaged" in remarks[0]
    assert losses(after.results) == losses(before.results)


def test_a_folder_that_cannot_be_made_is_a_sentence(experiment, tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(StoreError, match="choose another --out"):
        run_experiment(experiment, tmp_path / "taken")


def test_limited_data_is_an_equal_share_of_every_stretch(experiment):
    part = limited(experiment.split, 15_000 / RATE).train
    assert [wet.size for wet in part.wet] == [10_000, 5_000]
    np.testing.assert_array_equal(part.wet[1], experiment.split.train.wet[1][:5_000])


@pytest.mark.parametrize("seconds", [0.0, -1.0, 2.0, float("nan")])
def test_more_data_than_there_is_or_none_is_refused(experiment, seconds):
    with pytest.raises(BadRequest, match=r"at most 0\.7 s can be had"):
        replace(experiment, amounts=(seconds,))


def test_knobs_of_the_parent_are_fixed_and_scratch_has_none(experiment, lstm, tmp_path):
    from zoo.architecture import Recurrent

    knobbed = lstm(3)
    weights = {**knobbed.weights, "rec.weight_ih_l0": np.repeat(knobbed.weights["rec.weight_ih_l0"], 2, 1)}
    knobbed = replace(knobbed, architecture=Recurrent("LSTM", 4, input_size=2), weights=weights)
    remarks: list[str] = []
    small = replace(experiment, parents={"knobs": knobbed}, seeds=1, amounts=(0.3,))
    outcome = run_experiment(small, tmp_path, remark=remarks.append)
    assert "knobs are set" in remarks[0]
    assert [r.start for r in outcome.results] == ["scratch", "knobs"]


def result(start: str, seed: int, *curve: float | None, seconds: float | None = None) -> CellResult:
    numbers = tuple(zip(range(0, 2 * len(curve), 2), curve, strict=True))
    best = min(loss for loss in curve if loss is not None)
    return CellResult(
        start, seconds, seed, 30.0, 2, 2, best, curve[0], curve[1], best, best, best, 1.0, numbers, ""
    )


def test_the_table_gives_mean_and_range_over_seeds():
    rows = summary(
        [result("scratch", 0, 1.0, 0.25), result("scratch", 1, 1.0, 0.75), result("p", 0, 1.0, 0.5)]
    )
    assert [(row.start, row.seeds) for row in rows] == [("scratch", 2), ("p", 1)]
    assert rows[0].best_loss == Spread(0.5, 0.25, 0.75)
    assert rows[0].best_loss.text(2) == "0.50 (0.25-0.75)"
    assert rows[1].best_loss.text(2) == "0.50"


def test_limited_data_comes_before_all_of_it_and_divergence_is_said():
    rows = summary([result("scratch", 0, 1.0, None), result("scratch", 0, 1.0, 0.5, seconds=30.0)])
    assert [row.amount for row in rows] == ["30 s", "full"]
    assert rows[1].first_loss.text(4) == "diverged"


def test_csv_has_a_line_for_each_training_and_each_validation():
    results = [result("a, b", 0, 1.0, 0.5), result("p", 1, 1.0, 0.25, seconds=2.5)]
    trainings = trainings_csv(results).decode().splitlines()
    assert trainings[0].startswith("start,amount,seed,data_seconds")
    assert trainings[1].startswith('"a, b",full,0,30.0')
    assert curves_csv(results).decode().splitlines()[1:] == [
        '"a, b",full,0,0,1.0', '"a, b",full,0,2,0.5', "p,2.5 s,1,0,1.0", "p,2.5 s,1,2,0.25",
    ]  # fmt: skip


def test_the_figure_is_the_same_bytes_and_survives_a_diverged_start(tmp_path):
    results = [
        result("scratch", 0, None, 0.5, 0.4),
        result("scratch", 1, 1.0, 0.75),
        result("p", 0, 1.0, 0.3, seconds=9.0),
    ]
    pictures: list[Path] = [tmp_path / name for name in ("one.png", "two.png")]
    for path in pictures:
        plot_comparison(path, "a title", results)
    assert pictures[0].read_bytes().startswith(b"\x89PNG")
    assert pictures[0].read_bytes() == pictures[1].read_bytes()


def test_results_on_disk_are_plain_json(experiment, tmp_path):
    small = replace(experiment, seeds=1, amounts=(None,))
    outcome = run_experiment(small, tmp_path)
    kept = [json.loads(path.read_bytes()) for path in sorted((tmp_path / "cells").iterdir())]
    assert {CellResult.from_json(values) for values in kept} == set(outcome.results)
