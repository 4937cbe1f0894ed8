"""``zoo list``: a table for people, JSON for programs, and filters that say what they know."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from registry import Facts, Origin, Registry
from zoo.snapshot import Snapshot

Lstm = Callable[..., Snapshot]
Zoo = Callable[..., Any]


@pytest.fixture(autouse=True)
def _filled(lstm: Lstm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zoo.api.home.STARTER", Path("/nonexistent"))
    with Registry() as registry:
        registry.add(lstm(1), origin=Origin(file="TS9_FullD.json"))
        registry.add(lstm(1), origin=Origin(file="TS9_copy.json"))
        registry.add(lstm(2, 8, make="Fender", tone="clean"), facts=Facts(name="Princeton", licence="MIT"))


def test_the_table_has_a_star_where_only_a_name_says_so(run_zoo: Zoo, lstm: Lstm) -> None:
    outcome = run_zoo("list")
    assert [line.split("\t") for line in outcome.out.splitlines()] == [
        ["id", "name", "device", "gain", "architecture", "rate", "licence"],
        [lstm(2, 8).digest[:12], "Princeton", "Fender", "clean", "LSTM-8", "44100", "MIT"],
        [
            lstm(1).digest[:12],
            "TS9_FullD (also TS9_copy)",
            "Ibanez TS9*",
            "unknown",
            "LSTM-4",
            "44100",
            "unknown",
        ],
    ]
    assert outcome.err == "2 models\n"


def test_json_is_the_manifests(run_zoo: Zoo) -> None:
    with Registry() as registry:
        expected = [manifest.model_dump(mode="json") for manifest in registry.list()]
    assert json.loads(run_zoo("list", "--json").out) == expected


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (("--device", "fender"), ["Princeton"]),
        (("--gain", "clean"), ["Princeton"]),
        (("--arch", "LSTM", "--hidden", "4"), ["TS9_FullD"]),
        (("--rate", "48000"), []),
        (("--licence", "unknown"), ["TS9_FullD"]),
        (("--name", "*copy"), ["TS9_FullD"]),
    ],
)
def test_filters(run_zoo: Zoo, options: tuple[str, ...], names: list[str]) -> None:
    assert [model["name"] for model in json.loads(run_zoo("list", "--json", *options).out)] == names


def test_the_same_zoo_prints_the_same_bytes(run_zoo: Zoo) -> None:
    assert run_zoo("list", "--json").out == run_zoo("list", "--json").out


def test_an_unknown_gain_class_is_exit_code_2(run_zoo: Zoo) -> None:
    outcome = run_zoo("list", "--gain", "djent")
    assert (outcome.code, outcome.out) == (2, "")
    assert "'djent' does not exist" in outcome.err


def test_listing_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['zoo', 'list']\n"
        "from zoo.cli.main import run\n"
        "try:\n    run()\nexcept SystemExit:\n    pass\n"
        "heavy = {'torch', 'faiss', 'librosa', 'pandas', 'scipy', 'matplotlib'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
