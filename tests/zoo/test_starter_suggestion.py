"""What a newcomer sees first: the shipped capture, asked of the zoo that comes with the package."""

from __future__ import annotations

from pathlib import Path

import pytest

import zoo.api.home
from registry import Filter, Registry
from zoo.capture import load_capture
from zoo.suggesting import Answer

CAPTURE = Path(zoo.api.home.STARTER) / "example-capture.flac"


@pytest.fixture
def registry(zoo_home: Path) -> Registry:
    return zoo.api.open_registry()


def names(answer: Answer, registry: Registry) -> list[str]:
    return [registry.find(parent.id).name for parent in answer.suggestion.parents]


def test_the_example_capture_is_told_to_start_from_its_own_family(registry: Registry) -> None:
    """It is the overdrive at a setting that the zoo does not have."""
    answer = zoo.api.suggest(load_capture(CAPTURE), k=3, registry=registry)
    assert names(answer, registry)[0].startswith("green-overdrive-drive-")
    assert answer.suggestion.advice != "train from scratch"
    assert answer.suggestion.gain_class in ("crunch", "overdrive")


def test_the_whole_starter_can_be_suggested_though_one_elder_begot_it(registry: Registry) -> None:
    """Models are kin by their device: the list is not cut off after three of one ancestor."""
    answer = zoo.api.suggest(load_capture(CAPTURE), k=12, registry=registry, quick=True)
    families = {name.split("-drive-")[0] for name in names(answer, registry)}
    assert len(answer.suggestion.parents) == 12
    assert len(families) >= 4


def test_every_model_of_the_starter_has_its_fingerprint_in_the_package(registry: Registry) -> None:
    """Nothing has to be listened to before the first answer."""
    from recommender import FINGERPRINT_KEY

    assert len(registry.list(Filter())) >= 37
    assert registry.without_fingerprint(FINGERPRINT_KEY) == []
