"""The shipped recipes repeat the known experiments on the real models, and say what they miss."""

from __future__ import annotations

import json

import pytest

from training.recipes import data_folder, load_recipe, recipe_names
from zoo.errors import BadRequest, ModelFileError
from zoo.formats import read_model

EXPERIMENTS = {"bluesjr-to-ht40", "bluesjr-to-ht40-40s", "ts9-to-mt2", "ts9-to-mt2-30s"}


def test_the_four_experiments_are_shipped():
    recipes = {name: load_recipe(name) for name in recipe_names()}
    assert set(recipes) >= EXPERIMENTS
    assert {name: recipes[name].amounts for name in EXPERIMENTS} == {
        "ts9-to-mt2": (None,),
        "ts9-to-mt2-30s": (30.0,),
        "bluesjr-to-ht40": (None,),
        "bluesjr-to-ht40-40s": (40.0,),
    }
    assert all(recipe.seeds == 3 for recipe in recipes.values())


@pytest.mark.parametrize("name", sorted(EXPERIMENTS))
def test_a_recipe_finds_its_models_and_they_are_what_they_are_called(name, data):
    recipe = load_recipe(name)
    recipe.files(data)
    device, (parent,) = read_model(data / recipe.device), [read_model(data / p) for p in recipe.parents]
    assert str(parent.architecture) == "LSTM-20"
    assert device.num_knobs == len(recipe.knobs)
    assert device != parent


def test_the_blues_junior_is_not_the_tube_screamer_that_bears_its_name(data):
    parents = [load_recipe(name).parents[0] for name in ("ts9-to-mt2", "bluesjr-to-ht40")]
    assert len({read_model(data / parent).digest for parent in parents}) == 2


def test_without_the_data_a_recipe_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.delenv("TONEZOO_DATA", raising=False)
    with pytest.raises(BadRequest, match="set TONEZOO_DATA to the folder"):
        data_folder()
    with pytest.raises(
        BadRequest, match=r"needs models/proteus/BossMT2_PedalHighGain\.json, which is not in"
    ):
        load_recipe("ts9-to-mt2").files(tmp_path)


def test_an_unknown_recipe_names_the_known_ones():
    with pytest.raises(BadRequest, match=r"no recipe ts8; there are bluesjr-to-ht40, .*ts9-to-mt2"):
        load_recipe("ts8")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"device": "../secret.json"}, "device"),
        ({"device": "/etc/passwd"}, "device"),
        ({"di": []}, "di"),
        ({"seconds": [-3]}, "seconds"),
        ({"seconds": ["all"]}, "seconds"),
        ({"seeds": 0}, "seeds"),
        ({"spice": 1}, "spice"),
    ],
)
def test_a_recipe_of_ones_own_is_checked(change, complaint, tmp_path):
    good = {
        "about": "mine",
        "device": "d.json",
        "di": ["a.wav"],
        "parents": ["p.json"],
        "seconds": [1, "full"],
    }
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(good))
    assert load_recipe(str(path)).amounts == (1.0, None)
    path.write_text(json.dumps({**good, **change}))
    with pytest.raises(ModelFileError, match=rf"is not a recipe: '{complaint}"):
        load_recipe(str(path))


@pytest.mark.parametrize("junk", [b"", b"{", b"\xff\x00", b"[]", b"[" * 100_000])
def test_junk_is_no_recipe(junk, tmp_path):
    (tmp_path / "junk.json").write_bytes(junk)
    with pytest.raises(ModelFileError, match="is not a recipe"):
        load_recipe(str(tmp_path / "junk.json"))
