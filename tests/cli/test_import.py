"""``zoo import``: verdicts, exit codes, and what an interruption keeps."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from registry import Origin, Registry
from zoo.formats import write_model
from zoo.snapshot import Snapshot

Lstm = Callable[..., Snapshot]
Zoo = Callable[..., Any]


@pytest.fixture(autouse=True)
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Fingerprints are the recommender's; here it only notes whom it heard."""
    names: list[str] = []
    module = importlib.import_module("recommender.fingerprint")
    monkeypatch.setattr(module, "fingerprint", lambda s, **_: names.append(str(s.architecture)) or {})
    monkeypatch.setattr("zoo.api.home.open_index", lambda registry: None)
    monkeypatch.setattr("zoo.api.home.STARTER", Path("/nonexistent"))
    return names


@pytest.fixture
def models(tmp_path: Path, lstm: Lstm) -> Path:
    folder = tmp_path / "models"
    folder.mkdir()
    write_model(lstm(1, 4), folder / "TS9.json", "proteus")
    write_model(lstm(1, 4), folder / "Copy of it.json", "proteus")
    write_model(lstm(2, 8), folder / "amp.nam")
    return folder


def test_a_folder_of_models_is_imported_heard_and_counted(
    run_zoo: Zoo, models: Path, heard: list[str]
) -> None:
    outcome = run_zoo("import", models)
    assert outcome.code == 0
    assert outcome.out == "imported 2, 1 known under another name\n"
    assert "TS9.json: same sound as Copy of it, kept as another name" in outcome.err
    assert set(heard) == {"LSTM-4", "LSTM-8"}


def test_importing_again_does_and_hears_nothing(run_zoo: Zoo, models: Path, heard: list[str]) -> None:
    run_zoo("import", models)
    heard.clear()
    assert run_zoo("import", models).out == "3 already there\n"
    assert heard == []


def test_a_refused_file_is_exit_code_2_and_stops_nothing(run_zoo: Zoo, models: Path) -> None:
    (models / "A broken.nam").write_text('{"version": ')
    (models / "package.json").write_text('{"name": "x"}')
    outcome = run_zoo("import", models)
    assert outcome.code == 2
    assert outcome.out == "imported 2, 1 known under another name, 1 refused, 1 not a model\n"
    assert "A broken.nam: not valid JSON" in outcome.err
    assert "package.json" not in outcome.err


def test_json_lists_every_file_with_its_verdict(run_zoo: Zoo, models: Path) -> None:
    (models / "broken.nam").write_text("{")
    entries = json.loads(run_zoo("import", models, "--json").out)
    assert [(Path(e["path"]).name, e["status"]) for e in entries] == [
        ("Copy of it.json", "imported"),
        ("TS9.json", "same sound"),
        ("amp.nam", "imported"),
        ("broken.nam", "refused"),
    ]
    assert [entry["id"] is None for entry in entries] == [False, False, False, True]
    assert entries[3]["reason"].startswith("not valid JSON")


def test_name_device_and_licence_go_with_the_model(run_zoo: Zoo, models: Path) -> None:
    options = ("--name", "My drive", "--device", "Ibanez Tube Screamer", "--licence", "CC0-1.0")
    assert run_zoo("import", models / "amp.nam", *options).code == 0
    with Registry() as registry:
        model = registry.find("My drive")
    assert (model.device.make, model.device.model, model.licence) == ("Ibanez", "Tube Screamer", "CC0-1.0")
    assert set(model.facts_from.values()) == {"user"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "no model was found"),
        (("nowhere.nam",), "no such file or folder"),
    ],
)
def test_nothing_to_import_is_exit_code_2(
    run_zoo: Zoo, tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    outcome = run_zoo("import", *(arguments or (tmp_path,)))
    assert outcome.code == 2
    assert sentence in outcome.err
    assert "Traceback" not in outcome.err


def test_quiet_says_nothing_beside_the_result(run_zoo: Zoo, models: Path) -> None:
    assert run_zoo("import", models, "--quiet").err == ""


def test_ctrl_c_keeps_what_is_done(run_zoo: Zoo, models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Registry.add

    def interrupted(registry: Registry, *model: Any, origin: Origin, **rest: Any) -> Any:
        if origin.file == "amp.nam":
            raise KeyboardInterrupt
        return real(registry, *model, origin=origin, **rest)

    monkeypatch.setattr(Registry, "add", interrupted)
    outcome = run_zoo("import", models)
    assert outcome.code == 130
    assert "interrupted; what was finished is kept" in outcome.err
    with Registry() as registry:
        assert [model.name for model in registry.list()] == ["Copy of it"]


def test_a_model_that_never_falls_silent_is_refused_and_the_rest_goes_on(
    run_zoo: Zoo, models: Path, oscillator: Snapshot
) -> None:
    write_model(oscillator, models / "B ringing.nam")
    outcome = run_zoo("import", models)
    assert outcome.code == 2
    assert outcome.out == "imported 2, 1 known under another name, 1 refused\n"
    assert "B ringing.nam: it oscillates by itself" in outcome.err


def test_what_is_worth_knowing_is_said_and_kept(run_zoo: Zoo, models: Path, leaning: Snapshot) -> None:
    write_model(leaning, models / "DC.nam")
    outcome = run_zoo("import", models / "DC.nam")
    assert outcome.code == 0
    assert "DC.nam: it puts out DC of +0.0" in outcome.err
    assert "it puts out DC" in run_zoo("show", "DC").out
    (listed,) = json.loads(run_zoo("list", "--json").out)
    assert [finding["code"] for finding in listed["quality"]["findings"]] == ["dc"]


def test_a_damaged_catalogue_is_mentioned(run_zoo: Zoo, models: Path, zoo_home: Path) -> None:
    run_zoo("import", models)
    (zoo_home / "catalogue.sqlite").write_bytes(b"junk" * 1000)
    outcome = run_zoo("list")
    assert outcome.code == 0
    assert "rebuilt from the store" in outcome.err
    assert len(outcome.out.splitlines()) == 3


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.fsync", lambda _: None)
