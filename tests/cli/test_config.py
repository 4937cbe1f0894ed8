"""What is decided once counts for all commands."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from registry.home import home_folder
from zoo.preferences import config_file, preference


def test_what_is_decided_is_kept_shown_and_forgotten(run_zoo) -> None:
    run_zoo("config", "author", "Ada Example")
    assert run_zoo("config", "author").out == "Ada Example\n"
    assert preference("author") == "Ada Example"
    run_zoo("config", "author", "--unset")
    assert preference("author") is None
    assert json.loads(config_file().read_text()) == {}


def test_everything_is_listed_with_where_it_comes_from(run_zoo, monkeypatch) -> None:
    monkeypatch.setenv("TONEZOO_LICENCE", "CC0-1.0")
    run_zoo("config", "author", "Ada")
    listed = {entry["key"]: entry for entry in json.loads(run_zoo("config", "--json").out)}
    assert listed["licence"] == {"key": "licence", "value": "CC0-1.0", "source": "TONEZOO_LICENCE"}
    assert listed["author"]["source"] == str(config_file())
    assert listed["mirror"]["value"] is None


def test_the_environment_comes_first(run_zoo, monkeypatch, tmp_path: Path) -> None:
    run_zoo("config", "home", str(tmp_path / "decided"))
    assert home_folder() == Path(os.environ["ZOO_HOME"])
    monkeypatch.delenv("ZOO_HOME")
    assert home_folder() == tmp_path / "decided"


def test_a_mirror_that_is_decided_is_asked_as_one_in_the_environment(run_zoo) -> None:
    from registry.hosts import allowed

    run_zoo("config", "mirror", "https://mirror.example/models")
    assert allowed(["example.org"]).mirror == "https://mirror.example/models"


@pytest.mark.parametrize(
    "arguments", [("volume", "11"), ("volume",), ("author", ""), ("author", "a\x1b[2J"), ("--unset",)]
)
def test_nonsense_is_one_sentence_and_changes_nothing(run_zoo, arguments) -> None:
    outcome = run_zoo("config", *arguments)
    assert outcome.code == 2
    assert outcome.err.startswith("error: ")
    assert outcome.err.count("\n") == 1
    assert not config_file().exists()


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"author": 3}', b"\xff\xfe", b"[" * 60_000])
def test_a_damaged_file_is_named_and_not_overwritten(run_zoo, content: bytes) -> None:
    config_file().write_bytes(content)
    outcome = run_zoo("config", "author", "Ada")
    assert outcome.code == 3
    assert str(config_file()) in outcome.err.replace("\n", "")
    assert config_file().read_bytes() == content


def test_what_is_unknown_in_the_file_is_left_out(run_zoo) -> None:
    config_file().write_text('{"author": "Ada", "of a later version": "x"}')
    assert preference("author") == "Ada"
