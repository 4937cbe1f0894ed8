"""`zoo suggest --report`: one file, the same every time, in which a name is a name."""

from __future__ import annotations

import base64
import io
import re
import time
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import soundfile
from headless import chromium
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By

from registry import Facts, Registry
from zoo.api import import_models
from zoo.audio import write_audio
from zoo.engine import render
from zoo.formats import write_model
from zoo.playing import Phrase, perform

RATE = 44_100
DONE = "arguments[arguments.length - 1]"
EVIL = "<script>document.title='taken'</script><img src=x onerror=alert(1)>\"'"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, lstm) -> Path:
    """A zoo of four models whose names are an attack, and a capture of the second."""
    folder = tmp_path_factory.mktemp("report")
    with Registry(folder / "zoo") as registry:
        for seed in range(4):
            write_model(lstm(seed, hidden=6), folder / f"{seed}.json", "proteus")
            facts = Facts(name=f"{seed} {'Long' * 12} {EVIL}", make=EVIL, model=EVIL, licence=EVIL[:60])
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


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    with chromium(1200, 900) as chrome:
        yield chrome


def _until(browser: webdriver.Chrome, condition: str) -> None:
    deadline = time.monotonic() + 20
    while not browser.execute_script(f"return {condition}"):
        assert time.monotonic() < deadline, condition
        time.sleep(0.02)


def _playing(browser: webdriver.Chrome) -> list[int]:
    """Which of the players sound."""
    script = "return [...document.querySelectorAll('audio')].map((audio) => !audio.paused)"
    return [i for i, sounds in enumerate(browser.execute_script(script)) if sounds]


def test_in_a_browser_players_take_turns_at_one_place_and_the_map_tells_names(
    reported: Callable[..., str], browser: webdriver.Chrome, tmp_path: Path
) -> None:
    reported("both.wav", "--quick", "-k", 2)
    browser.get_log("browser")
    browser.get((tmp_path / "out.html").as_uri())
    buttons = browser.find_elements(By.CSS_SELECTOR, ".player .play")
    assert len(buttons) == 4  # dry, wet, two parents
    assert all(button.is_displayed() for button in buttons)
    buttons[1].click()
    _until(browser, "document.querySelectorAll('audio')[1].currentTime > 0.3")
    assert _playing(browser) == [1]
    buttons[2].click()
    _until(browser, "document.querySelectorAll('audio')[2].currentTime > 0.3")
    assert _playing(browser) == [2]
    place = "document.querySelectorAll('audio')[{}].currentTime"
    assert browser.execute_script(f"return {place.format(2)} >= {place.format(1)}")
    buttons[2].click()
    _until(browser, "[...document.querySelectorAll('audio')].every((audio) => audio.paused)")
    suggested = browser.find_element(By.CSS_SELECTOR, "[data-name^='1. ']")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", suggested)
    browser.execute_async_script(f"requestAnimationFrame(() => requestAnimationFrame({DONE}))")  # it scrolled
    ActionChains(browser).move_to_element(suggested).perform()
    _until(browser, "!document.querySelector('.tip').hidden")
    tip = browser.find_element(By.CLASS_NAME, "tip")
    assert tip.text == suggested.get_attribute("data-name")
    assert "<script>" in tip.text
    assert browser.title != "taken"
    assert browser.get_log("browser") == []


@pytest.mark.parametrize("width", [360, 1200])
def test_nothing_sticks_out_of_a_phone_or_a_desk(
    reported: Callable[..., str], browser: webdriver.Chrome, tmp_path: Path, width: int
) -> None:
    reported("both.wav", "--quick")
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 800}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.get((tmp_path / "out.html").as_uri())
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    overflowing = (
        "[...document.querySelectorAll('.player .label')].filter((l) => l.scrollWidth > l.clientWidth)"
    )
    assert browser.execute_script(f"return {overflowing}") == []
    small = [
        button.rect
        for button in browser.find_elements(By.CSS_SELECTOR, ".player .play")
        if min(button.rect["width"], button.rect["height"]) < 32
    ]
    assert small == []


@pytest.mark.parametrize(("name", "code"), [("out.txt", 2), ("missing/out.html", 3)])
def test_a_place_that_cannot_be_is_refused_at_once(run_zoo, desk, tmp_path, name, code) -> None:
    outcome = run_zoo("suggest", desk / "both.wav", "--report", tmp_path / name)
    assert outcome.code == code
    assert outcome.out == ""
    assert "Traceback" not in outcome.err
    assert list(tmp_path.iterdir()) == []
