"""A browser, and a pedal to look at with it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest
from pedal_double import PedalDouble, pedal_double
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait
from simulated import Stage, furnish

from zoo.simulating import host_program

QUIET = (
    "headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
    "disable-component-update", "disable-sync", "disable-dev-shm-usage", "window-size=390,844",
)  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[webdriver.Chrome]:
    """Headless Chromium, as large as a phone."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("chromium and chromium-driver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in QUIET:
        options.add_argument(f"--{flag}")
    chrome = webdriver.Chrome(options=options, service=Service(driver))
    yield chrome
    chrome.quit()


@pytest.fixture
def pedal() -> Iterator[PedalDouble]:
    with pedal_double() as double:
        yield double


@pytest.fixture
def until(browser: webdriver.Chrome) -> Callable[..., None]:
    """Waits for what a JavaScript expression, or a function, says; a test fails with it after ten seconds."""

    def wait(condition: str | Callable[[], object], seconds: float = 10.0) -> None:
        def holds(driver: webdriver.Chrome) -> object:
            return driver.execute_script(f"return {condition}") if isinstance(condition, str) else condition()

        WebDriverWait(browser, seconds, 0.05).until(holds, f"never true: {condition}")

    return wait


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """The app, compiled for this computer, and what it plays."""
    return furnish(host_program(tmp_path_factory.mktemp("pedal")), tmp_path_factory.mktemp("stage"))
