"""A study: what a cell trains, that nothing is trained twice, and that an interruption changes nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from training.data import Part, Split
from training.pruning import mask_of
from training.pruning.masks import num_alive
from zoo.benching import count
from zoo.errors import BadRequest, ModelFileError
from zoo.studying.cell import hopeful
from zoo.studying.recipe import next_search
from zoo.studying.study import Listeners, cells_in


def rows(folder):
    return {files.path.name: files.rows() for files in cells_in(folder)}


def test_a_cell_has_unpruned_models_points_of_the_search_and_the_combined_recipe(studied):
    for files in cells_in(studied):
        found = files.rows()
        assert (found[0].kind, found[-1].kind) == ("unpruned", "combined")
        assert found[1].kind == "unpruned long"
        assert found[1].epochs == found[-1].epochs_before + found[-1].epochs
        assert {row.kind for row in found[2:-1]} == {"mask search"}
        assert found[0].epochs_before == 0
        assert found[-1].epochs_before > found[0].epochs
        assert len(files.search.records()) == 3
        assert files.search.records()[-1].sparsity == pytest.approx(1 - 0.7**3, abs=0.01)


def test_every_row_tells_of_its_model(studied):
    for files in cells_in(studied):
        for row in files.rows():
            model = files.model(row)
            assert row.weights == num_alive(mask_of(model))
            assert row.hidden == model.architecture.hidden_size
            assert (row.parameters, row.macs) == (count(model).nonzero, count(model).macs)
            whole = 4 * row.size * (1 + row.size) + row.size
            assert row.pruned == pytest.approx(1 - row.weights / whole)


def test_the_combined_recipe_ends_at_the_units_and_weights_that_are_wanted(studied, plan):
    combined = next(files for files in cells_in(studied) if files.path.name.endswith("006")).rows()[-1]
    assert combined.hidden <= plan.units
    assert combined.weights <= plan.weights


def test_a_finished_study_trains_nothing_more(studied, begin):
    heard = []
    assert begin(studied, Listeners(training=lambda *what: heard.append(what)))
    assert heard == []


def test_an_interrupted_study_goes_on_as_if_nothing_had_happened(studied, begin, tmp_path):
    turns = {"left": 0}

    def impatient(name, trainer):
        turns["left"] -= 1
        if turns["left"] <= 0:
            raise KeyboardInterrupt

    runs = 0
    while True:
        runs, turns["left"] = runs + 1, 23
        if begin(tmp_path / "study", Listeners(training=impatient)):
            break
    assert runs > 3
    assert rows(tmp_path / "study") == rows(studied)


def test_another_plan_in_the_same_folder_is_refused(studied, begin, plan):
    with pytest.raises(BadRequest, match="another plan"):
        begin(studied, plan=replace(plan, seed=1))


def test_another_capture_in_the_same_folder_is_refused(studied, device, plan):
    from zoo.studying.study import run_study

    noise = (0.1 * np.random.default_rng(1).standard_normal(8000)).astype(np.float32)
    part = Part((noise,), (noise,))
    other = replace(device, split=lambda: Split(part, part, part, 8000))
    with pytest.raises(BadRequest, match="another capture"):
        run_study([other], (6,), plan, studied, Listeners())


def test_a_damaged_row_is_named(studied, tmp_path):
    import shutil

    shutil.copytree(studied, tmp_path / "study")
    files = cells_in(tmp_path / "study")[0]
    row = files.path / "rows" / "unpruned.json"
    row.write_text('{"device": 3}')
    with pytest.raises(ModelFileError, match=r"unpruned\.json.*damaged"):
        files.rows()


def test_the_sparsest_points_near_the_best_are_retrained_first(studied):
    records = cells_in(studied)[0].search.records()
    trained = [replace(r, validation=loss) for r, loss in zip(records, (0.1, 0.02, 0.024), strict=True)]
    trained[-1] = replace(trained[-1], masked_validation=0.5)
    assert hopeful(trained) == [2, 1]


def test_the_recipe_never_prunes_further_than_it_should(device, plan):
    from training.distil import from_scratch
    from training.pruning.structured import share_of_units
    from zoo.architecture import Recurrent

    model = from_scratch(Recurrent("LSTM", 6, residual=True), 8000, 0)
    search = next_search(model, replace(plan, units=5))
    assert search.method == "units"
    assert round(6 * share_of_units(search.ratio)) == 1
    assert next_search(model, replace(plan, units=6, weights=174)) is None
    assert next_search(model, replace(plan, units=6, weights=170)).ratio == pytest.approx(4 / 174)
