"""One protocol: the real app and the double that the page is tested with say the same kinds of things."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.request import urlopen

import pytest
from banks import small_bytes
from pedal_double import pedal_double
from protocol import TABLE, check_change, check_meters, check_snapshot, opened

from zoo.simulating import Simulator

Playing = Callable[..., AbstractContextManager[Simulator]]


@pytest.fixture
def real(guarded: Playing) -> Iterator[str]:
    with guarded() as pedal:
        yield pedal.page


@pytest.fixture
def double() -> Iterator[str]:
    with pedal_double() as pedal:
        pedal.obeys = True
        yield pedal.url


@pytest.fixture(params=["real", "double"])
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


def test_everything_is_told_to_who_comes_and_to_who_asks(url: str) -> None:
    with opened(url) as page:
        first = page.told("snapshot")
        check_snapshot(first)
        time.sleep(0.3)
        page.say(command="sync")
        second = page.told("snapshot")
        check_snapshot(second)
    assert second["session"] == first["session"]
    assert second["revision"] >= first["revision"]


def test_a_change_says_who_asked_for_it_and_counts_on(url: str) -> None:
    with opened(url) as page:
        snapshot = page.told("snapshot")
        for number, value in enumerate((3, -4.5), 1):
            page.say(command="set", id="bass", value=value, **{"from": "k3x9"})
            change = page.told("change")
            check_change(change, snapshot)
            assert change["from"] == "k3x9"
            assert change["state"]["values"] == {"bass": value}
            assert change["revision"] == snapshot["revision"] + number


def test_meters_come_in_pairs(url: str) -> None:
    check_meters(url)


def test_the_page_is_where_it_should_be(url: str) -> None:
    root = url.split("/projects")[0]
    for path in ("/", "/gui", "/projects/tonezoo/main.html"):
        with urlopen(root + path, timeout=5) as answer:
            assert answer.url == url
            assert answer.headers["Content-Type"].startswith("text/html")
            assert b"<!doctype html>" in answer.read().lower()
    with urlopen(root + "/projects/tonezoo/main.js", timeout=5) as answer:
        assert answer.headers["Content-Type"].startswith("text/javascript")


def test_two_pages_hear_the_same(url: str) -> None:
    with opened(url) as one, opened(url) as two:
        for page in (one, two):
            check_snapshot(page.told("snapshot"))
        one.say(command="set", id="treble", value=5)
        heard = [page.told("change") for page in (one, two)]
    assert heard[0] == heard[1]


# What only the real app does.


def test_the_app_tells_every_row_of_the_table(real: str) -> None:
    with opened(real) as page:
        snapshot = page.told("snapshot")
    assert [parameter["id"] for parameter in snapshot["parameters"]] == list(TABLE)
    assert [model["architecture"] for model in snapshot["bank"]["models"]] == ["LSTM", "GRU", "WaveNet"]
    assert snapshot["bank"]["name"] == "Bänk"


DONE = [
    ({"command": "set", "id": "bass", "value": 99}, {"values": {"bass": 12}}),
    ({"command": "set", "id": "outputGain", "value": -1e300}, {"values": {"outputGain": -60}}),
    ({"command": "set", "id": "cab", "value": 1}, {"values": {"cab": 1}}),
    ({"command": "set", "id": "gate", "value": 1}, {"values": {"gate": 1}}),
    ({"command": "model", "index": 2}, {"model": 2}),
    ({"command": "next"}, {"model": 0}),
    ({"command": "previous"}, {"model": 2}),
    ({"command": "bypass", "on": True}, {"bypass": True}),
    ({"command": "clean", "on": True}, {"clean": True}),
    ({"command": "tuner", "on": True}, {"tuner": True}),
    ({"command": "save", "slot": 3}, {"preset": 3, "modified": False}),
    ({"command": "rename", "slot": 3, "name": " Größe\n "}, {"presets": [*[""] * 3, "Größe", *[""] * 12]}),
    ({"command": "boot", "slot": 3}, {"bootPreset": 3}),
    ({"command": "set", "id": "mid", "value": 1}, {"modified": True}),
    ({"command": "load", "slot": 3}, {"modified": False, "values": {"mid": 0}}),
    ({"command": "erase", "slot": 3}, {"preset": -1, "bootPreset": -1, "presets": [""] * 16}),
]
REFUSED = [
    ({"command": "model", "index": 9}, "there is no model 9; this bank has 3"),
    ({"command": "model", "index": 0.5}, "by its number"),
    ({"command": "set", "id": "bass", "value": "loud"}, "Bass needs a number"),
    ({"command": "set", "id": "cab", "value": 2}, "no choice of that number"),
    ({"command": "set", "id": "volume", "value": 1}, 'no parameter "volume"'),
    ({"command": "block", "value": 16}, "no model of this device that takes 16"),
    ({"command": "block", "value": 8}, "1 or 16"),
    ({"command": "bypass", "on": 1}, "true or false"),
    ({"command": "load", "slot": 5}, "preset 6 is empty"),
    ({"command": "save", "slot": 16}, "0 to 15"),
    ({"command": "save", "slot": 1, "name": "x" * 25}, "1 to 24 characters"),
    ({"command": "boot", "slot": 2}, "preset 3 is empty"),
    ({"command": "dance"}, 'does not know the command "dance"'),
    ({"command": 5}, "a command is a word"),
]


def test_every_command_does_what_it_says(real: str) -> None:
    with opened(real) as page:
        snapshot = page.told("snapshot")
        for command, state in DONE:
            page.say(**command)
            check_change(page.until(**state), snapshot)


def test_every_refusal_says_why(real: str) -> None:
    with opened(real) as page:
        page.told("snapshot")
        for command, words in REFUSED:
            time.sleep(0.2)  # as many refusals as are told in a second
            answer = page.ask(**command, **{"from": "me"})
            assert (answer["event"], answer["from"]) == ("refused", "me")
            assert answer["command"] == (command["command"] if command["command"] != 5 else "")
            assert words in answer["reason"]


def test_meters_show_what_is_played(real: str) -> None:
    loudest = [max(values) for values in zip(*check_meters(real, 12), strict=True)]
    assert abs(loudest[0] - 0.3) < 0.01
    assert loudest[2] > 0
    assert loudest[4] > 0


def test_program_changes_come_through_a_pipe(guarded: Playing, tmp_path: Path) -> None:
    pipe = tmp_path / "midi"
    os.mkfifo(pipe)
    with guarded(midi=str(pipe)) as pedal, opened(pedal.page) as page, pipe.open("wb", buffering=0) as midi:
        page.told("snapshot")
        midi.write(bytes([0xC2, 1]))
        page.until(model=1)
        midi.write(bytes([0x92, 60, 100, 0xF8, 0xC2, 0xF8, 2]))  # after a note, with a clock in between
        page.until(model=2)
        page.ask(command="set", id="midiChannel", value=1)
        midi.write(bytes([0xC2, 0, 0xC0, 1]))  # another channel's, then its own
        assert page.told("change")["state"]["pending"] == 1
        midi.write(bytes(range(256)) * 64)  # anything at all
        page.ask(command="set", id="midiChannel", value=17)
        page.ask(command="model", index=0)
        page.until(model=0)


def test_a_bank_that_is_replaced_while_it_plays_is_told_whole(guarded: Playing) -> None:
    with guarded() as pedal, opened(pedal.page) as page:
        before = page.told("snapshot")
        fresh = pedal.scene.bank.with_suffix(".new")
        fresh.write_bytes(small_bytes()[:-9])
        fresh.replace(pedal.scene.bank)
        assert page.told("refused")["reason"] == "the bank is cut off; deploy it again"
        fresh.write_bytes(small_bytes())
        fresh.replace(pedal.scene.bank)
        after = page.told("snapshot")
        check_snapshot(after)
    assert after["session"] == before["session"]
    assert after["bank"] == before["bank"]
