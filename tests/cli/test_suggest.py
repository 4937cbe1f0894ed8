import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from registry import Registry
from zoo.api import import_models
from zoo.architecture import Recurrent
from zoo.audio import write_audio
from zoo.engine import render
from zoo.formats import write_model
from zoo.playing import Phrase, perform
from zoo.snapshot import Snapshot

RATE = 44_100


def _device(seed: int) -> Snapshot:
    """An LSTM-6 with random weights, driven hard."""
    architecture = Recurrent("LSTM", 6)
    rng = np.random.Generator(np.random.PCG64(seed))
    shapes = architecture.required_shapes()
    weights = {name: rng.normal(0.0, 0.6, shape).astype(np.float32) for name, shape in shapes.items()}
    weights["rec.weight_ih_l0"] *= np.float32(6.0)
    return Snapshot(architecture, weights, sample_rate=RATE)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A zoo with three devices, heard and indexed, and a capture of the second in every form."""
    folder = tmp_path_factory.mktemp("suggest")
    models = folder / "models"
    models.mkdir()
    for seed in range(3):
        write_model(_device(seed), models / f"Handmade {seed}.json", "proteus")
    with Registry(folder / "zoo") as registry:
        import_models([models], registry=registry)
    dry = perform(Phrase("strum", "humbucker-bridge", 7, 4.0, -3.0, 110.0), RATE)
    wet = render(_device(1), dry)
    wet = (0.5 * (wet - wet.mean()) / np.abs(wet).max()).astype(np.float32)
    write_audio(folder / "dry.wav", dry[None], RATE, encoding="FLOAT")
    write_audio(folder / "wet.wav", wet[None], RATE, encoding="FLOAT")
    write_audio(folder / "both.wav", np.stack([dry, wet]), RATE, encoding="FLOAT")
    return folder


@pytest.fixture
def takes(filled: Path, zoo_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of captures; the test's zoo is a copy of the filled one, without the starter zoo."""
    shutil.copytree(filled / "zoo", zoo_home, dirs_exist_ok=True)
    monkeypatch.setattr("zoo.api.home.install_starter", lambda *_: None)
    return filled


def _suggested(outcome) -> dict:
    assert outcome.code == 0, outcome.err
    return json.loads(outcome.out)


def test_a_captured_model_is_suggested_first_from_two_files_and_from_one(run_zoo, takes) -> None:
    two = run_zoo("suggest", "--dry", takes / "dry.wav", "--wet", takes / "wet.wav", "--json")
    one = run_zoo("suggest", takes / "both.wav", "--json")
    first = _suggested(two)["parents"][0]
    assert first["model"]["name"] == "Handmade 1"
    assert first["trial"]["esr"] < 0.1
    assert _suggested(one)["parents"] == _suggested(two)["parents"]


def test_the_same_question_gets_the_same_bytes(run_zoo, takes) -> None:
    answers = {run_zoo("suggest", takes / "both.wav", "--json").out for _ in range(2)}
    assert len(answers) == 1


def test_the_table_names_parents_reasons_and_advice(run_zoo, takes) -> None:
    outcome = run_zoo("suggest", takes / "both.wav", "-k", 2, "--quick")
    lines = outcome.out.splitlines()
    assert lines[0].split("\t")[:3] == ["rank", "id", "name"]
    assert lines[1].split("\t")[2] == "Handmade 1"
    assert lines[3].startswith("1. compared with your ")
    assert lines[-1].startswith("Start from Handmade 1 (")


def test_the_best_are_tuned_for_a_moment_unless_it_must_be_quick(run_zoo, takes) -> None:
    slow, quick = (run_zoo("suggest", takes / "both.wav", *more) for more in ([], ["--quick"]))
    assert "8 passes over 2 s of your playing lead to ESR" in slow.out
    assert "from scratch to" in slow.out
    assert "passes" not in quick.out
    tuned = _suggested(run_zoo("suggest", takes / "both.wav", "--json"))
    assert tuned["parents"][0]["trial"]["epochs"] == 8
    assert tuned["scratch"]["tuned_esr"] > 0


def test_a_wet_only_answer_asks_for_the_dry_track_on_stderr(run_zoo, takes) -> None:
    outcome = run_zoo("suggest", takes / "wet.wav")
    assert outcome.code == 0
    assert "distance" in outcome.out.splitlines()[0]
    assert "dry track" in outcome.err
    assert "dry track" not in outcome.out


def test_conditions_that_nothing_fits_are_answered_with_a_sentence(run_zoo, takes) -> None:
    outcome = run_zoo("suggest", takes / "both.wav", "--hidden", 999)
    assert outcome.code == 0
    assert outcome.out == ""
    assert "no model in the zoo fits these conditions" in outcome.err
    document = _suggested(run_zoo("suggest", takes / "both.wav", "--hidden", 999, "--json"))
    assert (document["advice"], document["parents"]) == ("nothing to choose from", [])


def test_conditions_limit_the_choice(run_zoo, takes) -> None:
    document = _suggested(run_zoo("suggest", takes / "both.wav", "--arch", "LSTM-6", "--json"))
    assert {p["model"]["architecture"] for p in document["parents"]} == {"LSTM-6"}
    assert document["choice"] == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing.wav"], "missing.wav"),
        ([], ""),
        (["--dry", "dry.wav"], "wet"),
        (["--gain", "loud", "both.wav"], "gain class"),
    ],
)
def test_a_bad_request_is_one_sentence_and_exit_code_2(run_zoo, takes, monkeypatch, arguments, said) -> None:
    monkeypatch.chdir(takes)
    outcome = run_zoo("suggest", *arguments)
    assert outcome.code == 2
    assert outcome.out == ""
    assert said in outcome.err
    assert "Traceback" not in outcome.err


def test_a_silent_wet_side_is_refused(run_zoo, takes) -> None:
    write_audio(takes / "silent.wav", np.zeros((1, RATE), np.float32), RATE)
    outcome = run_zoo("suggest", takes / "silent.wav")
    assert outcome.code == 2
    assert "silent" in outcome.err


def test_a_damaged_index_is_made_again_and_said_so(run_zoo, takes, zoo_home) -> None:
    before = run_zoo("suggest", takes / "wet.wav", "--json").out
    (zoo_home / "index.safetensors").write_bytes(b"garbage")
    outcome = run_zoo("suggest", takes / "wet.wav", "--json")
    assert outcome.out == before
    assert "made again" in outcome.err


def test_a_wet_only_answer_needs_no_torch(takes) -> None:
    code = (
        "import sys; from zoo.cli.main import run\n"
        f"sys.argv = ['zoo', 'suggest', {str(takes / 'wet.wav')!r}, '--quiet']\n"
        "try:\n    run()\n"
        "finally:\n    assert 'torch' not in sys.modules, 'torch'"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "torch" not in result.stderr
    assert result.returncode == 0, result.stderr
