"""``zoo prune`` from the outside: a model and its capture in, a smaller model in the zoo."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from zoo.audio import read_audio, resample, write_audio
from zoo.engine import render
from zoo.formats import read_model, write_model

RATE = 44_100
QUICK = (
    "--iterations", "3", "--epochs", "3", "--k", "1", "--epsilon", "1.0", "--ratio", "0.4", "--no-report",
)  # fmt: skip
ONCE = ("--iterations", "1", "--epochs", "1", "--point", "1", "--no-report")


@pytest.fixture(autouse=True)
def deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is fingerprinted: that is tested where it belongs, and takes longer than this training."""
    monkeypatch.setattr("zoo.tuning.update_fingerprints", lambda registry: None)
    monkeypatch.setattr("zoo.tuning.open_index", lambda registry: None)


@pytest.fixture
def model(lstm, tmp_path: Path) -> Path:
    """Six units that bend the dry signal, which is added."""
    path, bare = tmp_path / "model.json", lstm(2, hidden=6, name="Twin")
    weights = {**bare.weights, "lin.weight": 2 * bare.weights["lin.weight"], "lin.bias": np.zeros(1)}
    write_model(
        replace(bare, architecture=replace(bare.architecture, residual=True), weights=weights),
        path,
        "proteus",
    )
    return path


@pytest.fixture
def capture(model: Path, tmp_path: Path) -> Path:
    """Four seconds of noise bursts through the very model: left dry, right wet."""
    rng = np.random.default_rng(0)
    envelope = np.repeat(rng.uniform(0.05, 0.6, 40), 4 * RATE // 40)
    dry = (rng.standard_normal(4 * RATE) * 0.2 * envelope).astype(np.float32)
    path = tmp_path / "capture.wav"
    write_audio(path, np.stack([dry, render(read_model(model), dry)]), RATE, encoding="FLOAT")
    return path


def test_a_smaller_child_stands_in_the_zoo_and_its_zeros_are_kept(run_zoo, model, capture, tmp_path):
    out = tmp_path / "small"
    run_zoo("import", str(model))
    options = (*QUICK, "--report", "--point", "3", "--json")
    result = run_zoo("prune", model, capture, "--out", out, *options)
    assert result.code == 0, result.err
    made = json.loads(result.out)
    child = read_model(out)
    assert made["id"] == child.digest == json.loads(run_zoo("show", made["id"], "--json").out)["id"]
    assert made["parent"] == read_model(model).digest
    assert made["architecture"] == str(child.architecture)
    assert [r["number"] for r in made["search"]] == [1, 2, 3]
    assert made["search"][-1]["sparsity"] == pytest.approx(1 - 0.6**3, abs=0.01)
    assert made["sparsity"] == pytest.approx(made["search"][-1]["sparsity"])
    zeros = sum((child.weights[n] == 0).sum() for n in child.weights if "weight" in n)
    alive = sum((child.weights[n] != 0).sum() for n in child.weights if "weight" in n)
    assert alive == made["weights"]
    assert zeros > 0
    assert made["test_esr"] > 0
    assert (out / "training.png").is_file()
    page = (out / "report.html").read_text()
    assert re.findall(r'audio/flac[^>]* aria-label="([^",]*)"', page)[:5] == [
        "Dry", "Device", "Before", "After", "Difference",
    ]  # fmt: skip
    for shown in ("Before and after", f">{child.architecture}</td>", "LSTM-6", "Twin (", "Settled after"):
        assert shown in page


def test_what_is_pruned_by_sensitivity_is_not_what_is_pruned_by_magnitude(run_zoo, model, capture, tmp_path):
    kept = {}
    for score in ("magnitude", "sensitivity"):
        options = (*ONCE, "--by", score, "--json")
        result = run_zoo("prune", model, capture, "--out", tmp_path / score, *options)
        assert result.code == 0, result.err
        assert json.loads(result.out)["search"][0]["sparsity"] == pytest.approx(0.3, abs=0.01)
        points = read_model(tmp_path / score / "points" / "01").weights
        kept[score] = points["rec.weight_hh_l0"] != 0
    assert (kept["magnitude"] != kept["sensitivity"]).any()


def test_a_model_that_turns_the_sound_over_is_pruned_on_its_own_capture(run_zoo, data, tmp_path):
    """This TS9 does, so its capture is turned over when it is loaded."""
    path, audio = data / "models/neuralpi/TS9_FullD.json", read_audio(data / "di/john_guitar.wav")
    dry = resample(audio.mono(), audio.sample_rate, RATE)[8 * RATE : 14 * RATE]
    write_audio(tmp_path / "c.wav", np.stack([dry, render(read_model(path), dry)]), RATE, encoding="FLOAT")
    result = run_zoo("prune", path, tmp_path / "c.wav", "--out", tmp_path / "small", *ONCE)
    assert result.code == 0, result.err
    assert "turned over, to be as the model plays it" in result.err


def test_a_search_that_is_interrupted_goes_on_as_if_nothing_had_happened(
    run_zoo, model, capture, tmp_path, monkeypatch
):
    from training.pruning import search as search_module

    options = (*QUICK, "--point", "3", "--json")
    whole = json.loads(run_zoo("prune", model, capture, "--out", tmp_path / "whole", *options).out)

    iterate = search_module.search_iteration

    def interrupted(number, *rest):
        if number == 2:
            raise KeyboardInterrupt
        return iterate(number, *rest)

    out = tmp_path / "cut"
    monkeypatch.setattr("training.pruning.search_iteration", interrupted)
    cut = run_zoo("prune", model, capture, "--out", out, *options)
    assert cut.code == 130
    assert f"the same command goes on with --resume --out {out}" in cut.err
    assert len(json.loads((out / "search.json").read_text())) == 1
    monkeypatch.setattr("training.pruning.search_iteration", iterate)
    resumed = json.loads(run_zoo("prune", model, capture, "--out", out, *options, "--resume").out)
    assert resumed["id"] == whole["id"]
    assert resumed["search"] == whole["search"]


def test_a_retraining_that_is_interrupted_goes_on_too(run_zoo, model, capture, tmp_path, monkeypatch):
    from training.trainer import Trainer

    options = (
        "--one-shot", "0.5", "--point", "1", "--no-ftf", "--k", "1", "--epsilon", "1.0", "--epochs", "4",
        "--json", "--no-report",
    )  # fmt: skip
    whole = json.loads(run_zoo("prune", model, capture, "--out", tmp_path / "whole", *options).out)
    assert [record["sparsity"] for record in whole["search"]] == [pytest.approx(0.5, abs=0.01)]
    run = Trainer.run

    def cut(trainer, on_validation=None):
        def validated(trainer):
            on_validation(trainer)
            if trainer.epoch == 2:
                raise KeyboardInterrupt

        return run(trainer, validated)

    monkeypatch.setattr(Trainer, "run", cut)
    out = tmp_path / "cut"
    assert run_zoo("prune", model, capture, "--out", out, *options).code == 130
    monkeypatch.setattr(Trainer, "run", run)
    resumed = json.loads(run_zoo("prune", model, capture, "--out", out, *options, "--resume").out)
    assert resumed["id"] == whole["id"]


def test_another_point_can_be_chosen_of_a_finished_search(run_zoo, model, capture, tmp_path):
    out = tmp_path / "small"
    first = json.loads(run_zoo("prune", model, capture, "--out", out, *QUICK, "--point", "2", "--json").out)
    again = run_zoo(
        "prune", model, capture, "--out", out, "--resume", "--point", "1", "--json", "--no-report"
    )
    second = json.loads(again.out)
    assert (first["point"], second["point"]) == (2, 1)
    assert second["sparsity"] < first["sparsity"]
    assert second["search"] == first["search"]


def test_whole_units_can_be_pruned_instead(run_zoo, model, capture, tmp_path):
    options = ("--units", "--iterations", "2", "--epochs", "2", "--k", "1", "--ratio", "0.5")
    options = (*options, "--target-hidden", "3", "--json", "--no-report")
    result = run_zoo("prune", model, capture, "--out", tmp_path / "small", *options)
    made = json.loads(result.out)
    assert (made["architecture"], made["dead_units"], made["constant_units"]) == ("LSTM-3", 0, 0)
    assert [r["hidden"] for r in made["search"]] == [4, 3]
    # W 4*6, U 4*6*6 and the head's 6 before; 4*3, 4*3*3 and 3 after.
    assert made["sparsity"] == pytest.approx(1 - 51 / 174)


def test_the_cost_on_this_machine_can_be_wished_for(run_zoo, model, capture, tmp_path, monkeypatch):
    """A hundredth of a second for each unit, so that the outcome is the same on every machine."""
    monkeypatch.setattr(
        "zoo.benching.real_time_factor", lambda snapshot: snapshot.architecture.hidden_size / 100
    )
    out, wish = tmp_path / "small", ("--json", "--no-report", "--target-rtf")
    options = ("--units", "--iterations", "2", "--epochs", "1", "--k", "1", "--ratio", "0.5", *wish)
    made = json.loads(run_zoo("prune", model, capture, "--out", out, *options, "0.045").out)
    assert [r["hidden"] for r in made["search"]] == [4, 3]
    assert (made["architecture"], made["point"]) == ("LSTM-4", 1)
    less = json.loads(run_zoo("prune", model, capture, "--out", out, "--resume", *wish, "0.03").out)
    assert (less["architecture"], less["point"]) == ("LSTM-3", 2)
    said = refused(run_zoo, model, capture, "--out", out, "--resume", *wish, "0.02")
    assert "no point reaches a real-time factor of 0.02; add iterations, or ask for less" in said


def test_the_settings_of_the_paper_are_those_of_the_paper(run_zoo, model, capture, tmp_path, monkeypatch):
    from training.trainer import Trainer

    trained = []

    def begun(trainer):
        trained.append(trainer.settings)
        raise KeyboardInterrupt

    monkeypatch.setattr(Trainer, "train_epoch", begun)
    out = tmp_path / "small"
    assert run_zoo("prune", model, capture, "--out", out, "--paper", "--seed", "7").code == 130
    kept = json.loads((out / "pruning.json").read_text())["settings"]
    assert kept == trained[0].to_json()
    assert (kept["epochs"], kept["batch"], kept["seed"]) == (750, 40, 7)
    assert kept["learning_rate"] == 5e-4


def test_weights_can_be_rewound(run_zoo, model, capture, tmp_path):
    out = tmp_path / "small"
    run_zoo("prune", model, capture, "--out", out, *QUICK, "--rewind", "weights", "--point", "1", "--json")
    start, point = read_model(model), read_model(out / "points" / "02")
    kept = point.weights["rec.weight_hh_l0"] != 0
    np.testing.assert_array_equal(
        point.weights["rec.weight_hh_l0"][kept], start.weights["rec.weight_hh_l0"][kept]
    )


def refused(run_zoo, *arguments):
    result = run_zoo("prune", *arguments)
    assert result.code == 2
    assert "Traceback" not in result.err
    return " ".join(result.err.split())


def test_a_model_that_is_minimal_already_is_refused(run_zoo, lstm, capture, tmp_path):
    write_model(lstm(1, hidden=1), tmp_path / "one.json", "proteus")
    said = refused(run_zoo, tmp_path / "one.json", capture, "--out", tmp_path / "out")
    assert "minimal already: LSTM-1 with 9 weights" in said
    assert not (tmp_path / "out").exists()


def test_a_capture_of_another_device_is_refused_before_anything_is_trained(
    run_zoo, model, capture, lstm, tmp_path
):
    from zoo.audio import read_audio

    dry = read_audio(capture).samples[0]
    wet = np.tanh(40 * np.convolve(dry, [1, 0, -1])[: dry.size]).astype(np.float32)
    write_audio(tmp_path / "other.wav", np.stack([dry, wet]), RATE, encoding="FLOAT")
    said = refused(run_zoo, model, tmp_path / "other.wav", "--out", tmp_path / "out")
    assert "so it is of another device" in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("method", [(), ("--units",)])
def test_a_loss_that_explodes_stops_the_search(method, run_zoo, model, capture, tmp_path, monkeypatch):
    from training.trainer import Trainer

    def explode(trainer):
        import torch

        trainer.epoch += 1
        with torch.no_grad():
            trainer.module.lin.weight.fill_(float("nan"))
        trainer.optimizer.state.clear()
        return float("nan")

    monkeypatch.setattr(Trainer, "train_epoch", explode)
    said = refused(run_zoo, model, capture, "--out", tmp_path / "out", *QUICK, *method)
    assert "the training left the numbers in epoch" in said
    assert "lower learning rate" in said


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--ratio", "1.5"), "the pruning ratio lies between 0 and 1"),
        (("--point", "3", "--target-hidden", "4"), "cannot all be met; give one"),
        (("--resume",), "holds no pruning; leave out --resume"),
        (("--target-hidden", "0"), "a target is above 0"),
    ],
)
def test_a_request_that_cannot_be_met_is_one_sentence(options, says, run_zoo, model, capture, tmp_path):
    assert says in refused(run_zoo, model, capture, "--out", tmp_path / "out", *options)


def test_a_size_that_is_not_reached_names_the_smallest_that_is(run_zoo, model, capture, tmp_path):
    options = ("--iterations", "1", "--epochs", "1", "--ratio", "0.02", "--target-hidden", "2")
    said = refused(run_zoo, model, capture, "--out", tmp_path / "out", *options)
    assert "the search came down to 6 units, not to 2" in said


def test_a_pruning_is_resumed_with_its_own_capture(run_zoo, model, capture, tmp_path):
    from zoo.audio import read_audio

    out = tmp_path / "out"
    run_zoo("prune", model, capture, "--out", out, *ONCE)
    samples = read_audio(capture).samples.copy()
    samples[:, : 2 * RATE] *= 0.5
    write_audio(tmp_path / "other.wav", samples, RATE, encoding="FLOAT")
    said = refused(run_zoo, model, tmp_path / "other.wav", "--out", out, "--resume")
    assert "was begun with another capture" in said


def test_damaged_records_are_named(run_zoo, model, capture, tmp_path):
    out = tmp_path / "out"
    run_zoo("prune", model, capture, "--out", out, *ONCE)
    (out / "search.json").write_text('[{"number": 7}]')
    assert "search.json: is damaged" in refused(run_zoo, model, capture, "--out", out, "--resume")
    (out / "pruning.json").write_text("{")
    assert "pruning.json is damaged" in refused(run_zoo, model, capture, "--out", out, "--resume")


def test_the_front_compares_every_kind_and_enters_the_best(run_zoo, model, capture, tmp_path, monkeypatch):
    from zoo.benching import arm

    def none(snapshot):
        raise arm.NotCountable("not in this test")

    monkeypatch.setattr(arm, "instructions_per_sample", none)
    monkeypatch.setattr(
        "zoo.benching.real_time_factor", lambda snapshot: snapshot.architecture.hidden_size / 100
    )
    out = tmp_path / "small"
    options = (
        "--units", "--iterations", "1", "--epochs", "1", "--k", "1", "--ratio", "0.5", "--front", "--json",
        "--no-report",
    )  # fmt: skip
    result = run_zoo("prune", model, capture, "--out", out, *options, "--target-hidden", "4")
    made = json.loads(result.out)
    assert [(e["kind"], e["hidden"]) for e in made["front"]] == [
        ("unpruned", 6), ("pruned", 4), ("distilled", 4), ("direct", 4),
    ]  # fmt: skip
    best = min(made["front"][1:], key=lambda entry: entry["validation"])
    assert (made["kind"], made["architecture"]) == (best["kind"], "LSTM-4")
    assert made["test_esr"] == best["test_esr"]
    assert (out / "front.png").is_file()
    marked = [line for line in (out / "front.csv").read_text().splitlines() if line.endswith(",1")]
    assert [line.split(",")[:2] for line in marked] == [[best["kind"], "4"]]

    options = ("--resume", "--front", "--json", "--target-rtf", "0.05", "--no-report")
    again = run_zoo("prune", model, capture, "--out", out, *options)
    assert json.loads(again.out)["front"] == made["front"]
    assert "no model of the front fits the budget" in refused(
        run_zoo, model, capture, "--out", out, "--resume", "--front", "--target-rtf", "0.001"
    )
