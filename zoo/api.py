"""What the command line and ``import zoo`` offer: the registry, the recommender and training, joined.

The three packages know nothing of each other; whatever needs two of them stands here. Heavy imports happen
inside the functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from registry import Facts, Filter, Registry
from registry.importing import Imported, import_files
from registry.models import ModelList
from registry.starter import install_starter
from zoo.upkeep import Progress, open_index, update_fingerprints

STARTER = Path(__file__).resolve().parent / "starter"


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
def _opened(registry: Registry | None) -> Iterator[Registry]:
    """``registry`` itself, or the user's own for as long as it is needed."""
    if registry is not None:
        yield registry
        return
    with open_registry() as own:
        yield own


def list_models(wanted: Filter | None = None, *, registry: Registry | None = None) -> ModelList:
    """The models that fit, sorted by name; ``.to_dataframe()`` makes a pandas DataFrame of them."""
    with _opened(registry) as zoo:
        return ModelList(zoo.list(wanted))


def import_models(
    paths: Iterable[str | Path],
    *,
    registry: Registry | None = None,
    facts: Facts | None = None,
    progress: Progress | None = None,
) -> list[Imported]:
    """Import model files and whole folders of them, and compute the fingerprints that `suggest` needs.

    Every model is stored as soon as it is read: an interruption keeps what is done, and doing it again
    does only the rest.

    Args:
        paths: model files, native folders, and folders to search for them.
        registry: where to; the user's own zoo when absent.
        facts: what is known of all of these models, where their files do not say it.
        progress: hears of every file and every fingerprint.

    Raises:
        BadRequest: nothing among ``paths`` could be a model.
        StoreError: the zoo cannot be written; what was imported before stays.
    """

    def report(done: int, total: int) -> None:
        if progress is not None:
            progress("reading", done, total)

    with _opened(registry) as zoo:
        imported = list(import_files(zoo, paths, facts=facts, progress=report))
        update_fingerprints(zoo, progress=progress)
        open_index(zoo)
    return imported
