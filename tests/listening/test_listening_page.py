"""The listening page in a real browser: whole sessions by mouse and by keyboard, and what comes out of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from headless import chromium
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from zoo.listening.results import read_csv
from zoo.listening.server import serving
from zoo.listening.sitting import Sitting

LETTERS = "ABCD"


class Page:
    """What a listener does."""

    def __init__(self, browser: webdriver.Chrome) -> None:
        self.browser = browser

    def until(self, condition: str) -> None:
        wait = WebDriverWait(self.browser, 10, 0.05)
        wait.until(lambda b: b.execute_script(f"return {condition}"), f"never true: {condition}")

    def says(self, expression: str) -> object:
        return self.browser.execute_script(f"return {expression}")

    def find(self, selector: str) -> object:
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def press(self, *keys: str) -> None:
        ActionChains(self.browser).send_keys(*keys).perform()

    def begin(self, name: str) -> None:
        self.find("#listener").clear()
        self.find("#listener").send_keys(name, Keys.ENTER)
        self.until("document.body.dataset.page === 'trial'")

    def shown(self) -> dict[str, int]:
        """The ratings as they stand on the page."""
        return {letter: int(self.find(f"[data-letter={letter}] output").text) for letter in LETTERS}


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    with chromium(1000, 1000) as chrome:
        yield chrome


@pytest.fixture
def page(browser: webdriver.Chrome, sitting: Sitting) -> Iterator[Page]:
    browser.get_log("browser")
    with serving(sitting) as server:
        browser.get(server.address)
        yield Page(browser)
        browser.get("about:blank")
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


def saved(sitting: Sitting, name: str = "anna") -> dict[tuple[int, str], int]:
    return {(row.shown, row.letter): row.rating for row in read_csv(sitting.folder / f"{name}.csv")}


def test_a_whole_session_by_clicking(page: Page, sitting: Sitting, browser: webdriver.Chrome) -> None:
    page.begin("Anna")
    expected = {}
    for trial in (1, 2):
        page.until(f"document.getElementById('number').textContent === '{trial} of 2'")
        assert not page.find("#next").is_enabled()
        page.find("#reference").click()
        for place, letter in enumerate(LETTERS):
            page.find(f"[data-letter={letter}] button").click()
            slider = page.find(f"[data-letter={letter}] input")
            aside = round(slider.size["width"] * (0.1 + 0.1 * place + 0.05 * trial))
            ActionChains(browser).move_to_element_with_offset(slider, aside // 2, 0).click().perform()
        expected |= {(trial, letter): value for letter, value in page.shown().items()}
        page.find("#next").click()
    page.until("document.body.dataset.page === 'end'")
    assert saved(sitting) == expected
    assert len(set(expected.values())) >= 4
    assert page.find("#file").text.endswith("anna.csv")
    assert "hidden reference" in page.find("#reveal").text
    assert all(row.plays >= 1 for row in read_csv(sitting.folder / "anna.csv"))


def test_a_whole_session_by_keyboard(page: Page, sitting: Sitting) -> None:
    page.begin("Anna")
    for trial in (1, 2):
        page.until(f"document.getElementById('number').textContent === '{trial} of 2'")
        page.press("r")
        page.press("a", Keys.PAGE_UP, Keys.PAGE_UP, Keys.ARROW_UP)
        page.press("2", Keys.PAGE_DOWN, Keys.ARROW_DOWN)
        page.press("C", *[Keys.PAGE_UP] * 7)
        page.press(Keys.ENTER)  # nothing is sent before all is heard and rated
        assert (
            page.says("document.getElementById('todo').textContent") == "not heard yet: D; not rated yet: D"
        )
        page.press("4", *[Keys.PAGE_DOWN] * 7, Keys.ENTER)
    page.until("document.body.dataset.page === 'end'")
    given = {"A": 71, "B": 39, "C": 100, "D": 0}
    assert saved(sitting) == {(t, letter): value for t in (1, 2) for letter, value in given.items()}


def test_space_plays_and_pauses_and_a_letter_starts(page: Page) -> None:
    page.begin("Anna")
    assert page.says("deck.playing") is False
    page.press("b")
    page.until("deck.playing && deck.shown === 2")
    before = page.says("deck.position")
    page.until(f"deck.position !== {before}")
    page.press(" ")
    page.until("!deck.playing")
    assert page.find("#play").text == "Play"
    page.find("#play").click()
    page.until("deck.playing")


def test_a_part_is_looped_by_dragging_and_by_keys(page: Page, browser: webdriver.Chrome) -> None:
    page.begin("Anna")
    wave = page.find("#wave")
    width = wave.size["width"]
    drag = ActionChains(browser).move_to_element_with_offset(wave, -width // 4, 0).click_and_hold()
    drag.move_by_offset(width // 4, 0).release().perform()
    assert page.says("deck.from") == pytest.approx(0.25, abs=0.02)
    assert page.says("deck.to") == pytest.approx(0.5, abs=0.02)
    page.press("a")
    for _ in range(5):
        assert page.says("deck.from - 0.001 <= deck.position && deck.position <= deck.to")
    page.press("\\")
    assert page.says("[deck.from, deck.to]") == [0, pytest.approx(1.0)]


def test_a_switch_keeps_the_place(page: Page) -> None:
    page.begin("Anna")
    page.press("a")
    page.until("deck.position > 0.1 && deck.position < 0.5")
    moved = page.says("(() => { const at = deck.position; choose(3); return deck.position - at; })()")
    assert 0 <= moved < 0.05


def test_a_reload_goes_on_after_the_last_trial_that_was_sent(page: Page, browser: webdriver.Chrome) -> None:
    page.begin("Anna")
    for letter in LETTERS:
        page.press(letter.lower(), Keys.ARROW_UP)
    page.press(Keys.ENTER)
    page.until("document.getElementById('number').textContent === '2 of 2'")
    browser.refresh()
    page.until("document.getElementById('listener').value === 'Anna'")
    page.begin("Anna")
    assert page.says("document.getElementById('number').textContent") == "2 of 2"


def test_a_wrong_name_and_a_server_that_is_gone_are_said(browser: webdriver.Chrome, sitting: Sitting) -> None:
    with serving(sitting) as server:
        browser.get(server.address)
        page = Page(browser)
        page.find("#listener").send_keys("=1+1", Keys.ENTER)
        page.until("document.getElementById('oops').textContent.includes('a listener is a name')")
    page.find("#listener").send_keys(Keys.ENTER)
    page.until("document.getElementById('oops').textContent.includes('still running')")
    browser.get("about:blank")
    browser.get_log("browser")


@pytest.fixture
def played(page: Page, browser: webdriver.Chrome) -> Callable[[str], np.ndarray]:
    """What a deck of three channels puts out, sample by sample, in two seconds off line.

    Channel 0 is a slow sine, channel 1 the same upside down, channel 2 counts: its value says the place.
    """

    def render(steps: str) -> np.ndarray:
        script = f"""
            const done = arguments[arguments.length - 1], rate = 44100, size = 44100;
            const make = (value) => Float32Array.from({{ length: size }}, (_, n) => value(n));
            const sine = (n) => 0.5 * Math.sin(2 * Math.PI * 100 * n / rate);
            const offline = new OfflineAudioContext(1, 2 * size, rate);
            const deck = new Deck(offline, [make(sine), make((n) => -sine(n)), make((n) => n / size)], rate);
            {steps}
            offline.startRendering().then((out) => done(Array.from(out.getChannelData(0))));
        """
        return np.array(browser.execute_async_script(script))

    return render


def test_a_switch_is_a_crossfade_that_does_not_click(played: Callable[[str], np.ndarray]) -> None:
    heard = played("deck.play(0, 0); deck.select(1, 0.5025);")  # at a crest, where a hard cut would jump by 1
    steepest = 2 * np.pi * 100 / 44_100 * 0.5
    crossfade = 1.0 / (0.012 * 44_100)
    assert np.abs(np.diff(heard[1000:])).max() < 1.1 * (steepest + crossfade)
    time = np.arange(heard.size) / 44_100
    sine = 0.5 * np.sin(2 * np.pi * 100 * time)
    np.testing.assert_allclose(heard[2000:22_000], sine[2000:22_000], atol=1e-3)
    np.testing.assert_allclose(heard[23_000:43_000], -sine[23_000:43_000], atol=1e-3)


def test_a_switch_does_not_lose_a_sample(played: Callable[[str], np.ndarray]) -> None:
    heard = played("deck.play(0, 0); deck.select(2, 0.25);")
    counted = np.round(heard[20_000:43_000] * 44_100)
    np.testing.assert_array_equal(counted, np.arange(20_000, 43_000))


def test_quick_switches_never_jump(played: Callable[[str], np.ndarray]) -> None:
    switches = "".join(f"deck.select({n % 2}, {0.3 + 0.004 * n});" for n in range(20))
    heard = played(f"deck.play(0, 0); {switches}")
    steepest = 2 * np.pi * 100 / 44_100 * 0.5
    assert np.abs(np.diff(heard[1000:40_000])).max() < 1.1 * (steepest + 1.0 / (0.012 * 44_100))


def test_a_loop_repeats_its_part_to_the_sample_and_fades_at_its_ends(
    played: Callable[[str], np.ndarray],
) -> None:
    heard = played("deck.select(2, 0); deck.from = 0.5; deck.to = 0.75; deck.play(0.5, 0);")
    length = 11_025
    inside = slice(1000, length - 1000)
    for turn in range(1, 6):
        again = heard[turn * length : (turn + 1) * length]
        np.testing.assert_allclose(again[inside], heard[:length][inside], atol=1e-6)
        assert abs(heard[turn * length]) < 0.01
    assert np.abs(np.diff(heard)).max() < 1.5 * 0.75 / (0.008 * 44_100)
