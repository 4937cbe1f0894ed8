"""``zoo pull`` and ``zoo collections``: what is printed, exit codes, and Ctrl-C in the middle of a file."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from loopback import Loopback

from registry import Registry
from registry.collections import collection
from zoo.api import open_registry

Zoo = Callable[..., Any]
LIBRARY = collection("guitarml-tone-library")
ROOT = LIBRARY.url.removeprefix("https://raw.githubusercontent.com")
TS9 = ROOT + "NeuralPi/TS9_FullD.json"


@pytest.fixture(autouse=True)
def _no_starter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zoo.api.home.STARTER", Path("/nonexistent"))
    monkeypatch.setattr("os.fsync", lambda _: None)
    monkeypatch.setattr("registry.courtesy.FIRST_WAIT_S", 0.0)


@pytest.fixture
def _hard_of_hearing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zoo.gate.hearing.hear", lambda _: None)
    monkeypatch.setattr("zoo.api.home.update_fingerprints", lambda *_, **__: None)
    monkeypatch.setattr("zoo.api.home.open_index", lambda _: None)


def test_collections_are_listed_with_counts_sizes_and_licences(run_zoo: Zoo) -> None:
    header, *rows = [line.split("\t") for line in run_zoo("collections").out.splitlines()]
    assert header[:5] == ["name", "files", "in the zoo", "size", "licence"]
    listed = {row[0]: row[1:5] for row in rows}
    assert listed["guitarml-tone-library"] == ["69", "0", "7.3 MB", "GPL-3.0-only"]
    assert listed["pelennor-nam-models"] == ["259", "0", "108.1 MB", "GPL-3.0-only"]


def test_the_files_of_one_are_listed_with_filters(run_zoo: Zoo) -> None:
    outcome = run_zoo("collections", "guitarml-tone-library", "--gain", "crunch")
    assert [line.split("\t") for line in outcome.out.splitlines()[1:]] == [
        [f"NeuralPi/{name}.json", device, "crunch*", "LSTM-20", "44100?", size, "no"]
        for name, device, size in (
            ("MesaBoogieMk2b_Crunch", "Mesa/Boogie Mark IIB*", "41 kB"),
            ("Soldano_crunch", "Soldano*", "40 kB"),
        )
    ]
    assert "2 of 69 files of GuitarML/ToneLibrary @ d32a73f59501, licence GPL-3.0-only" in outcome.err


def test_json_has_everything_a_program_needs(run_zoo: Zoo) -> None:
    (one,) = json.loads(run_zoo("collections", "mod-neural-amp", "--only", "*nasty*", "--json").out)
    assert one["url"].startswith(
        "https://raw.githubusercontent.com/mod-audio/mod-neural-amp/67dea1c98184b4c4"
    )
    assert (one["licence"], one["in_the_zoo"], one["architecture"]) == ("GPL-3.0-only", False, "LSTM-16")
    rows = json.loads(run_zoo("collections", "--json", "--arch", "WaveNet").out)
    assert {row["name"]: row["files"] for row in rows if row["files"]} == {"pelennor-nam-models": 259}


def test_an_unknown_collection_is_exit_code_2(run_zoo: Zoo) -> None:
    for command in ("collections", "pull"):
        outcome = run_zoo(command, "tones")
        assert outcome.code == 2
        assert "there is no collection 'tones'" in outcome.err


@pytest.mark.usefixtures("mirror")
def test_a_pull_shows_licence_and_counts_and_is_seen_in_the_lists(run_zoo: Zoo) -> None:
    outcome = run_zoo("pull", "guitarml-tone-library", "--only", "TS9_FullD")
    assert (outcome.code, outcome.out) == (0, "imported 1\n")
    assert "licence GPL-3.0-only" in outcome.err
    assert "1 of 69 files, 41 kB, from GuitarML/ToneLibrary @ d32a73f59501" in outcome.err
    rows = json.loads(run_zoo("collections", "--json").out)
    assert {row["name"]: row["in_the_zoo"] for row in rows}[
        "guitarml-tone-library"
    ] == 2  # two paths, one file
    assert (
        run_zoo("show", "TS9_FullD").out.count(
            "GuitarML/ToneLibrary d32a73f59501713923a6e28cca3343db3470a9b8"
        )
        == 1
    )
    assert "GPL-3.0-only (from its collection)" in run_zoo("show", "TS9_FullD").out


@pytest.mark.usefixtures("_hard_of_hearing")
def test_wrong_bytes_are_exit_code_2_and_named(run_zoo: Zoo, mirror: Loopback) -> None:
    mirror.faults[TS9] = ["wrong"]
    outcome = run_zoo("pull", "guitarml-tone-library", "--only", "*ts9*")
    assert (outcome.code, outcome.out) == (2, "imported 2, 1 refused\n")
    assert "NeuralPi/TS9_FullD.json: the server sent other bytes than promised" in outcome.err


@pytest.mark.usefixtures("_hard_of_hearing")
def test_what_cannot_be_fetched_is_exit_code_3(run_zoo: Zoo, mirror: Loopback) -> None:
    mirror.faults[TS9] = ["404"]
    outcome = run_zoo("pull", "guitarml-tone-library", "--only", "*ts9*", "--json")
    assert outcome.code == 3
    verdicts = json.loads(outcome.out)
    assert [verdict["status"] for verdict in verdicts] == ["not fetched", "imported", "imported"]
    assert "Traceback" not in outcome.err


@pytest.mark.usefixtures("mirror", "_hard_of_hearing")
def test_quiet_says_nothing_beside_the_result(run_zoo: Zoo) -> None:
    assert run_zoo("pull", "guitarml-tone-library", "--only", "TS9_FullD", "--quiet").err == ""


def test_nothing_that_fits_is_exit_code_2(run_zoo: Zoo) -> None:
    assert run_zoo("pull", "mod-neural-amp", "--gain", "fuzz").code == 2


def test_ctrl_c_in_the_middle_of_a_file_keeps_what_is_there(mirror: Loopback, zoo_home: Path) -> None:
    """The first file comes, the second stalls half-way; then a person has had enough."""
    stalled = ROOT + "Proteus/TS9_HighDrive.json"
    mirror.faults[stalled] = ["stall"]
    command = [sys.executable, "-m", "zoo.cli.main", "pull", "guitarml-tone-library", "--only", "*ts9*"]
    pulling = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a job in the background ignores it
    )
    assert mirror.stalled.wait(60)
    half = len(mirror.files[stalled]) // 2
    part = zoo_home / "downloads" / f"{hashlib.sha256(mirror.files[stalled]).hexdigest()}.part"
    while not (part.exists() and part.stat().st_size == half):
        assert pulling.poll() is None
    with open_registry() as registry:
        while not any(model.name == "TS9_DriveKnob" for model in Registry(registry.home).list()):
            assert pulling.poll() is None
    pulling.send_signal(signal.SIGINT)
    _, err = pulling.communicate(timeout=20)
    assert pulling.returncode == 130
    assert "interrupted; what was finished is kept" in err
    assert part.stat().st_size == half
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "imported 1, 2 already there\n")
    assert mirror.ranges(stalled) == [None, f"bytes={half}-"]
