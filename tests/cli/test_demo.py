"""`zoo demo`: the whole way in a folder of its own, told on one page, and resumed where it was left."""

from __future__ import annotations

import base64
import io
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from registry import Registry
from zoo.formats import read_model

SMALL = ("--epochs", 2, "--seconds", 5, "--quiet", "--json")


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demonstration, small and whole."""
    from zoo.api import demonstrate
    from zoo.demonstrating import Plan

    folder = tmp_path_factory.mktemp("demo") / "first-try"
    assert not demonstrate(folder, plan=Plan(epochs=2, seconds=5.0)).interrupted
    return folder


@pytest.fixture
def copy(shown: Path, tmp_path: Path) -> Path:
    shutil.copytree(shown, tmp_path / "demo")
    return tmp_path / "demo"


def recordings(page: str) -> list[np.ndarray]:
    data = re.findall(r'src="data:audio/flac;base64,([^"]*)"', page)
    return [soundfile.read(io.BytesIO(base64.b64decode(one)))[0] for one in data]


def test_the_page_plays_guitar_device_and_three_models_and_tells_how_they_came_about(shown: Path) -> None:
    page = (shown / "index.html").read_text()
    heard = recordings(page)
    assert len(heard) == 5
    assert len({one.size for one in heard}) == 1
    assert all(one.any() for one in heard)
    for title in ("Listen", "1. Capture", "2. Ask the zoo", "3. Train", "4. Prune", "5. Take it with you"):
        assert title in page
    assert len(page) < 8_000_000


def test_what_the_page_names_is_there(shown: Path) -> None:
    page = (shown / "index.html").read_text()
    named = ["dry.wav", "capture.wav", "scratch", "tuned", "pruned", "zoo"]
    named += re.findall(r"<td>(export/[^<]*)</td>", page)
    assert len(named) == 9
    assert [name for name in named if not (shown / name).exists()] == []


def test_the_esr_on_the_page_is_that_of_the_manifest(shown: Path) -> None:
    page = (shown / "index.html").read_text()
    for name in ("scratch", "tuned", "pruned"):
        training = json.loads((shown / name / "zoo.json").read_text())["training"]
        assert f"ESR {training['test_esr']:.2g}, " in page


def test_the_pruned_model_is_smaller_and_its_exports_are_it(shown: Path) -> None:
    tuned, pruned = read_model(shown / "tuned"), read_model(shown / "pruned")
    assert pruned.architecture.hidden_size <= 12 < tuned.architecture.hidden_size
    exported = read_model(next((shown / "export").glob("*-aidax.json")))
    assert exported.architecture.hidden_size == pruned.architecture.hidden_size


def test_the_parent_is_of_another_device_and_somewhat_larger_than_what_is_pruned(shown: Path) -> None:
    parent = json.loads((shown / "tuned" / "zoo.json").read_text())["parent"]
    with Registry(shown / "zoo") as registry:
        model = registry.get(parent)
    assert model is not None
    assert model.device.model != "british preamp"
    assert 12 < model.hidden_size <= 24


def test_a_zoo_whose_models_are_small_enough_already_has_nothing_to_show(run_zoo, tmp_path: Path) -> None:
    outcome = run_zoo("demo", "--out", tmp_path / "demo", *SMALL, "--hidden", 1000)
    assert outcome.code == 2
    assert "smaller --hidden" in outcome.err


@pytest.mark.parametrize(("units", "wanted"), [(20, 12), (40, 12), (20, 1), (13, 12)])
def test_so_many_removals_come_down_to_the_size_that_is_wanted(units: int, wanted: int) -> None:
    from zoo.demonstrating.steps import RATIO, _iterations

    weights = units**2 * (1 - RATIO) ** _iterations(units, wanted)
    assert weights <= wanted**2
    assert units**2 * (1 - RATIO) ** (_iterations(units, wanted) - 2) >= wanted**2


def test_the_users_own_zoo_is_not_touched(run_zoo, copy: Path, zoo_home: Path) -> None:
    outcome = run_zoo("demo", "--out", copy, *SMALL)
    assert outcome.code == 0, outcome.err
    assert list(zoo_home.iterdir()) == []


def test_with_add_the_models_are_in_the_users_zoo_too(run_zoo, copy: Path, zoo_home: Path) -> None:
    outcome = run_zoo("demo", "--out", copy, "--add", *SMALL)
    assert outcome.code == 0, outcome.err
    made = {model["stage"]: model["id"] for model in json.loads(outcome.out)["models"]}
    with Registry(zoo_home) as registry:
        ids = {model.id for model in registry.list()}
    assert {made["tuned"], made["pruned"]} <= ids
    assert made["scratch"] not in ids


def test_the_same_command_does_only_what_is_missing_and_makes_the_same_page(run_zoo, copy: Path) -> None:
    page, tuned = (copy / "index.html").read_bytes(), (copy / "tuned" / "zoo.json").stat().st_mtime_ns
    (copy / "index.html").unlink()
    shutil.rmtree(copy / "pruned")
    assert run_zoo("demo", "--out", copy, *SMALL).code == 0
    assert (copy / "index.html").read_bytes() == page
    assert (copy / "tuned" / "zoo.json").stat().st_mtime_ns == tuned


def test_an_interruption_keeps_what_is_done_and_the_same_command_goes_on(
    run_zoo, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(copy / "pruned")
    (copy / "index.html").unlink()

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("training.pruning.retrained", stop)
        outcome = run_zoo("demo", "--out", copy, *SMALL)
    assert outcome.code == 130
    assert not (copy / "index.html").exists()
    assert (copy / "pruned" / "search.json").is_file()
    assert run_zoo("demo", "--out", copy, *SMALL).code == 0
    assert (copy / "index.html").is_file()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--epochs", 3), "other options"),
        (("--circuit", "no-such-pedal"), "no-such-pedal"),
    ],
)
def test_another_demonstration_does_not_go_on_in_the_same_folder(run_zoo, copy, options, sentence) -> None:
    outcome = run_zoo("demo", "--out", copy, *SMALL, *options)
    assert outcome.code == 2
    assert sentence in outcome.err


def test_a_folder_of_something_else_is_left_alone(run_zoo, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    outcome = run_zoo("demo", "--out", tmp_path, *SMALL)
    assert outcome.code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_damaged_plan_is_named(run_zoo, tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text("{")
    outcome = run_zoo("demo", "--out", tmp_path, *SMALL)
    assert outcome.code == 2
    assert "choose another --out" in outcome.err
