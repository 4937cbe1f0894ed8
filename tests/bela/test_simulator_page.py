"""The page in a real browser, on the real app, while sound runs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from simulated import RATE, Stage, greatest_step, loudness

from zoo.audio import read_audio
from zoo.simulating import Simulator

Until = Callable[..., None]
READY = "document.body.dataset.link === 'up' && !document.querySelector('main').inert"
SETTLED = "document.body.dataset.pending === 'false'"


def name_of(browser: webdriver.Chrome) -> str:
    return str(browser.execute_script("return document.getElementById('model-name').textContent"))


def test_every_model_is_switched_to_and_nobody_hears_the_switch(
    stage: Stage, browser: webdriver.Chrome, until: Until
) -> None:
    alone = [stage.alone(model) for model in range(len(stage.names))]
    levels = [loudness(sound) for sound in alone]
    scene = stage.scene("by-page")
    places = [0]  # in the recording, from where on each model is asked for
    order = [*range(1, len(stage.names)), 0]
    with Simulator(stage.program, scene) as pedal:
        browser.get(pedal.page)
        until(READY)
        buttons = browser.find_elements(By.CLASS_NAME, "model")
        assert [button.text.split("\n")[0] for button in buttons] == list(stage.names)
        until(lambda: pedal.frames > RATE)
        for model in order:
            places.append(pedal.frames)
            browser.find_elements(By.CLASS_NAME, "model")[model].click()
            until(lambda model=model: name_of(browser) == stage.names[model])
            until(SETTLED)
            heard = pedal.frames
            until(lambda heard=heard: pedal.frames > heard + RATE // 4)
    assert scene.out is not None
    sound = read_audio(scene.out).samples[0]
    for n, (before, after) in enumerate(zip([0, *order], order, strict=False)):
        part = sound[places[n + 1] - RATE // 10 : places[n + 2] if n + 2 < len(places) else None]
        both = (levels[before], levels[after])
        heard_levels = loudness(part)
        assert heard_levels.min() > min(level.min() for level in both) - 1.0, (before, after)
        assert heard_levels.max() < max(level.max() for level in both) + 1.0, (before, after)
        assert greatest_step(part) <= 1.01 * max(greatest_step(alone[before]), greatest_step(alone[after]))


@pytest.mark.parametrize(("selector", "shown"), [("#bypass", "bypass"), ("#clean", "clean")])
def test_the_footswitches_of_the_page_work(
    stage: Stage, browser: webdriver.Chrome, until: Until, selector: str, shown: str
) -> None:
    with Simulator(stage.program, stage.scene(f"page-{shown}")) as pedal:
        browser.get(pedal.page)
        until(READY)
        before = browser.find_element(By.CSS_SELECTOR, selector).get_attribute("aria-pressed")
        browser.find_element(By.CSS_SELECTOR, selector).click()
        until(lambda: browser.find_element(By.CSS_SELECTOR, selector).get_attribute("aria-pressed") != before)


def test_the_meters_move(stage: Stage, browser: webdriver.Chrome, until: Until) -> None:
    with Simulator(stage.program, stage.scene("meters")) as pedal:
        browser.get(pedal.page)
        until(READY)
        level = "[data-level=out] output"
        until(f"parseFloat(document.querySelector('{level}').textContent.replace('\\u2212', '-')) > -40")
        until("document.getElementById('cpu').value > 0")


def test_the_page_finds_a_pedal_that_was_started_again(
    stage: Stage, browser: webdriver.Chrome, until: Until
) -> None:
    with Simulator(stage.program, stage.scene("again")) as pedal:
        browser.get(pedal.page)
        until(READY)
        port = int(pedal.page.split(":")[2].split("/")[0])
    until("document.body.dataset.link !== 'up'")
    with Simulator(stage.program, stage.scene("again", port=port)):
        until(READY, 20.0)
        assert name_of(browser) == stage.names[0]
