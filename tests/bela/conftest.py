"""A browser, and a pedal to look at with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from banks import small_bytes
from compiling import ADDRESSES, ROOT, compiled
from headless import chromium
from pedal_double import PedalDouble, pedal_double
from selenium import webdriver
from selenium.webdriver.support.ui import WebDriverWait
from simulated import RATE, Stage, furnish

from zoo.audio import write_audio
from zoo.simulating import Scene, Simulator, host_program


@pytest.fixture(scope="session")
def browser() -> Iterator[webdriver.Chrome]:
    """Headless Chromium, as large as a phone."""
    with chromium(390, 844) as chrome:
        yield chrome


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


@pytest.fixture(scope="session")
def guarded_program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The app with its host, every access to memory watched: a wrong one ends it with an error."""
    host = ROOT / "bela" / "host"
    program = tmp_path_factory.mktemp("guarded") / "pedal"
    return compiled(ROOT / "bela/app/render.cpp", program, *ADDRESSES, f"-I{host}", str(host / "main.cpp"))


@pytest.fixture
def guarded(guarded_program: Path, tmp_path: Path) -> Callable[..., Simulator]:
    """That program, with an LSTM, a GRU, a WaveNet and a cabinet, a sine of 0.3 to play, and new presets."""
    bank, sine = tmp_path / "small.bin", tmp_path / "sine.wav"
    bank.write_bytes(small_bytes())
    t = np.arange(RATE) / RATE
    write_audio(sine, np.asarray(0.3 * np.sin(2 * np.pi * 220 * t), np.float32), RATE, encoding="FLOAT")

    def playing(**more: object) -> Simulator:
        scene = Scene(bank, tmp_path / "presets.txt", sine, silent=True, **more)  # type: ignore[arg-type]
        return Simulator(guarded_program, scene)

    return playing
