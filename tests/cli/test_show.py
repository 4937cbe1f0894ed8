"""``zoo show``: what is known, who says so, and what is unknown."""

from __future__ import annotations

import json
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
    origin = Origin(file="TS9_FullD.json", sha256="a" * 64, format="proteus")
    with Registry() as registry:
        registry.add(lstm(1, author="Ann"), origin=origin, facts=Facts(licence="MIT"))


def test_facts_carry_their_source_and_the_unknown_is_called_so(run_zoo: Zoo, lstm: Lstm) -> None:
    shown = dict(line.split("\t", 1) for line in run_zoo("show", "TS9_FullD").out.splitlines())
    assert shown["id"] == lstm(1).digest
    assert shown["make"] == "Ibanez (from the file's name)"
    assert shown["licence"] == "MIT (given by hand)"
    assert shown["author"] == "Ann"
    assert shown["gain class"] == shown["date"] == shown["parent"] == shown["training"] == "unknown"
    assert shown["origin"] == f"TS9_FullD.json (proteus, sha256 {'a' * 64})"


def test_json_is_the_manifest_itself(run_zoo: Zoo, zoo_home: Path, lstm: Lstm) -> None:
    shown = json.loads(run_zoo("show", lstm(1).digest[:6], "--json").out)
    assert shown == json.loads((zoo_home / "models" / lstm(1).digest / "zoo.json").read_text())


def test_a_name_that_is_not_there_is_exit_code_2_with_a_hint(run_zoo: Zoo) -> None:
    outcome = run_zoo("show", "TS9_Full")
    assert (outcome.code, outcome.out) == (2, "")
    assert "did you mean TS9_FullD?" in outcome.err


def test_a_name_cannot_steer_the_terminal(run_zoo: Zoo, lstm: Lstm) -> None:
    with Registry() as registry:
        registry.add(lstm(5), facts=Facts(name="\x1b[2Jevil"))
    assert "\x1b" not in run_zoo("show", lstm(5).digest).out
