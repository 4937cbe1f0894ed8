"""What a newcomer sees first: the shipped capture, asked of the zoo that comes with the package."""

from __future__ import annotations

from pathlib import Path

import zoo.api.home
from zoo.capture import load_capture

CAPTURE = Path(zoo.api.home.STARTER) / "example-capture.flac"


def test_the_example_capture_is_told_to_start_from_its_own_family(zoo_home: Path) -> None:
    """It is the overdrive at a setting that the zoo does not have: both settings that it has come first."""
    with zoo.api.open_registry() as registry:
        answer = zoo.api.suggest(load_capture(CAPTURE), k=3, registry=registry)
        names = [registry.find(parent.id).name for parent in answer.suggestion.parents]
    assert sorted(names[:2]) == ["green-overdrive-drive-2", "green-overdrive-drive-8"]
    assert answer.suggestion.gain_class == "overdrive"
