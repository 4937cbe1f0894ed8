"""``zoo remove``: asks, and where nobody can answer it wants ``--yes``."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from registry import Registry
from zoo.snapshot import Snapshot

Lstm = Callable[..., Snapshot]
Zoo = Callable[..., Any]


@pytest.fixture(autouse=True)
def _filled(lstm: Lstm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zoo.api.home.STARTER", Path("/nonexistent"))
    with Registry() as registry:
        for seed in range(3):
            registry.add(lstm(seed, name=f"model {seed}"))


def left() -> list[str]:
    with Registry(remark=lambda _: None) as registry:
        return [model.name for model in registry.list()]


class Terminal(io.StringIO):
    """A person who types."""

    def isatty(self) -> bool:
        return True


def test_yes_removes_without_asking(run_zoo: Zoo) -> None:
    outcome = run_zoo("remove", "model 0", "model 2", "--yes")
    assert outcome.code == 0
    assert left() == ["model 1"]


def test_without_a_terminal_it_refuses_and_says_what_to_add(
    run_zoo: Zoo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    outcome = run_zoo("remove", "model 0")
    assert outcome.code == 2
    assert "add --yes" in outcome.err
    assert len(left()) == 3


@pytest.mark.parametrize(("answer", "code", "count"), [("y\n", 0, 2), ("n\n", 1, 3), ("\n", 1, 3)])
def test_the_answer_counts(
    run_zoo: Zoo, monkeypatch: pytest.MonkeyPatch, answer: str, code: int, count: int
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    assert run_zoo("remove", "model 0").code == code
    assert len(left()) == count


def test_one_that_cannot_be_found_keeps_them_all(run_zoo: Zoo) -> None:
    assert run_zoo("remove", "model 0", "nobody", "--yes").code == 2
    assert len(left()) == 3


def test_json_lists_what_is_gone(run_zoo: Zoo, lstm: Lstm) -> None:
    removed = json.loads(run_zoo("remove", "model 1", "--yes", "--json").out)
    assert removed == [{"id": lstm(1).digest, "name": "model 1"}]


def test_a_damaged_model_is_removed_by_the_id_that_verify_prints(
    run_zoo: Zoo, zoo_home: Path, lstm: Lstm
) -> None:
    (zoo_home / "models" / lstm(1).digest / "zoo.json").write_text("{}")
    outcome = run_zoo("verify")
    assert outcome.code == 1
    assert f"zoo remove {lstm(1).digest[:12]}`" in outcome.err
    assert run_zoo("remove", lstm(1).digest[:12], "--yes").code == 0
    assert run_zoo("verify").code == 0
