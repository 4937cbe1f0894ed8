"""The zoo that a call works on: the caller's, or the user's own for as long as it is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from registry import Registry
from registry.starter import install_starter
from zoo.executors import LOCAL, Executor
from zoo.upkeep import Progress, open_index, update_fingerprints

STARTER = Path(__file__).resolve().parents[1] / "starter"


def open_registry(home: str | Path | None = None, *, remark: Callable[[str], None] | None = None) -> Registry:
    """The zoo on this machine, with the starter zoo in it from the first use on.

    Args:
        home: the zoo's folder; ``ZOO_HOME`` or the user's data folder when absent.
        remark: hears what a person should know, such as that a damaged catalogue was rebuilt.

    Raises:
        StoreError: the zoo can be neither read nor made.
    """
    registry = Registry(home, remark=remark)
    install_starter(registry, STARTER)
    return registry


@contextmanager
def opened(registry: Registry | None) -> Iterator[Registry]:
    """``registry`` itself, or the user's own for as long as it is needed."""
    if registry is not None:
        yield registry
        return
    with open_registry() as own:
        yield own


def make_searchable(registry: Registry, progress: Progress | None = None, executor: Executor = LOCAL) -> None:
    """Let `suggest` know the models that have just come in."""
    update_fingerprints(registry, progress=progress, executor=executor)
    open_index(registry)
