"""How the starter zoo is built: each model from the elder that suits it; an interruption loses nothing."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from training.data import Part, Split
from training.distil import from_scratch
from training.settings import Settings
from training.starter import material, recipe
from training.starter.plan import Planned
from training.tune import scores, tune
from zoo.architecture import Recurrent
from zoo.gate.stability import endure
from zoo.snapshot import Metadata, Snapshot

ROOT = Path(__file__).resolve().parents[2]
RATE, UNITS = 44_100, 4
ARCHITECTURE = Recurrent("LSTM", UNITS, residual=True)
SHORT = (Settings(epochs=2, segment=4_410, seed=7), Settings(epochs=2, segment=4_410, seed=8))


@pytest.fixture(autouse=True)
def short_courses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipe, "COURSES", SHORT)
    monkeypatch.setattr(recipe, "SETTLING", Settings(epochs=12, segment=4_410, learning_rate=5e-3, seed=9))


def split(gain: float = 4.0, error: float = 0.0) -> Split:
    """A clipper on noise; ``error`` spoils the test part alone."""
    rng = np.random.default_rng(1)

    def part(seconds: float, spoiled: float = 0.0) -> Part:
        dry = (0.3 * rng.standard_normal(round(seconds * RATE))).astype(np.float32)
        return Part((dry,), (np.tanh(gain * dry).astype(np.float32) + np.float32(spoiled) * dry,))

    return Split(part(2.0), part(0.5), part(0.5, error), RATE)


@pytest.fixture(scope="module")
def elder() -> Snapshot:
    """A model of nearly the same clipper."""
    start = from_scratch(ARCHITECTURE, RATE, 0)
    return tune(start, split(3.8), Settings(epochs=8, segment=4_410)).snapshot


def trained(elders: list[Snapshot], part: Split) -> recipe.Trained:
    return recipe.train(Metadata(name="child"), UNITS, part, elders, lambda _what, _trainer: None)


def test_a_model_is_tuned_from_the_elder_that_comes_furthest_in_a_moment(elder: Snapshot) -> None:
    strangers = [from_scratch(ARCHITECTURE, RATE, seed) for seed in (100, 101)]
    child = trained([strangers[0], elder, strangers[1]], split())
    assert child.parent is elder
    assert child.snapshot.metadata.name == "child"
    assert max(child.validation.esr, child.test.esr) < 0.05


def test_without_an_elder_of_its_size_a_model_begins_from_scratch(elder: Snapshot) -> None:
    other = from_scratch(Recurrent("LSTM", UNITS + 1, residual=True), RATE, 0)
    child = trained([other], split())
    assert child.parent is None
    assert child.losses[0][0] == 0


def test_an_elder_that_helps_less_than_scratch_is_passed_over(elder: Snapshot) -> None:
    """Saturated units have no gradient: tuned, it stays what it is."""
    dead = replace(elder, weights={name: w * 0 + np.float32(50.0) for name, w in elder.weights.items()})
    assert trained([dead], split()).parent is None


def test_the_test_part_chooses_nothing(elder: Snapshot) -> None:
    plain, spoiled = trained([elder], split()), trained([elder], split(error=3.0))
    assert plain.snapshot == spoiled.snapshot
    assert plain.test.esr < spoiled.test.esr


def test_what_rests_beside_zero_is_brought_there_and_no_further_from_its_device(elder: Snapshot) -> None:
    shifted = replace(elder, weights=shifted_output(elder.weights, 0.1))
    part = split()
    before = recipe.Trained(shifted, None, 4, 2.0, ((0, 0.5), (4, 0.2)), *2 * [scores(shifted, part.test)])
    after = recipe.settle(before, part, lambda _what, _trainer: None, recipe.SETTLING)
    assert abs(endure(after.snapshot).dc) < 0.2 * abs(endure(shifted).dc)
    assert after.test.esr < before.test.esr
    assert after.epochs > 4
    assert [epoch for epoch, _ in after.losses] == sorted({epoch for epoch, _ in after.losses})


def shifted_output(weights: Mapping[str, np.ndarray], by: float) -> dict[str, np.ndarray]:
    """The same network, its output put beside where it was."""
    (bias,) = (name for name, w in weights.items() if w.shape == (1,))
    return {**weights, bias: weights[bias] + np.float32(by)}


def test_the_level_of_a_recording_is_that_of_its_training_part(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded, gain_db = material.recorded(Planned("box", "cabinet", units=UNITS).device())
    assert max(np.abs(wet).max() for wet in recorded.train.wet) == pytest.approx(material.PEAK, rel=1e-3)
    again = Planned("box", "cabinet").device().play(recorded.test.dry[3], RATE)
    assert np.allclose(material.louder(again, gain_db), recorded.test.wet[3])


def test_what_is_finished_stays_when_the_build_is_interrupted_and_the_rest_follows(
    builder: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    train = recipe.train
    begun: list[str | None] = []

    def interrupted(metadata: Metadata, *rest: object) -> recipe.Trained:
        begun.append(metadata.name)
        if len(begun) == 2:
            raise KeyboardInterrupt
        return train(metadata, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(builder, "train", interrupted)
    names = ["small-box", "smaller-box"]
    with pytest.raises(KeyboardInterrupt):
        builder.build(names, Path("no-data"))
    kept = json.loads(builder.CATALOGUE.read_bytes())
    assert list(kept) == ["small-box"]
    builder.build(names, Path("no-data"))
    catalogue = json.loads(builder.CATALOGUE.read_bytes())
    assert begun == ["small-box", "smaller-box", "smaller-box"]
    assert list(catalogue) == names
    assert catalogue["small-box"] == kept["small-box"]
    assert {folder.name for folder in builder.MODELS.iterdir()} == {e["id"] for e in catalogue.values()}
    assert "smaller-box: from small-box, test ESR" in capsys.readouterr().err


def test_an_elder_that_is_finished_later_is_known_by_what_its_child_was_tuned_from(
    builder: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["small-box", "smaller-box"]
    builder.build(names, Path("no-data"))
    (elder, child) = json.loads(builder.CATALOGUE.read_bytes()).values()

    def trained_on(at_first: recipe.Trained, *_: object) -> recipe.Trained:
        model = at_first.snapshot
        return replace(at_first, snapshot=replace(model, weights=shifted_output(model.weights, 1e-3)))

    monkeypatch.setattr(builder, "settle", trained_on)
    monkeypatch.setattr(builder, "LATER", [("finished", SHORT[0], 0.0), ("never", SHORT[1], 1.0)])
    builder.finish_all(Path("no-data"))
    (older, later) = json.loads(builder.CATALOGUE.read_bytes()).values()
    assert older["id"] != elder["id"] == child["parent"] == later["parent"]
    assert [older["before"], later["before"]] == [[elder["id"]], []]
    assert older["courses"] == later["courses"] == ["finished"]
    assert {folder.name for folder in builder.MODELS.iterdir()} == {older["id"], later["id"]}
    written = builder.CATALOGUE.read_bytes()
    builder.finish_all(Path("no-data"))
    assert builder.CATALOGUE.read_bytes() == written


@pytest.fixture
def builder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zoo_home: Path) -> ModuleType:
    """manifests/build_starter.py with a plan of two loudspeakers, and another folder to build in."""
    spec = importlib.util.spec_from_file_location("build_starter", ROOT / "manifests" / "build_starter.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, path in (
        ("STARTER", "."),
        ("MODELS", "models"),
        ("KEPT", "kept"),
        ("CATALOGUE", "starter.json"),
    ):
        monkeypatch.setattr(module, name, tmp_path / path)
    plan = tuple(Planned(name, "cabinet", units=UNITS) for name in ("small-box", "smaller-box"))
    monkeypatch.setattr(module, "PLAN", plan)
    return module
