"""`zoo listen`: a test that is served, interrupted and taken to its end, and what came of one."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from zoo.api.home import STARTER
from zoo.audio import read_audio, write_audio
from zoo.listening.results import COLUMNS

TABLE = ",".join(COLUMNS) + "\n"


def line(listener: str, condition: str, kind: str, trial: int, rating: int) -> str:
    return f"t,{listener},{trial},{trial},wet,0.0,{condition},{kind},A,{rating},1,9.5,2026-01-01T00:00:00Z\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ratings of anna, who hears the reference, and of bert, who does not."""
    anna = [line("anna", "hidden reference", "reference", n, 100) for n in (1, 2)]
    anna += [line("anna", "clone", "system", n, rating) for n, rating in ((1, 70), (2, 90))]
    bert = [line("bert", "hidden reference", "reference", 1, 40), line("bert", "clone", "system", 1, 0)]
    for name, lines in (("anna", anna), ("bert", bert)):
        (tmp_path / f"{name}.csv").write_text(TABLE + "".join(lines))
    return tmp_path


def test_results_are_a_table_json_and_a_picture(run_zoo, folder: Path) -> None:
    outcome = run_zoo("listen", "--results", folder, "--json")
    assert outcome.code == 0, outcome.err
    found = json.loads(outcome.out)
    clone = next(one for one in found["conditions"] if one["condition"] == "clone")
    assert (clone["mean"], clone["ratings"]) == (80.0, 2)
    assert (clone["low"], clone["high"]) == (pytest.approx(-47.06, abs=0.01), pytest.approx(207.06, abs=0.01))
    assert {one["name"]: one["excluded"] for one in found["listeners"]} == {"anna": False, "bert": True}
    assert (folder / "results.png").read_bytes().startswith(b"\x89PNG")
    table = run_zoo("listen", "--results", folder)
    assert "clone\t80.0\t-47.1\t207.1\t80.0\t2" in table.out
    assert "bert is left out" in table.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "name what to compare"),
        (("a.wav",), "name what to compare"),
        (("a.wav", "--results", "."), "leave out what to compare"),
        (("--results", "."), "holds no ratings"),
        (("a.wav", "--reference", "missing.wav"), "missing.wav"),
    ],
)
def test_what_cannot_be_heard_is_one_sentence(
    run_zoo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = run_zoo("listen", *arguments)
    assert outcome.code == 2
    assert sentence in outcome.err
    assert outcome.out == ""
    assert list(tmp_path.iterdir()) == []


class Taken:
    """`zoo listen` in a process of its own, and a listener who speaks its protocol."""

    def __init__(self, folder: Path, *options: str) -> None:
        audio = read_audio(STARTER / "example-capture.flac")
        for name, signal_ in zip(("dry", "wet"), audio.samples[:, : 4 * audio.sample_rate], strict=True):
            write_audio(folder / f"{name}.wav", signal_[None], audio.sample_rate)
        write_audio(folder / "clone.wav", 0.5 * audio.samples[1:, : 4 * audio.sample_rate], audio.sample_rate)
        command = [sys.executable, "-m", "zoo.cli.main", "listen", "clone.wav", "--reference", "wet.wav"]
        command += ["--dry", "dry.wav", "--excerpts", "2", "--seconds", "1", "--no-open", *options]
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=lambda: signal.signal(
                signal.SIGINT, signal.SIG_DFL
            ),  # a job in the background ignores it
        )
        said = ""
        assert self.process.stderr is not None
        while not (found := re.search(r"at (http://127\.0\.0\.1:\d+/)#(\S+)", said)):
            read = self.process.stderr.readline()
            assert read, said
            said += read
        self.url, self.secret = found.groups()
        self.session = ""

    def post(self, path: str, **document: Any) -> dict[str, Any]:
        headers = {"X-Tonezoo-Secret": self.secret, "X-Tonezoo-Session": self.session}
        request = urllib.request.Request(self.url + path, json.dumps(document).encode(), headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def begin(self) -> dict[str, Any]:
        where = self.post("session", listener="Anna")
        self.session = where["session"]
        return where

    def rate(self, trial: int, rating: int) -> dict[str, Any]:
        ratings = dict.fromkeys("ABC", rating)
        return self.post("ratings", trial=trial, ratings=ratings, plays=dict.fromkeys("ABC", 1), seconds=2)


@pytest.fixture
def take(tmp_path: Path) -> Iterator[Any]:
    begun: list[Taken] = []

    def start(*options: str) -> Taken:
        begun.append(Taken(tmp_path, *options))
        return begun[-1]

    yield start
    for one in begun:
        one.process.kill()
        one.process.communicate()


def test_ctrl_c_keeps_what_is_rated_and_the_same_name_goes_on_to_the_results(take, tmp_path: Path) -> None:
    first = take()
    first.rate(first.begin()["trial"], 95)
    first.process.send_signal(signal.SIGINT)
    out, err = first.process.communicate(timeout=30)
    assert first.process.returncode == 130, err
    assert out == ""
    assert "Traceback" not in err
    assert (tmp_path / "listening" / "anna.csv").read_text().count("\n") == 4

    second = take("--json")
    where = second.begin()
    assert (where["done"], where["left"]) == (1, 1)
    second.rate(where["trial"], 97)
    out, err = second.process.communicate(timeout=30)
    assert second.process.returncode == 0, err
    found = json.loads(out)
    assert [(one["condition"], one["mean"], one["ratings"]) for one in found["conditions"]] == [
        ("hidden reference", 96.0, 2), ("clone", 96.0, 2), ("low anchor", 96.0, 2),
    ]  # fmt: skip
    assert (tmp_path / "listening" / "results.png").is_file()
