"""MIDI as it comes through a port: raw bytes of a pipe, what they choose, and what they cannot do."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from protocol import Page, check_snapshot, opened

from zoo.simulating import Simulator

PROGRAM = 0xC0


class Port:
    """The end of the pipe that a controller writes to."""

    def __init__(self, file: int) -> None:
        self._file = file

    def send(self, *data: int) -> None:
        os.write(self._file, bytes(data))


@pytest.fixture
def port(tmp_path: Path) -> Iterator[tuple[str, Port]]:
    path = str(tmp_path / "midi")
    os.mkfifo(path)
    file = os.open(path, os.O_RDWR)  # open at both ends, so that neither waits for the other
    yield path, Port(file)
    os.close(file)


@pytest.fixture
def played(
    guarded: Callable[..., AbstractContextManager[Simulator]], port: tuple[str, Port]
) -> Iterator[tuple[Page, Port]]:
    """A page of a pedal whose bank has three models, and a controller; the first model plays."""
    path, midi = port
    with guarded(midi=path) as pedal, opened(pedal.page) as page:
        said = page.told("snapshot")
        assert len(said["bank"]["models"]) == 3
        assert said["state"]["model"] == 0
        yield page, midi
        page.say(command="sync")
        check_snapshot(page.told("snapshot"))


def test_a_program_chooses_the_model_and_running_status_counts(played: tuple[Page, Port]) -> None:
    page, midi = played
    midi.send(PROGRAM, 1)
    page.until(model=1)
    midi.send(2)
    page.until(model=2)
    midi.send(PROGRAM | 5, 0xF8, 0)  # any channel will do; the clock ticks in between
    page.until(model=0)


def test_only_the_chosen_channel_counts_and_a_program_may_be_a_preset(played: tuple[Page, Port]) -> None:
    page, midi = played
    page.say(command="save", slot=1, name="Solo")
    page.until(preset=1)
    page.say(command="set", id="midiChannel", value=3)
    page.told("change")
    midi.send(PROGRAM, 1, PROGRAM | 2, 2)
    page.until(model=2)
    page.say(command="set", id="midiProgram", value=1)
    page.told("change")
    midi.send(PROGRAM | 2, 1)
    page.until(model=0)


def test_programs_that_are_not_there_and_other_messages_change_nothing(played: tuple[Page, Port]) -> None:
    page, midi = played
    midi.send(PROGRAM, 3, PROGRAM, 127, 0x90, 1, 100, 0xB0, 1, 1, 0xF0, 1, 2, 0xF7, 0xFF)
    page.say(command="set", id="bass", value=3)
    assert "model" not in page.told("change")["state"]
    midi.send(PROGRAM, 1)
    page.until(model=1)


def test_a_flood_of_any_bytes_holds_nobody_up(played: tuple[Page, Port]) -> None:
    page, midi = played
    rng = random.Random(8)
    for number in range(50):
        midi.send(*rng.randbytes(2000), *(PROGRAM, number % 3) * 500)
    page.say(command="set", id="treble", value=-4)
    page.until(values={"treble": -4})
    midi.send(PROGRAM, 1, PROGRAM, 2)
    while True:  # what the flood chose comes first
        page.say(command="sync")
        state = page.told("snapshot")["state"]
        if state["model"] == 2 and state["pending"] == -1:
            break
        time.sleep(0.1)  # more often would be too many commands
