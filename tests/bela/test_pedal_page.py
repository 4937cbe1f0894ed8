"""The pedal's page in a real browser, against a pedal that can be made to misbehave."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from pedal_double import MODELS, PedalDouble
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

Until = Callable[..., None]
READY = "document.body.dataset.link === 'up' && !document.querySelector('main').inert"


class Page:
    """What a thumb finds."""

    def __init__(self, browser: webdriver.Chrome, until: Until) -> None:
        self.browser, self.until = browser, until

    def text(self, id_: str) -> str:
        return str(self.browser.execute_script(f"return document.getElementById('{id_}').textContent"))

    def tap(self, selector: str) -> None:
        self.browser.find_element(By.CSS_SELECTOR, selector).click()

    def press(self, key: str) -> None:
        self.browser.find_element(By.TAG_NAME, "body").send_keys(key)


@pytest.fixture
def page(browser: webdriver.Chrome, pedal: PedalDouble, until: Until) -> Page:
    browser.get_log("browser")
    browser.get(pedal.url)
    until(READY)
    return Page(browser, until)


def test_everything_the_pedal_has_is_on_the_page(page: Page, browser: webdriver.Chrome) -> None:
    assert page.text("model-name") == "Green drive 7"
    assert page.text("gain-class") == "Crunch"
    assert page.text("bank-name") == "Friday night"
    names = [button.text.split("\n")[0] for button in browser.find_elements(By.CLASS_NAME, "model")]
    assert names == [model["name"] for model in MODELS]
    assert len(browser.find_elements(By.CSS_SELECTOR, "#sound .parameter")) == 8
    assert len(browser.find_elements(By.CSS_SELECTOR, "#pedal .parameter")) == 2
    assert len(browser.find_elements(By.CLASS_NAME, "slot")) == 16


def test_nothing_comes_from_the_network_and_nothing_fails(page: Page, browser: webdriver.Chrome) -> None:
    origins = browser.execute_script(
        "return performance.getEntriesByType('resource').map(entry => new URL(entry.name).origin)"
    )
    assert set(origins) == {browser.execute_script("return location.origin")}
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


@pytest.mark.parametrize(
    ("selector", "command"),
    [
        ("#next", {"command": "next"}),
        ("#previous", {"command": "previous"}),
        ("#bypass", {"command": "bypass", "on": True}),
        ("#clean", {"command": "clean", "on": True}),
        ("#tuner", {"command": "tuner", "on": True}),
        (".model:nth-of-type(3)", {"command": "model", "index": 2}),
        ("#block button:last-child", {"command": "block", "value": 16}),
        (".slot:nth-of-type(2) .play", {"command": "load", "slot": 1}),
        ("[aria-label='Bass up']", {"command": "set", "id": "bass", "value": 2.5}),
        ("#p-gate", {"command": "set", "id": "gate", "value": 0}),
    ],
)
def test_a_tap_sends_its_command(page: Page, pedal: PedalDouble, selector: str, command: dict) -> None:
    page.tap(selector)
    page.until(lambda: pedal.heard)
    (heard,) = pedal.heard
    assert {**command, "from": heard["from"]} == heard
    assert heard["from"].isalnum()
    assert len(heard["from"]) <= 8


@pytest.mark.parametrize(
    ("key", "command"),
    [
        (Keys.ARROW_RIGHT, {"command": "next"}),
        (Keys.ARROW_LEFT, {"command": "previous"}),
        (" ", {"command": "bypass", "on": True}),
        ("c", {"command": "clean", "on": True}),
        ("t", {"command": "tuner", "on": True}),
        ("4", {"command": "model", "index": 3}),
    ],
)
def test_a_key_sends_its_command(page: Page, pedal: PedalDouble, key: str, command: dict) -> None:
    page.press(key)
    page.until(lambda: pedal.heard)
    assert {**command, "from": pedal.heard[0]["from"]} == pedal.heard[0]


def test_a_switch_is_shown_while_it_warms_up_and_when_it_is_done(page: Page, pedal: PedalDouble) -> None:
    pedal.change({"pending": 2})
    page.until("document.body.dataset.pending === 'true'")
    assert page.text("model-name") == "Lead channel"
    pedal.change({"pending": -1, "model": 2})
    page.until("document.body.dataset.pending === 'false'")
    assert page.text("model-name") == "Lead channel"
    assert page.browser.execute_script("return document.body.dataset.gain") == "high"


def test_bypass_and_clean_are_told_in_large_letters(page: Page, pedal: PedalDouble) -> None:
    pedal.change({"bypass": True})
    page.until("document.getElementById('model-name').textContent === 'Bypassed'")
    assert page.browser.execute_script("return document.getElementById('bypass').ariaPressed") == "false"
    pedal.change({"bypass": False, "clean": True})
    page.until("document.getElementById('model-name').textContent === 'Clean'")
    assert "Green drive 7 waits" in page.text("model-facts")


def test_two_browsers_stay_in_step(page: Page, pedal: PedalDouble, browser: webdriver.Chrome) -> None:
    first = browser.current_window_handle
    browser.switch_to.new_window("window")
    browser.get(pedal.url)
    page.until(READY)
    pedal.change({"model": 3, "values": {"bass": -4}})
    for window in (browser.current_window_handle, first):
        browser.switch_to.window(window)
        page.until("document.getElementById('model-name').textContent === 'Round fuzz'")
        page.until("document.getElementById('p-bass').value === '-4'")
    other = next(handle for handle in browser.window_handles if handle != first)
    browser.switch_to.window(other)
    browser.close()
    browser.switch_to.window(first)


def test_a_dragged_slider_sends_at_most_thirty_values_a_second_and_its_last(
    page: Page, pedal: PedalDouble
) -> None:
    page.browser.execute_script(
        """const slider = document.getElementById('p-treble');
        for (slider.value = -12; slider.value < 12; slider.value = +slider.value + 0.5)
            slider.dispatchEvent(new Event('input'));
        slider.dispatchEvent(new Event('input'));"""
    )
    page.until(lambda: any(heard["value"] == 12 for heard in pedal.commands("set")))
    assert len(pedal.commands("set")) <= 4


def test_a_held_slider_does_not_follow_its_own_echo_but_that_of_others(
    page: Page, pedal: PedalDouble
) -> None:
    slider = page.browser.find_element(By.ID, "p-mid")
    ActionChains(page.browser).click_and_hold(slider).perform()
    page.until(lambda: pedal.commands("set"))
    mine, held = pedal.heard[0]["from"], page.browser.execute_script("return arguments[0].value", slider)
    pedal.change({"values": {"mid": -11}}, **{"from": mine})
    pedal.change({"values": {"bass": -9}}, **{"from": mine})
    page.until("document.getElementById('p-bass').value === '-9'")
    assert page.browser.execute_script("return arguments[0].value", slider) == held
    pedal.change({"values": {"mid": 7}}, **{"from": "other"})
    page.until("document.getElementById('p-mid').value === '7'")
    ActionChains(page.browser).release().perform()


def test_a_lost_message_is_noticed_and_all_is_asked_for(page: Page, pedal: PedalDouble) -> None:
    pedal.truth["state"]["model"] = 3  # told in a message that never came
    pedal.change({"values": {"bass": 1}}, by=2)
    page.until("document.getElementById('model-name').textContent === 'Round fuzz'")
    assert len(pedal.commands("sync")) == 1


def test_an_old_message_changes_nothing(page: Page, pedal: PedalDouble) -> None:
    pedal.change({"model": 0}, by=0)
    pedal.change({"values": {"bass": -8}})
    page.until("document.getElementById('p-bass').value === '-8'")
    assert page.text("model-name") == "Green drive 7"
    assert pedal.commands("sync") == []


def test_it_comes_back_by_itself_and_takes_what_is_true_then(page: Page, pedal: PedalDouble) -> None:
    pedal.truth["state"].update(model=0)
    pedal.truth.update(session="restarted", revision=7)
    pedal.hang_up()
    page.until("document.body.dataset.link !== 'up'")
    page.until("document.querySelector('main').inert || document.body.dataset.link === 'up'")
    page.until(READY)
    page.until("document.getElementById('model-name').textContent === 'Glass clean'")


def test_a_pedal_that_fell_silent_is_a_lost_connection(page: Page, pedal: PedalDouble) -> None:
    pedal.meters = None
    page.until("document.body.dataset.link !== 'up' && document.querySelector('main').inert")
    pedal.meters = (0.0,) * 12
    page.until(READY)


def test_a_refusal_is_shown_to_who_asked(page: Page, pedal: PedalDouble) -> None:
    page.tap("#next")
    page.until(lambda: pedal.heard)
    pedal.say({"event": "refused", "from": "other", "command": "next", "reason": "not for you"})
    pedal.say({"event": "refused", "from": pedal.heard[0]["from"], "command": "next", "reason": "one model"})
    page.until("!document.getElementById('toast').hidden")
    assert page.text("toast") == "one model"


@pytest.mark.parametrize(
    "message",
    [
        "not an object",
        {"event": "change", "session": "9f31c2d0", "revision": "2", "state": None},
        {"event": "later version"},
        {},
    ],
)
def test_messages_that_it_does_not_know_do_it_no_harm(
    page: Page, pedal: PedalDouble, message: object
) -> None:
    pedal.say(message)  # type: ignore[arg-type]
    pedal.change({"model": 3})
    page.until("document.getElementById('model-name').textContent === 'Round fuzz'")


def test_names_of_strangers_are_text_and_no_markup(page: Page, pedal: PedalDouble) -> None:
    evil = "<img src=x onerror='window.harmed = true'>"
    pedal.truth["bank"]["models"] = [{**MODELS[1], "name": evil, "device": evil}]
    pedal.truth["state"].update(model=0, presets=[evil, *[""] * 15])
    pedal.truth["revision"] += 1
    pedal.snapshot()
    page.until(f'document.getElementById("model-name").textContent === "{evil}"')
    assert page.browser.execute_script("return window.harmed ?? false") is False
    assert page.browser.find_elements(By.CSS_SELECTOR, "main img") == []


def test_an_empty_bank_says_what_to_do(page: Page, pedal: PedalDouble) -> None:
    pedal.truth["bank"]["models"] = []
    pedal.truth["state"].update(model=-1)
    pedal.snapshot()
    page.until("document.getElementById('models').textContent.includes('zoo bela pack')")
    assert page.text("model-name") == "Clean"
    assert not page.browser.find_element(By.ID, "next").is_enabled()


def test_presets_are_saved_renamed_erased_and_made_the_first_to_play(page: Page, pedal: PedalDouble) -> None:
    def choose(slot: int, what: str, name: str | None = None) -> dict:
        pedal.heard.clear()
        page.tap(f".slot:nth-of-type({slot + 1}) .more")
        field = page.browser.find_element(By.ID, "slot-name")
        if name is not None:
            field.clear()
            field.send_keys(name)
        page.tap(f"#slot [value='{what}']")
        page.until(lambda: pedal.heard)
        return {k: v for k, v in pedal.heard[0].items() if k != "from"}

    assert choose(4, "save", "Größe") == {"command": "save", "slot": 4, "name": "Größe"}
    assert choose(1, "rename", "Refrain") == {"command": "rename", "slot": 1, "name": "Refrain"}
    assert choose(0, "erase") == {"command": "erase", "slot": 0}
    assert choose(1, "boot") == {"command": "boot", "slot": 1}
    assert choose(2, "boot") == {"command": "boot", "slot": -1}


def test_an_empty_slot_is_saved_into_with_enter(page: Page, pedal: PedalDouble) -> None:
    page.tap(".slot:nth-of-type(7) .play")
    page.browser.find_element(By.ID, "slot-name").send_keys("Outro", Keys.ENTER)
    page.until(lambda: pedal.heard)
    heard = pedal.heard[0]
    assert (heard["command"], heard["slot"], heard["name"]) == ("save", 6, "Outro")


def test_a_name_may_be_typed_without_moving_the_pedal(page: Page, pedal: PedalDouble) -> None:
    page.tap(".slot:nth-of-type(7) .play")
    page.browser.find_element(By.ID, "slot-name").send_keys("c t 1")
    page.tap("#slot [value='']")
    page.tap("#next")
    page.until(lambda: pedal.heard)
    assert [heard["command"] for heard in pedal.heard] == ["next"]


def test_the_tuner_fills_the_page_and_leads_back(page: Page, pedal: PedalDouble) -> None:
    pedal.meters = (0, 0, 0, 0, 0.2, 0, 1, 0, 1, 45, -12, 109.2)
    pedal.change({"tuner": True})
    page.until("!document.getElementById('tuner-face').hidden")
    page.until("document.getElementById('tuner-note').textContent === 'A2'")
    assert page.text("tuner-words") == "12 cents flat · 109.2 Hz"
    pedal.meters = (0, 0, 0, 0, 0.2, 0, 1, 0, 1, 45, 0.4, 110.03)
    page.until("document.getElementById('tuner-face').dataset.inTune === 'true'")
    page.tap("#tuner-face button")
    page.until(lambda: pedal.commands("tuner"))
    assert pedal.commands("tuner")[0]["on"] is False


def test_levels_load_and_dropouts_are_shown(page: Page, pedal: PedalDouble) -> None:
    pedal.meters = (0.5, 0.1, 1.0, 0.25, 0.83, 3, 0.0, 2.5, 0, -1, 0, 0)
    page.until("document.getElementById('underruns').textContent === '3'")
    page.until("Math.abs(document.getElementById('cpu').value - 0.83) < 1e-6")
    page.until("document.querySelector('[data-level=out] output').textContent === '0 dB'")
    lit = page.browser.execute_script("return [...document.querySelectorAll('.lit')].map(lamp => lamp.id)")
    assert lit == ["gate-lamp", "limit-lamp"]


def test_every_control_is_large_enough_for_a_thumb(page: Page) -> None:
    small = page.browser.execute_script(
        """return [...document.querySelectorAll('main button, main select, main input')].filter(e => {
            const box = e.getBoundingClientRect();
            return box.width > 0 && (box.height < 36 || box.width < 36);
        }).map(e => e.outerHTML)"""
    )
    assert small == []


def test_nothing_hangs_over_the_edge_of_a_phone(page: Page) -> None:
    time.sleep(0.1)
    assert page.browser.execute_script(
        "return document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
