"""``zoo compare`` from the outside: a capture or a model in its stead in, a table and a figure out."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from training.recipes import FOLDER
from zoo.audio import write_audio
from zoo.engine import render
from zoo.formats import write_model

RATE = 44_100
BRIEF = ("--seeds", "1", "--epochs", "2")


@pytest.fixture
def desk(lstm, tmp_path: Path) -> Path:
    """Two parents, a device, a dry recording of 3 s, and the capture that they make."""
    rng = np.random.default_rng(0)
    dry = (rng.standard_normal(3 * RATE) * np.repeat(rng.uniform(0.02, 0.2, 30), RATE // 10)).astype("f4")
    for seed, name in ((1, "parent"), (2, "device"), (3, "other")):
        write_model(lstm(seed), tmp_path / f"{name}.json", "proteus")
    write_audio(tmp_path / "di.wav", dry[None], RATE, encoding="FLOAT")
    write_audio(tmp_path / "capture.wav", np.stack([dry, render(lstm(2), dry)]), RATE, encoding="FLOAT")
    return tmp_path


def test_a_capture_is_compared_and_the_folder_holds_the_report(run_zoo, desk):
    command = (
        "compare",
        desk / "capture.wav",
        "--parent",
        desk / "parent.json",
        *BRIEF,
        "--out",
        desk / "out",
    )
    table = run_zoo(*command)
    assert table.code == 0
    header, *lines = table.out.splitlines()
    assert header.split("\t")[:5] == ["data", "start", "seeds", "first loss", "best loss"]
    assert [line.split("\t")[:3] for line in lines] == [["full", "scratch", "1"], ["full", "parent", "1"]]
    names = {p.name for p in (desk / "out").iterdir()}
    assert names == {"cells", "comparison.json", "comparison.png", "curves.csv", "trainings.csv"}
    again = run_zoo(*command, "--json")
    assert json.loads(again.out) == json.loads((desk / "out" / "comparison.json").read_text())
    assert again.out.count('"wall_seconds"') == 4


def test_a_model_on_dry_recordings_stands_in_for_a_device(run_zoo, desk):
    device = ("--device", desk / "device.json", "--di", desk / "di.wav", "--di", desk / "di.wav")
    outcome = run_zoo(
        "compare", *device, "--parent", desk / "device.json", *BRIEF, "--json", "--out", desk / "o"
    )
    scratch, twin = json.loads(outcome.out)["trainings"]
    assert json.loads(outcome.out)["title"] == "device"
    assert scratch["start_loss"] > 0.1
    assert twin["start_loss"] == pytest.approx(0.0, abs=1e-6)
    assert twin["data_seconds"] == pytest.approx(0.6 * 6.0, abs=0.01)


def test_several_parents_and_amounts_are_compared_at_once(run_zoo, desk):
    parents = ("--parent", desk / "parent.json", "--parent", desk / "other.json")
    amounts = ("--seconds", "1", "--seconds", "full")
    outcome = run_zoo(
        "compare", desk / "capture.wav", *parents, *amounts, *BRIEF, "--json", "--out", desk / "out"
    )
    rows = [(row["amount"], row["start"]) for row in json.loads(outcome.out)["summary"]]
    assert rows == [(a, s) for a in ("1 s", "full") for s in ("scratch", "parent", "other")]


def test_without_a_parent_the_first_suggestion_is_compared(run_zoo, desk):
    run_zoo("import", desk / "device.json", "--quiet")
    wanted = ("compare", desk / "capture.wav", *BRIEF, "--out", desk / "out", "--json")
    outcome = run_zoo(*wanted)
    assert "starting from device" in outcome.err
    assert [t["start"] for t in json.loads(outcome.out)["trainings"]] == ["scratch", "device"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "give one of"),
        (("capture.wav", "--device", "device.json", "--di", "di.wav"), "give one of"),
        (("--device", "device.json"), "--device and --di go together"),
        (("capture.wav", "--di", "di.wav"), "--device and --di go together"),
        (("capture.wav", "--recipe", "ts9-to-mt2"), "leave out the other"),
        (("--recipe", "ts8"), "no recipe ts8"),
        (
            ("capture.wav", "--parent", "parent.json", "--seconds", "lots"),
            "neither a number of seconds nor full",
        ),
        (("capture.wav", "--parent", "parent.json", "--seconds", "90"), "at most 1.8 s can be had"),
        (("capture.wav", "--parent", "nobody"), "nobody"),
        (("missing.wav", "--parent", "parent.json"), "does not exist"),
    ],
)
def test_a_request_that_cannot_be_met_is_a_sentence(run_zoo, desk, monkeypatch, arguments, sentence):
    monkeypatch.chdir(desk)
    outcome = run_zoo("compare", *arguments)
    assert outcome.code == 2
    assert sentence in outcome.err
    assert not (desk / "comparison").exists()


def test_ctrl_c_keeps_what_is_done_and_the_same_command_does_the_rest(run_zoo, desk, monkeypatch):
    import training.compare as module

    command = (
        "compare",
        desk / "capture.wav",
        "--parent",
        desk / "parent.json",
        *BRIEF,
        "--out",
        desk / "out",
    )
    done = []

    def tune_once(*arguments, **options):
        if done:
            raise KeyboardInterrupt
        done.append(1)
        return tune(*arguments, **options)

    tune = module.tune
    monkeypatch.setattr(module, "tune", tune_once)
    stopped = run_zoo(*command, "--json")
    assert stopped.code == 130
    assert "1 of 2 trainings are done" in stopped.err
    assert json.loads(stopped.out)["interrupted"] is True
    monkeypatch.setattr(module, "tune", tune)
    finished = run_zoo(*command, "--json")
    assert finished.code == 0
    assert json.loads(finished.out)["trainings"][0] == json.loads(stopped.out)["trainings"][0]


def test_a_recipe_runs_on_the_real_models(run_zoo, data, tmp_path, monkeypatch):
    shipped = json.loads((FOLDER / "bluesjr-to-ht40-40s.json").read_text())
    mine = {**shipped, "di": ["di/jazz-hop_guitar.wav"], "validation_seconds": 1, "test_seconds": 1}
    (tmp_path / "mine.json").write_text(json.dumps(mine))
    monkeypatch.setenv("TONEZOO_DATA", str(data))
    brief = ("--seconds", "5", *BRIEF, "--json", "--out", tmp_path / "out")
    report = json.loads(run_zoo("compare", "--recipe", tmp_path / "mine.json", *brief).out)
    assert report["title"] == "mine"
    scratch, child = report["trainings"]
    assert (scratch["start"], child["start"]) == ("scratch", "BluesJR_FullD")
    assert child["best_loss"] < scratch["best_loss"]
    assert child["data_seconds"] == pytest.approx(5.0, abs=0.01)


def test_a_recipe_without_its_data_says_where_to_put_them(run_zoo, monkeypatch, tmp_path):
    monkeypatch.delenv("TONEZOO_DATA", raising=False)
    outcome = run_zoo("compare", "--recipe", "ts9-to-mt2", "--out", tmp_path / "out")
    assert outcome.code == 2
    assert "set TONEZOO_DATA" in outcome.err
