"""Listening tests: made of models and recordings, taken in the browser, read back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from registry import Registry
from zoo.api.models import load_model
from zoo.errors import BadRequest

if TYPE_CHECKING:
    from zoo.listening.material import System
    from zoo.listening.results import Results
    from zoo.listening.stimuli import ListeningTest

AUDIO = frozenset({".wav", ".flac", ".mp3", ".ogg", ".aif", ".aiff", ".caf"})


def listening_test(
    systems: Sequence[str | Path],
    references: Sequence[str | Path],
    *,
    dry: Sequence[str | Path] = (),
    excerpts: int = 3,
    seconds: float = 8.0,
    registry: Registry | None = None,
) -> ListeningTest:
    """Make a MUSHRA-style test; see `zoo.listening.material.gather` and `zoo.listening.stimuli.make_test`.

    Args:
        systems: models, as `load_model` takes them; recordings; or folders of recordings that are named as
            the references are.
        references: recordings of the device.
        dry: what was played, one for each reference; models need it.
        excerpts: of each reference, at most.
        seconds: of each excerpt, at most.
        registry: the user's own zoo when absent.

    Raises:
        BadRequest: something is missing, given twice, or too much.
        AudioError: a file is missing, unreadable or not audio.
        CaptureError: recordings do not belong together.
        ModelFileError: a file holds no model that can be read.
        NotInZoo: a system is neither a file nor a model of the zoo.
    """
    from zoo.listening.material import gather
    from zoo.listening.stimuli import make_test

    files = [Path(reference) for reference in references]
    names = _names([str(system) for system in systems])
    made = [_system(s, name, files, registry) for s, name in zip(systems, names, strict=True)]
    return make_test(gather(made, files, [Path(one) for one in dry]), excerpts=excerpts, seconds=seconds)


def listening_results(folder: str | Path) -> Results:
    """Read the ratings in a folder, leave out who did not hear the reference, take means.

    Raises:
        BadRequest: there are none, they are damaged, or they are of different tests.
    """
    from zoo.listening.results import analyse, read_ratings

    return analyse(read_ratings(folder))


def _names(systems: list[str]) -> list[str]:
    """Short where that is unambiguous."""
    short = [Path(s).stem if Path(s).suffix.lower() in AUDIO else Path(s).name or s for s in systems]
    return [name if short.count(name) == 1 else system for name, system in zip(short, systems, strict=True)]


def _system(system: str | Path, name: str, references: list[Path], registry: Registry | None) -> System:
    from zoo.listening.material import System

    path = Path(system)
    if path.suffix.lower() in AUDIO:
        if len(references) > 1:
            raise BadRequest(
                f"{path} is one recording, and there are {len(references)} references; give a folder with a "
                "recording named as each of them"
            )
        return System(name, recordings=(path,))
    if path.is_dir() and any((path / reference.name).exists() for reference in references):
        return System(name, recordings=tuple(path / reference.name for reference in references))
    return System(name, model=load_model(system, registry=registry))
