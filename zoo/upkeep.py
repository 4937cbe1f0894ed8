"""Keeps what the recommender needs in line with the models: a fingerprint for each, and the index of all.

Both are caches beside the store: computed once, made again when the probe or the features change.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from registry import Manifest, Registry
from zoo.errors import ClusterError, EngineMissing, WriteError, ZooError
from zoo.executors import LOCAL, Executor

if TYPE_CHECKING:
    from recommender.fingerprint import Arrays
    from recommender.index import Index

INDEX_NAME = "index.safetensors"

Progress = Callable[[str, int, int], None]
"""Hears what is being done, how much of it is done, and of how much."""


def update_fingerprints(
    registry: Registry, *, progress: Progress | None = None, executor: Executor = LOCAL
) -> None:
    """Compute the fingerprints that are missing, on all cores; models that cannot be played are remarked on.

    Raises:
        ClusterError: the executor is a cluster, and a machine of it has another tonezoo.
        EngineMissing: the native engine is not installed.
        StoreError: the zoo cannot be written.
    """
    from threadpoolctl import threadpool_limits

    from recommender.fingerprint import FINGERPRINT_KEY

    missing = registry.without_fingerprint(FINGERPRINT_KEY)
    if not missing:
        return
    # One thread of linear algebra for each of ours: more would wait for one another at every product.
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(executor.slots) as pool:
        try:
            jobs = [(model, pool.submit(_fingerprint, registry, model, executor)) for model in missing]
            for done, (model, job) in enumerate(jobs, start=1):
                _keep(registry, model, job)
                if progress is not None:
                    progress("listening", done, len(jobs))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _fingerprint(registry: Registry, model: Manifest, executor: Executor) -> Arrays:
    from recommender.fingerprint import fingerprint

    return executor.call(fingerprint, registry.load(model.id))


def _keep(registry: Registry, model: Manifest, job: Future[Arrays]) -> None:
    from recommender.fingerprint import FINGERPRINT_KEY

    try:
        arrays = job.result()
    except (EngineMissing, ClusterError):
        raise
    except ZooError as error:
        registry.remark(f"{model.name} ({model.short_id}) will not be suggested: {error}")
        return
    if registry.get(model.id) is not None:  # another process may have removed it meanwhile
        registry.put_fingerprint(model.id, FINGERPRINT_KEY, arrays)


def open_index(registry: Registry) -> Index:
    """The index of device vectors, in line with the fingerprints in the zoo; made again when it is stale.

    Raises:
        StoreError: the zoo cannot be read.
    """
    from recommender.fingerprint import FINGERPRINT_KEY
    from recommender.index import Index, StaleIndex, id_of
    from recommender.vectors import size, vectors_key

    path, key = registry.home / INDEX_NAME, f"{FINGERPRINT_KEY}-{vectors_key()}"
    try:
        index = Index.load(path, key)
    except (FileNotFoundError, StaleIndex) as error:
        if isinstance(error, StaleIndex):
            registry.remark(f"the index of device vectors is made again: {error}")
        index = Index(key, (size("paired"), size("wet")))
    models = {id_of(model.id): model.id for model in registry.list()}
    held = set(index.ids.tolist())
    index.remove(sorted(held - models.keys()))
    added = _add_vectors(index, registry, sorted(models[i] for i in models.keys() - held))
    if added or held - models.keys():
        try:
            index.save(path)
        except WriteError as error:
            registry.remark(f"the index of device vectors is kept for this run only: {error}")
    return index


def _add_vectors(index: Index, registry: Registry, model_ids: list[str]) -> int:
    """Place models by their fingerprints and note their measured gain class; those that have none wait.

    Returns how many were placed.
    """
    import numpy as np

    from recommender.fingerprint import FINGERPRINT_KEY
    from recommender.gain import gain_class
    from recommender.index import id_of
    from recommender.vectors import place

    places = []
    for model_id in model_ids:
        arrays = registry.fingerprint(model_id, FINGERPRINT_KEY)
        if arrays is None:
            continue
        try:
            places.append((id_of(model_id), *(place(kind, arrays) for kind in ("paired", "wet"))))
            registry.note_gain_class(model_id, gain_class(arrays))
        except (KeyError, ValueError):
            registry.remark(
                f"the fingerprint of {model_id[:12]} is not of the expected shape; it is left out"
            )
    if places:
        ids, paired, wet = zip(*places, strict=True)
        index.add(ids, np.stack(paired), np.stack(wet))
    return len(places)
