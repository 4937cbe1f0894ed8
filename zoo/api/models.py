"""Models come in and are found again: import, pull a public collection, list, search, load."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from registry import Facts, Filter, Manifest, Registry
from registry.entering import Imported
from registry.importing import import_files
from registry.models import ModelList
from zoo.api.home import make_searchable, opened
from zoo.errors import BadRequest
from zoo.executors import executor
from zoo.gate import at_the_gate
from zoo.upkeep import Progress

if TYPE_CHECKING:
    from registry.collections import Collection
    from zoo.snapshot import Snapshot


def import_models(
    paths: Iterable[str | Path],
    *,
    registry: Registry | None = None,
    facts: Facts | None = None,
    progress: Progress | None = None,
    ray: str | None = None,
) -> list[Imported]:
    """Import model files and whole folders of them, each through the gate (see `zoo.gate`).

    The gate measures a model and computes the fingerprint that `suggest` needs. Every model is stored as soon
    as it has passed: an interruption keeps what is done, and doing it again does only the rest.

    Args:
        paths: model files, native folders, and folders to search for them.
        registry: where to; the user's own zoo when absent.
        facts: what is known of all of these models, where their files do not say it.
        progress: hears of every file.
        ray: address of a Ray cluster whose machines play the models; this machine when absent.

    Raises:
        BadRequest: nothing among ``paths`` could be a model.
        ClusterError, PackageMissing: there is no such cluster, or Ray is not installed.
        StoreError: the zoo cannot be written; what was imported before stays.
    """

    def report(done: int, total: int) -> None:
        if progress is not None:
            progress("listening", done, total)

    with opened(registry) as zoo, executor(ray, zoo.remark) as hands:
        with at_the_gate(zoo, hands) as gate:
            steps = import_files(zoo, paths, facts=facts, gate=gate, threads=hands.slots, progress=report)
            imported = list(steps)
        make_searchable(zoo, progress, hands)
    return imported


def pull_collection(
    collection: str | Collection,
    *,
    only: str | None = None,
    wanted: Filter | None = None,
    registry: Registry | None = None,
    mirror: str | None = None,
    progress: Progress | None = None,
) -> list[Imported]:
    """Fetch models of a public collection into the zoo; see `zoo.pulling.pull_files`.

    Args:
        collection: one of `registry.collections.collections`, or its name.
        only: a pattern with ``*`` and ``?`` for the path or the name of the files.
        wanted: only files that fit.
        registry: where to; the user's own zoo when absent.
        mirror: asked in place of the collection's hosts; TONEZOO_MIRROR when absent.
        progress: hears of bytes and of models.

    Raises:
        BadRequest: there is no such collection, or nothing in it fits.
        StoreError: the zoo cannot be written; what was pulled before stays.
    """
    from registry.collections import collection as named
    from zoo.pulling import pull_files

    chosen = named(collection) if isinstance(collection, str) else collection
    files = chosen.choose(wanted, only)
    if not files:
        raise BadRequest(
            f"nothing in {chosen.name} fits; `zoo collections {chosen.name}` shows what there is"
        )
    with opened(registry) as zoo:
        verdicts = list(pull_files(zoo, chosen, files, mirror=mirror, progress=progress))
        make_searchable(zoo, progress)
    return verdicts


def list_models(wanted: Filter | None = None, *, registry: Registry | None = None) -> ModelList:
    """The models that fit, sorted by name; ``.to_dataframe()`` makes a pandas DataFrame of them."""
    with opened(registry) as zoo:
        return ModelList(zoo.list(wanted))


def search_models(
    query: str, wanted: Filter | None = None, *, registry: Registry | None = None
) -> list[Manifest]:
    """The models whose names, device, gain class, tone or architecture hold every word of ``query``."""

    def text(model: Manifest) -> str:
        said = (*model.names, str(model.device), model.device.kind, model.gain_class, *model.tone)
        return " ".join(filter(None, (*said, model.architecture, model.author))).casefold()

    words = query.casefold().split()
    return [model for model in list_models(wanted, registry=registry) if all(w in text(model) for w in words)]


def load_model(model: str | Path, *, registry: Registry | None = None) -> Snapshot:
    """A model by its file or folder, or by its name or id in the zoo; a file of that name comes first.

    Raises:
        ModelFileError: the file or folder holds no model that can be read.
        NotInZoo: there is no such file, and no model of that name or id, or several.
    """
    from zoo.formats import read_model

    if Path(model).exists():
        return read_model(Path(model))
    with opened(registry) as zoo:
        return zoo.load(str(model))
