"""`zoo suggest --report`: one file, the same every time, in which a name is a name."""

from __future__ import annotations

import base64
import io
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import soundfile

from registry import Facts, Registry
from zoo.api import import_models
from zoo.audio import write_audio
from zoo.engine import render
from zoo.formats import write_model
from zoo.playing import Phrase, perform

RATE = 44_100
EVIL = "<script>document.title='taken'</script><img src=x onerror=alert(1)>\"'"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, lstm) -> Path:
    """A zoo of four models whose names are an attack, and a capture of the second."""
    folder = tmp_path_factory.mktemp("report")
    with Registry(folder / "zoo") as registry:
        for seed in range(4):
            write_model(lstm(seed, hidden=6), folder / f"{seed}.json", "proteus")
            facts = Facts(name=f"{seed} {EVIL}", make=EVIL, model=EVIL, licence=EVIL[:60])
            import_models([folder / f"{seed}.json"], registry=registry, facts=facts)
    dry = perform(Phrase("strum", "humbucker-bridge", 7, 5.0, -3.0, 110.0), RATE)
    wet = render(lstm(1, hidden=6), dry)
    wet = (0.5 * (wet - wet.mean()) / np.abs(wet).max()).astype(np.float32)
    write_audio(folder / "both.wav", np.stack([dry, wet]), RATE, encoding="FLOAT")
    write_audio(folder / "wet.wav", wet[None], RATE, encoding="FLOAT")
    return folder


@pytest.fixture
def reported(desk: Path, run_zoo, tmp_path: Path, monkeypatch):
    """Asks about a file of the desk; the page."""
    monkeypatch.setenv("ZOO_HOME", str(desk / "zoo"))
    monkeypatch.setattr("zoo.api.home.install_starter", lambda *_: None)

    def ask(name: str, *more: object) -> str:
        outcome = run_zoo("suggest", desk / name, "--report", tmp_path / "out.html", *more)
        assert outcome.code == 0, outcome.err
        assert "out.html" in outcome.err
        return (tmp_path / "out.html").read_text()

    return ask


class _Elements(HTMLParser):
    """Names of the elements and attributes that a browser sees."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += [name for name, _ in attrs]


def _recordings(page: str) -> list[np.ndarray]:
    data = re.findall(r'src="data:audio/flac;base64,([^"]*)"', page)
    return [soundfile.read(io.BytesIO(base64.b64decode(one)))[0] for one in data]


def test_a_paired_page_has_every_part_and_the_same_bytes_again(reported) -> None:
    page = reported("both.wav", "-k", 2)
    heard = _recordings(page)
    assert len(heard) == 2 + 2 * 2  # dry, wet, and two parents before and after
    assert len({one.size for one in heard}) == 1
    for title in ("Listen", "Look", "Why each parent is where it is", "In numbers", "around your capture"):
        assert title in page
    assert "from scratch" in page
    assert page.count('class="card') == 2
    assert len(page) < 8_000_000
    assert reported("both.wav", "-k", 2) == page


def test_names_from_strangers_are_text(reported) -> None:
    page = reported("both.wav", "--quick")
    assert "&lt;script&gt;" in page
    read = _Elements(page)
    assert read.names.count("script") == 1
    assert "img" not in read.names
    assert [name for name in read.attributes if name.startswith("on")] == []


def test_what_was_tuned_comes_nearer_to_the_device_and_the_tuning_never_heard_it(reported) -> None:
    page = reported("both.wav")
    before = [float(x) for x in re.findall(r"as it is; ESR ([\d.e-]+) ", page)]
    after = [float(x) for x in re.findall(r"after a moment of tuning; ESR ([\d.e-]+)<", page)]
    assert min(after) < 0.5
    assert np.median(after) < np.median(before)
    assert "no tuning has heard" in page


def test_a_quick_page_says_that_nothing_was_tuned(reported) -> None:
    page = reported("both.wav", "--quick", "-k", 1)
    assert len(_recordings(page)) == 3
    assert "no parent was tuned" in page


def test_a_wet_only_page_says_what_it_lacks(reported) -> None:
    page = reported("wet.wav")
    assert len(_recordings(page)) == 1
    assert "Only the wet signal is known" in page
    assert "around your capture" in page


def test_nothing_to_choose_from_is_a_page_too(reported) -> None:
    assert "Nothing to choose from" in reported("both.wav", "--hidden", 999)


@pytest.mark.parametrize(("name", "code"), [("out.txt", 2), ("missing/out.html", 3)])
def test_a_place_that_cannot_be_is_refused_at_once(run_zoo, desk, tmp_path, name, code) -> None:
    outcome = run_zoo("suggest", desk / "both.wav", "--report", tmp_path / name)
    assert outcome.code == code
    assert outcome.out == ""
    assert "Traceback" not in outcome.err
    assert list(tmp_path.iterdir()) == []
