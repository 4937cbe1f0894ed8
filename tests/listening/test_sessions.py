"""A listener's order is random, and their ratings are saved after every trial under the right names."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from zoo.errors import BadRequest, WriteError
from zoo.listening.results import read_csv
from zoo.listening.sessions import Session
from zoo.listening.sitting import Sitting
from zoo.listening.stimuli import ListeningTest

LETTERS = "ABCD"
GOOD = dict.fromkeys(LETTERS, 50)
HEARD = dict.fromkeys(LETTERS, 1)


def loudest_difference(session: Session) -> dict[str, float]:
    """How far each letter is from the reference, by what the listener hears."""
    count = 1 + len(session.test.conditions)
    reference, *versions = np.frombuffer(session.sounds(), "<f4").reshape(count, -1)
    return {letter: float(np.abs(v - reference).max()) for letter, v in zip(LETTERS, versions, strict=True)}


def test_ratings_by_what_was_heard_are_saved_under_its_name(sitting: Sitting) -> None:
    key, session = sitting.enter("Anna")
    while session.left:
        apart = loudest_difference(session)
        ranks = {letter: rank for rank, letter in enumerate(sorted(LETTERS, key=apart.__getitem__))}
        ratings = {letter: 100 - 20 * rank for letter, rank in ranks.items()}
        sitting.rate(key, session.now, ratings, HEARD, 12.5)
    rows = read_csv(sitting.folder / "anna.csv")
    assert len(rows) == 8
    given = {(row.trial, row.condition): row.rating for row in rows}
    for trial in (1, 2):
        assert given[trial, "hidden reference"] == 100
        assert given[trial, "near"] == 80
    assert {row.shown for row in rows} == {1, 2}
    assert {row.seconds for row in rows} == {12.5}
    assert {row.test for row in rows} == {sitting.test.id}


def test_listeners_have_different_orders(listening: ListeningTest, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    sessions = [Session(listening, "x", tmp_path / "x.csv", [], rng) for _ in range(20)]
    assert len({session.sounds() for session in sessions}) > 10
    assert {session.now for session in sessions} == {1, 2}


def test_every_trial_is_on_disk_before_the_next(sitting: Sitting) -> None:
    key, session = sitting.enter("Anna")
    for rows in (4, 8):
        sitting.rate(key, session.now, GOOD, HEARD, 1.0)
        assert len(list(csv.DictReader((sitting.folder / "anna.csv").open()))) == rows
    assert sitting.finished == ["Anna"]


def test_a_listener_who_comes_back_goes_on_and_then_begins_anew(sitting: Sitting) -> None:
    key, session = sitting.enter("Anna")
    first = session.now
    sitting.rate(key, first, GOOD, HEARD, 1.0)
    again = Sitting(sitting.test, sitting.folder)
    key, session = again.enter("Anna")
    assert (session.done, session.left) == (1, 1)
    assert session.now != first
    again.rate(key, session.now, GOOD, HEARD, 1.0)
    assert {row.trial for row in read_csv(sitting.folder / "anna.csv")} == {1, 2}
    assert again.enter("Anna")[1].path.name == "anna-2.csv"
    assert again.enter("anna")[1].path.name == "anna-2.csv"


def test_a_second_window_takes_over(sitting: Sitting) -> None:
    old, session = sitting.enter("Anna")
    sitting.enter("Anna")
    with pytest.raises(BadRequest, match="another window"):
        sitting.rate(old, session.now, GOOD, HEARD, 1.0)


@pytest.mark.parametrize(
    ("ratings", "plays", "seconds"),
    [
        ({}, HEARD, 1.0),
        ({**GOOD, "E": 1}, HEARD, 1.0),
        ({**GOOD, "A": 101}, HEARD, 1.0),
        ({**GOOD, "A": -1}, HEARD, 1.0),
        ({**GOOD, "A": True}, HEARD, 1.0),
        ({**GOOD, "A": 50.5}, HEARD, 1.0),
        ({**GOOD, "A": "50"}, HEARD, 1.0),
        (GOOD, {"E": 1}, 1.0),
        (GOOD, {"A": 10**30}, 1.0),
        (GOOD, HEARD, float("nan")),
        (GOOD, HEARD, -1.0),
        (GOOD, HEARD, "long"),
        ([50], HEARD, 1.0),
        (GOOD, None, 1.0),
    ],
)
def test_what_are_no_ratings_is_refused_and_nothing_is_saved(
    sitting: Sitting, ratings, plays, seconds
) -> None:
    key, session = sitting.enter("Anna")
    with pytest.raises(BadRequest):
        sitting.rate(key, session.now, ratings, plays, seconds)
    assert not (sitting.folder / "anna.csv").exists()
    assert session.done == 0


def test_a_full_disk_leaves_the_trial_to_rate(sitting: Sitting, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> None:
        raise WriteError(path, "no space left")

    key, session = sitting.enter("Anna")
    with monkeypatch.context() as patch:
        patch.setattr("zoo.listening.sessions.write_atomically", full)
        with pytest.raises(WriteError):
            sitting.rate(key, session.now, GOOD, HEARD, 1.0)
    assert session.done == 0
    sitting.rate(key, session.now, GOOD, HEARD, 1.0)
    assert session.done == 1


@pytest.mark.parametrize(
    "name",
    ["", "  ", "=HYPERLINK(1)", "@x", "+1", "-1", "../../etc/passwd", "a\nb", "a,b", 7, None, "x" * 41],
)
def test_a_name_that_cannot_stand_in_a_table_is_refused(sitting: Sitting, name: object) -> None:
    with pytest.raises(BadRequest, match="listener"):
        sitting.enter(name)


@pytest.mark.parametrize("name", ["Anna", "J. S. Bach", "Åsa-Märta O'Neil", "07", "李"])
def test_names_of_people_are_taken(sitting: Sitting, name: str) -> None:
    path = sitting.enter(name)[1].path
    assert path.parent == sitting.folder


def test_a_folder_of_another_test_or_of_something_else_is_left_alone(
    sitting: Sitting, tmp_path: Path, recordings: Path
) -> None:
    from zoo.api import listening_test

    other = listening_test([recordings / "far.wav"], [recordings / "wet.wav"], excerpts=1, seconds=1.0)
    with pytest.raises(BadRequest, match="another test"):
        Sitting(other, sitting.folder)
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(BadRequest, match="no listening test"):
        Sitting(other, tmp_path)
