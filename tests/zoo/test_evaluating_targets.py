"""The targets of the benchmark: many, of three kinds, and their playing cut so that the test is unheard."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.capture import Capture, Take
from zoo.evaluating.material import Material
from zoo.evaluating.targets import Target, suite

RATE = 48_000


@pytest.fixture
def target() -> Target:
    """Two takes of ten and four seconds, whose wet side tells each sample's place."""
    dry = np.random.default_rng(0).uniform(-0.5, 0.5, 14 * RATE).astype(np.float32)
    wet = np.linspace(0.1, 0.9, dry.size).astype(np.float32)
    takes = (Take("a", 0, 10 * RATE), Take("b", 10 * RATE, 14 * RATE))
    return Target("ramp", "capture", ("ramp",), lambda: Capture(wet, dry, RATE, "ramp", takes))


def test_there_are_enough_targets_of_every_kind(data, monkeypatch) -> None:
    monkeypatch.setenv("TONEZOO_DATA", str(data))
    targets = suite()
    assert len(targets) >= 24
    assert {target.kind for target in targets} == {"capture", "model", "circuit"}
    assert len({target.name for target in targets}) == len(targets)


def test_without_data_the_circuits_remain(monkeypatch) -> None:
    monkeypatch.delenv("TONEZOO_DATA", raising=False)
    assert {target.kind for target in suite()} == {"circuit"}


def test_a_model_plays_three_players_the_last_for_the_test(data, monkeypatch) -> None:
    monkeypatch.setenv("TONEZOO_DATA", str(data))
    (target,) = suite(["sd805"])
    capture = target.make()
    assert len({take.name for take in capture.takes}) == 3
    assert capture.sample_rate == RATE


def test_kin_are_known_by_their_names() -> None:
    target = Target("x", "model", ("ts9", "ts808"), lambda: None)
    assert target.is_kin("TS-9 High Drive", "unknown")
    assert target.is_kin("my pedal", "Ibanez TS808")
    assert not target.is_kin("DS1_fromVideo", "Boss DS-1")


def test_the_parts_share_nothing_and_the_last_take_is_the_test(target, tmp_path) -> None:
    split = Material(tmp_path).split(target, RATE, 5.0)
    train, validation, test = (np.concatenate(p.wet) for p in (split.train, split.validation, split.test))
    assert (train.size, validation.size, test.size) == (5 * RATE, 2 * RATE, 4 * RATE)
    assert train.max() < validation.min()
    assert validation.max() < test.min()


def test_the_recommender_never_hears_the_test(target, tmp_path) -> None:
    material = Material(tmp_path)
    heard, split = material.heard(target, RATE, 5.0), material.split(target, RATE, 5.0)
    assert heard.seconds == 7.0
    assert heard.wet.max() < np.concatenate(split.test.wet).min()


def test_a_target_is_recorded_once(target, tmp_path) -> None:
    first = Material(tmp_path).capture(target, RATE)
    gone = Target("ramp", "capture", ("ramp",), lambda: pytest.fail("recorded again"))
    again = Material(tmp_path).capture(gone, RATE)
    assert np.array_equal(first.wet, again.wet)
    assert [(t.start, t.stop) for t in again.takes] == [(t.start, t.stop) for t in first.takes]
