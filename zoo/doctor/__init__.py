"""`zoo doctor`: what works on this machine, what does not, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator

from zoo.doctor.bela import look_at_tools
from zoo.doctor.checkup import Checkup
from zoo.doctor.places import look_at_places
from zoo.doctor.self_test import run_self_test
from zoo.doctor.software import look_at_software

__all__ = ["Checkup", "examine"]


def examine() -> Iterator[Checkup]:
    """Look at one thing after another; the zoo is opened as every command does, nothing else changes."""
    yield from look_at_software()
    yield from run_self_test()
    yield from look_at_places()
    yield from look_at_tools()
