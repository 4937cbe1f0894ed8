import csv
import json
from pathlib import Path

import numpy as np
import pytest

from zoo.audio import write_audio
from zoo.formats import write_model

RATE = 44_100
BRIEF = ("--seconds", 2, "--seeds", 1, "--epochs", 1)


@pytest.fixture
def desk(lstm, tmp_path: Path, run_zoo, monkeypatch) -> Path:
    """Two parents in a zoo of their own, and a capture of 7 s."""
    monkeypatch.setattr("zoo.api.home.install_starter", lambda *_: None)
    monkeypatch.delenv("TONEZOO_DATA", raising=False)
    rng = np.random.default_rng(0)
    dry = (rng.standard_normal(7 * RATE) * np.repeat(rng.uniform(0.02, 0.3, 70), RATE // 10)).astype("f4")
    write_audio(tmp_path / "my box.wav", np.stack([dry, np.tanh(6 * dry) * 0.5]), RATE, encoding="FLOAT")
    models = tmp_path / "models"
    models.mkdir()
    for seed, name in ((1, "first"), (2, "second")):
        write_model(lstm(seed), models / f"{name}.json", "proteus")
    run_zoo("import", models, "--quiet")
    return tmp_path


def _evaluate(run_zoo, desk: Path, *more: object):
    return run_zoo("evaluate", "--targets", desk / "my box.wav", *BRIEF, "--out", desk / "out", *more)


def test_the_folder_holds_the_matrix_and_the_report(run_zoo, desk) -> None:
    outcome = _evaluate(run_zoo, desk, "--json")
    assert outcome.code == 0, outcome.err
    document = json.loads(outcome.out)
    assert document["trainings"] == document["trainings_planned"] == 3  # scratch and two parents
    ways = {line["predictor"] for line in document["summary"]}
    suggested = {"suggest", "suggest --quick", "suggest, wet only"}
    assert ways - suggested == {"random", "static", "tune all", "name", "raw ESR", "gain only", "MFCC"}
    assert suggested < ways
    rows = list(csv.DictReader((desk / "out" / "matrix.csv").open()))
    assert sorted(row["name"] for row in rows) == ["first", "scratch", "second"]
    assert all(0.0 < float(row["test_esr"]) < 2.0 for row in rows)
    assert "<table>" in (desk / "out" / "report.html").read_text()


def test_what_is_done_is_not_done_again_and_a_torn_line_is(run_zoo, desk) -> None:
    first = _evaluate(run_zoo, desk, "--json").out
    log = desk / "out" / "cells.jsonl"
    whole = log.read_bytes()
    log.write_bytes(whole[:-20])
    again = _evaluate(run_zoo, desk, "--json")
    assert again.out == first
    assert "done again" in again.err
    assert sorted(log.read_bytes().splitlines()) == sorted(whole.splitlines())
    assert run_zoo("evaluate", "--report", "--out", desk / "out", "--json").out == first


def test_ctrl_c_keeps_what_is_done_and_the_same_command_does_the_rest(run_zoo, desk, monkeypatch) -> None:
    from zoo.evaluating import job

    finished = job._finished

    def interrupted(*arguments):
        yield next(iter(finished(*arguments)))
        raise KeyboardInterrupt

    monkeypatch.setattr(job, "_finished", interrupted)
    outcome = _evaluate(run_zoo, desk)
    assert outcome.code == 130
    assert "1 of 3 trainings are done" in outcome.err
    monkeypatch.setattr(job, "_finished", finished)
    assert json.loads(_evaluate(run_zoo, desk, "--json").out)["trainings"] == 3


def test_other_settings_do_not_mix(run_zoo, desk) -> None:
    _evaluate(run_zoo, desk)
    outcome = _evaluate(run_zoo, desk, "--epochs", 2)
    assert outcome.code == 2
    assert "other settings" in outcome.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--targets", "no-such"], "no target is called no-such"),
        (["--targets", "circuit-orange", "--parents", "no-such"], "at least 2"),
        (["--report", "--out", "nowhere"], "not a matrix"),
    ],
)
def test_a_bad_request_is_one_sentence_and_exit_code_2(run_zoo, desk, arguments, said) -> None:
    outcome = run_zoo("evaluate", *arguments)
    assert outcome.code == 2
    assert said in outcome.err
    assert "Traceback" not in outcome.err
