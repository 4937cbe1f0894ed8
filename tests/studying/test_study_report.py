"""The report of a study: table, figures and files, from the models that were kept."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from training.distil import from_scratch
from zoo.architecture import Recurrent
from zoo.engine import render
from zoo.errors import BadRequest
from zoo.settling import settling
from zoo.studying.devices import chosen_devices
from zoo.studying.measured import measure
from zoo.studying.pictures import draw_searches, draw_trainings
from zoo.studying.report import report_on
from zoo.studying.sparse import _dense, _loop, _sparse, seconds_dense, seconds_sparse


@pytest.fixture(scope="session")
def report(studied):
    return report_on(studied)


def test_the_page_has_the_table_and_all_figures_and_says_what_was_not_run(report):
    page = (report.folder / "study.html").read_text(encoding="utf-8")
    for said in ("Loss over pruning", "Units over pruning", "Settling", "Dense against sparse"):
        assert f"<h2>{said}</h2>" in page
    assert page.count("<svg") - page.count('aria_hidden="true"') >= 2 + 2 + 1 + 1
    assert "Small &lt;amp&gt;" in page
    assert "<amp>" not in page
    assert "Not run: HT-1 96, HT-1 64" in page
    assert len(page) < 1_000_000


def test_the_table_has_four_lines_for_each_cell(report):
    kinds = ["unpruned", "unpruned long", "mask search", "combined"]
    assert [line[1] for line in report.table] == ["5"] * 4 + ["6"] * 4
    assert [line[2].split(",")[0] for line in report.table[:4]] == kinds
    assert report.table[0][8] == report.table[0][9] == "1.0"


def test_the_csv_files_hold_every_training_and_every_iteration(report):
    with (report.folder / "trainings.csv").open() as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == sum(len(cell.rows) for cell in report.cells)
    assert {line["kind"] for line in lines} == {"unpruned", "unpruned long", "mask search", "combined"}
    with (report.folder / "searches.csv").open() as file:
        assert len(list(csv.DictReader(file))) == 6
    assert report.to_json()["not_run"] == report.missing


def test_two_pictures_lie_beside_the_tables(report):
    for name in ("trainings.png", "searches.png"):
        assert (report.folder / name).read_bytes().startswith(b"\x89PNG")


def test_the_pictures_can_be_drawn_from_the_tables_alone(report, tmp_path):
    for name, draw in (("trainings", draw_trainings), ("searches", draw_searches)):
        with (report.folder / f"{name}.csv").open() as file:
            draw(tmp_path / "drawn.png", list(csv.DictReader(file)))
        drawn, written = (imread(path) for path in (tmp_path / "drawn.png", report.folder / f"{name}.png"))
        np.testing.assert_allclose(drawn, written, atol=0.02)  # the tables round to six digits


@pytest.mark.parametrize("name", ["trainings", "searches"])
def test_the_documented_tables_have_the_columns_that_are_written_today(name, report):
    documented = Path(__file__).parents[2] / "docs" / "how-it-works" / f"pruning-{name}.csv"
    assert (
        documented.read_text().splitlines()[0] == (report.folder / f"{name}.csv").read_text().splitlines()[0]
    )


def test_the_goal_is_met_only_with_all_of_its_parts(report):
    best = replace(report.cells[0].rows[-1], faster=3.1, less=3.1)
    good = replace(best, row=replace(best.row, pruned=0.985, test_loss=0.02))
    assert good.meets(0.02)
    assert not good.meets(0.019)
    assert not replace(good, faster=2.9).meets(0.02)
    assert not replace(good, less=2.9).meets(0.02)
    assert not replace(good, row=replace(good.row, pruned=0.97)).meets(0.02)


@pytest.mark.parametrize(
    ("unpruned", "long", "goal"),
    [
        (0.03, 0.03, "met"),
        (0.03, 0.01, "met by longer training"),
        (0.03, None, "met by longer training"),
        (0.01, 0.03, ""),
    ],
)
def test_the_goal_is_met_when_an_unpruned_model_with_as_many_epochs_is_no_better(
    unpruned, long, goal, report
):
    first, second, *_, best = report.cells[0].rows
    assert second.row.kind == "unpruned long"
    rows = [replace(first, row=replace(first.row, test_loss=unpruned))]
    if long is not None:
        rows.append(replace(second, row=replace(second.row, test_loss=long)))
    good = replace(best, faster=3.1, less=3.1, row=replace(best.row, pruned=0.985, test_loss=0.02))
    assert replace(report.cells[0], rows=(*rows, good)).goal(good) == goal


def test_the_best_of_a_kind_is_chosen_without_the_test_part(report):
    cell = report.cells[0]
    rows = tuple(
        replace(cell.rows[2], row=replace(cell.rows[2].row, weights=w, validation=v, test_loss=t))
        for w, v, t in ((10, 9.0, 0.0), (20, 0.0, 9.0), (30, 0.0, 0.0))
    )
    chosen = replace(cell, rows=(cell.rows[0], *rows)).best("mask search")
    assert chosen.row.weights == 20


def test_an_empty_folder_has_no_report(tmp_path):
    with pytest.raises(BadRequest, match="holds no study"):
        report_on(tmp_path)


def test_a_study_without_a_finished_training_has_no_report(tmp_path):
    from zoo.studying.plan import StudyPlan, claim

    claim(tmp_path / "study", StudyPlan())
    with pytest.raises(BadRequest, match="no finished training"):
        measure(tmp_path / "study")


def test_dense_and_sparse_loops_play_what_the_engine_plays():
    model = from_scratch(Recurrent("LSTM", 5), 8000, 0)
    weights = {n: w.copy() for n, w in model.weights.items()}
    weights["rec.weight_hh_l0"][np.abs(weights["rec.weight_hh_l0"]) < 0.2] = 0.0

    from scipy.sparse import csr_matrix

    model = replace(model, weights=weights)
    audio = (0.3 * np.random.default_rng(0).standard_normal(400)).astype(np.float32)
    hidden = weights["rec.weight_hh_l0"]
    biases = weights["rec.bias_ih_l0"] + weights.get("rec.bias_hh_l0", 0)
    rest = (weights["rec.weight_ih_l0"][:, 0].copy(), biases.astype(np.float32), weights["lin.weight"][0])
    rows = csr_matrix(hidden)
    expected = render(model, audio) - weights["lin.bias"][0]
    np.testing.assert_allclose(_loop(_dense)(audio, (hidden,), *rest), expected, atol=1e-5)
    parts = (rows.data, rows.indices, rows.indptr)
    np.testing.assert_allclose(_loop(_sparse)(audio, parts, *rest), expected, atol=1e-5)
    assert seconds_dense(model) > 0
    assert seconds_sparse(model) > 0


@pytest.mark.parametrize(("forget", "low", "high"), [(-30.0, 0.0, 0.001), (4.0, 0.01, 0.1)])
def test_a_model_that_remembers_settles_later(forget, low, high):
    model = from_scratch(Recurrent("LSTM", 1), 8000, 0)
    weights = {n: np.zeros_like(w) for n, w in model.weights.items() if n != "rec.bias_hh_l0"}
    weights["rec.weight_ih_l0"][2] = 1.0  # g hears the input, i and o stand half open
    weights["rec.bias_ih_l0"][1] = forget
    weights["lin.weight"][:] = 1.0

    assert low <= settling(replace(model, weights=weights)).seconds <= high


def test_an_unknown_device_and_missing_data_are_named(monkeypatch, tmp_path):
    with pytest.raises(BadRequest, match="Tubeless is none of HT-1"):
        chosen_devices(["Tubeless"], (), None)
    monkeypatch.setenv("TONEZOO_DATA", str(tmp_path))
    with pytest.raises(BadRequest, match=re.escape("models/automated-gam/ht1-ht12.json")):
        chosen_devices(["HT-1"], (), None)


def test_a_device_of_the_study_is_cut_into_parts_that_share_no_time(data, monkeypatch):
    monkeypatch.setenv("TONEZOO_DATA", str(data))
    (mesa,) = chosen_devices(["Mesa"], (), 60.0)
    split = mesa.split()
    assert split.train.samples / split.sample_rate == pytest.approx(60.0, abs=0.1)
    held = [stretch for part in (split.validation, split.test) for stretch in part.dry]
    assert len(held) == 16
    for stretch in held:
        for other in (*split.train.dry, *(h for h in held if h is not stretch)):
            assert not np.shares_memory(stretch, other)
